"""The commands behind `make up` and its companions."""

import argparse
import itertools
import shlex
import shutil
import sys

from tools.local.console import LocalRunError, exit_code, step
from tools.local.containers import require_docker
from tools.local.emulator import Emulator
from tools.local.logs import LogReader
from tools.local.running import running_stack
from tools.local.sam_local import SamLocal
from tools.local.stack import Stack
from tools.local.workspace import DEFAULT_PORT, PROJECT, Workspace

COMMANDS = ["up", "down", "reset", "url", "token", "env", "logs", "sam-local", "sam-invoke"]

_GUIDE = """
The API answers at {url}
Try it in a browser: {url}/docs

  export API=$({make} url) TOKEN=$({make} token)

  curl -i $API/health
  curl -i $API/users -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
    -d '{{"userId":"123","name":"John Doe","email":"john@example.com"}}'
  curl -i "$API/users?userId=123" -H "Authorization: Bearer $TOKEN"
  curl -i $API/users -X PUT -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
    -d '{{"userId":"123","name":"Jane Doe","email":"jane@example.com"}}'
  curl -i "$API/users?userId=123" -X DELETE -H "Authorization: Bearer $TOKEN"

Logs: {logs}    Stop: {down}    Stop and forget everything: {reset}"""

# A profile or a token of the caller's would take part otherwise. Version 1 of the AWS CLI ignores
# AWS_ENDPOINT_URL for SQS. The project's own CLI is for those who have none.
_SHELL = """unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN
aws() {{ command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }}
export PATH="$PATH":{programs}"""


def up(workspace: Workspace) -> None:
    """Start the local AWS if it does not run, then build and deploy what has changed."""
    emulator, stack = Emulator(workspace), Stack(workspace)
    workspace.directory.mkdir(parents=True, exist_ok=True)
    was_running = emulator.is_running()
    if loss := emulator.crashed():
        print(loss, file=sys.stderr)
    try:
        if not was_running:
            with step("Starting the local AWS"):
                emulator.start()
        with step("Building (sam build)"):
            stack.build()
        with step("Deploying (sam deploy)"):
            stack.deploy()
        with step("Waiting for GET /health"):
            stack.wait_until_healthy()
    except BaseException:
        if not was_running:
            emulator.stop()
        raise
    print(_guide(workspace, stack.url()))


def down(workspace: Workspace) -> None:
    """Stop the local AWS; its data stay."""
    stopped = Emulator(workspace).stop()
    print(f"The local AWS on port {workspace.port} {'is stopped' if stopped else 'was not running'}.")


def reset(workspace: Workspace) -> None:
    """Stop the local AWS and delete all that it kept."""
    down(workspace)
    shutil.rmtree(workspace.directory, ignore_errors=True)
    print("Its data are deleted.")


def env(workspace: Workspace) -> None:
    """Print what a shell has to evaluate for AWS's own tools to reach the local AWS."""
    running_stack(workspace)
    for name, value in workspace.client_environment().items():
        print(f"export {name}={shlex.quote(value)}")
    print(_SHELL.format(programs=shlex.quote(str(PROJECT / ".venv" / "bin"))))


def logs(workspace: Workspace, function: str, *, tail: int, follow: bool) -> None:
    """Print the newest log lines of the functions, oldest first, and go on with new ones if told to."""
    stack = running_stack(workspace)
    groups = stack.function_log_groups()
    if function and function not in groups:
        raise LocalRunError(f"There is no function {function}, but {', '.join(sorted(groups))}.")
    reader = LogReader(stack.aws.client("logs"), [groups[function]] if function else groups.values())
    for line in itertools.chain(reader.read()[-tail:], reader.follow() if follow else ()):
        print(line, flush=True)


def _guide(workspace: Workspace, url: str) -> str:
    make = f"{workspace.prefix}make"
    return _GUIDE.format(
        url=url, make=f"{make} -s", logs=f"{make} logs", down=f"{make} down", reset=f"{make} reset"
    )


def sam_local(workspace: Workspace, port: int, flags: str) -> int:
    """Serve the API from containers until Ctrl-C."""
    require_docker()
    return SamLocal(workspace, running_stack(workspace), shlex.split(flags)).start_api(port)


def sam_invoke(workspace: Workspace, function: str, event: str, flags: str) -> int:
    """Run one function in a container."""
    require_docker()
    if not (function and event):
        example = "make sam-invoke FUNCTION=UserEventsFunction EVENT=events/user_events/user-events.json"
        raise LocalRunError(f"Say which function, and with which event: {example}")
    return SamLocal(workspace, running_stack(workspace), shlex.split(flags)).invoke(function, event)


def main() -> int:
    """Run one command; the exit code is 1 when a person has to put something right."""
    parser = argparse.ArgumentParser(prog="tools.local", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--scopes", default="users/read users/write")
    parser.add_argument("--function", default="")
    parser.add_argument("--tail", type=int, default=1000)
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--event", default="")
    parser.add_argument("--sam-port", type=int, default=3000)
    parser.add_argument("--sam-flags", default="")
    arguments = parser.parse_args()
    return exit_code(lambda: _run(arguments, Workspace.for_port(arguments.port)))


def _run(arguments: argparse.Namespace, workspace: Workspace) -> int:
    match arguments.command:
        case "up" | "down" | "reset" | "env" as command:
            {"up": up, "down": down, "reset": reset, "env": env}[command](workspace)
        case "url":
            print(running_stack(workspace).url())
        case "token":
            print(running_stack(workspace).token(arguments.scopes))
        case "logs":
            logs(workspace, arguments.function, tail=arguments.tail, follow=arguments.follow)
        case "sam-local":
            return sam_local(workspace, arguments.sam_port, arguments.sam_flags)
        case "sam-invoke":
            return sam_invoke(workspace, arguments.function, arguments.event, arguments.sam_flags)
    return 0


if __name__ == "__main__":
    sys.exit(main())
