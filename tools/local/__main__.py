"""The make targets that run the stack on this machine, and its clients."""

import argparse
import itertools
import shlex
import shutil
import sys
from functools import partial

from tools.local.console import LocalRunError, exit_code, step
from tools.local.emulator import Emulator
from tools.local.logs import LogReader
from tools.local.postman import COLLECTION, run_collection, write_environment
from tools.local.sam_local import SamLocal
from tools.local.stack import Stack, running_stack
from tools.local.workspace import DEFAULT_PORT, PROJECT, Workspace

_GUIDE = """
The API: {url}
The documentation: {url}/docs

  export API=$({make} -s url) TOKEN=$({make} -s token)

  curl -i $API/health
  curl -i $API/users -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
    -d '{{"userId":"123","name":"John Doe","email":"john@example.com"}}'
  curl -i "$API/users?userId=123" -H "Authorization: Bearer $TOKEN"
  curl -i $API/users -X PUT -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
    -d '{{"userId":"123","name":"Jane Doe","email":"jane@example.com"}}'
  curl -i "$API/users?userId=123" -X DELETE -H "Authorization: Bearer $TOKEN"

Logs: {make} logs    Stop: {make} down    Stop and delete all data: {make} reset"""

# The profile or session token of the shell would take precedence. Version 1 of the AWS CLI ignores
# AWS_ENDPOINT_URL for SQS. The PATH adds the AWS CLI of this project for machines without one.
_SHELL = """unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN
aws() {{ command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }}
export PATH="$PATH":{programs}"""


def up(workspace: Workspace, webhook_url: str = "") -> None:
    """Start the emulator unless it runs, then build and deploy."""
    emulator, stack = Emulator(workspace), Stack(workspace)
    workspace.directory.mkdir(parents=True, exist_ok=True)
    was_running = emulator.is_running()
    if report := emulator.crash_report():
        print(report, file=sys.stderr)
    try:
        if not was_running:
            with step("Starting the emulator"):
                emulator.start()
        with step("Building (sam build)"):
            stack.build()
        with step("Deploying (sam deploy)"):
            stack.deploy(WebhookUrl=webhook_url)
        with step("Waiting for GET /health"):
            stack.wait_until_healthy()
    except BaseException:
        if not was_running:
            emulator.stop()
        raise
    print(_GUIDE.format(url=stack.url(), make=workspace.make))


def down(workspace: Workspace) -> None:
    """Stop the emulator and keep its data."""
    stopped = Emulator(workspace).stop()
    print(f"The stack on port {workspace.port} {'is stopped' if stopped else 'was not running'}.")


def reset(workspace: Workspace) -> None:
    """Stop the emulator and delete its data."""
    down(workspace)
    shutil.rmtree(workspace.directory, ignore_errors=True)
    print("Its data is deleted.")


def env(workspace: Workspace) -> None:
    """Print shell commands that point the AWS CLI and SDKs at the stack."""
    running_stack(workspace)
    for name, value in workspace.client_environment().items():
        print(f"export {name}={shlex.quote(value)}")
    print(_SHELL.format(programs=shlex.quote(str(PROJECT / ".venv" / "bin"))))


def logs(stack: Stack, function: str, *, tail: int, follow: bool) -> None:
    """Print the newest log lines, oldest first, and then new ones with `follow`."""
    groups = stack.function_log_groups()
    if function and function not in groups:
        raise LocalRunError(f"Unknown function {function}. Functions: {', '.join(sorted(groups))}")
    reader = LogReader(stack.aws.client("logs"), [groups[function]] if function else groups.values())
    for line in itertools.chain(reader.read()[-tail:], reader.follow() if follow else ()):
        print(line, flush=True)


def sam_invoke(workspace: Workspace, function: str, event: str, flags: str) -> int:
    """Run one function in a container."""
    sam_local = SamLocal(workspace, flags)
    if not (function and event):
        example = "make sam-invoke FUNCTION=UserEventsFunction EVENT=events/user_events/user-events.json"
        raise LocalRunError(f"FUNCTION or EVENT is missing. Example: {example}")
    return sam_local.invoke(function, event)


def run(options: argparse.Namespace) -> int | None:
    """Run a command; return its exit code if it has one."""
    workspace = Workspace.for_port(options.port)
    match options.command:
        case "up" | "down" | "reset" | "env" as command:
            start = partial(up, webhook_url=options.webhook_url)
            {"down": down, "reset": reset, "env": env}.get(command, start)(workspace)
        case "url":
            print(running_stack(workspace).url())
        case "token":
            print(running_stack(workspace).token(options.scopes))
        case "logs":
            logs(running_stack(workspace), options.function, tail=options.tail, follow=options.follow)
        case "postman":
            path = write_environment(running_stack(workspace), workspace.directory)
            print(f"Import into Postman:\n  {COLLECTION}\n  {path}")
        case "newman":
            run_collection(write_environment(running_stack(workspace), workspace.directory))
        case "sam-local":
            return SamLocal(workspace, options.sam_flags).start_api(options.sam_port)
        case "sam-invoke":
            return sam_invoke(workspace, options.function, options.event, options.sam_flags)
        case unknown:
            raise LocalRunError(f"Unknown command {unknown}.")
    return None


def main() -> int:
    """Parse the command line and run the command."""
    parser = argparse.ArgumentParser(prog="tools.local", description=__doc__)
    parser.add_argument("command")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--scopes", default="users/read users/write")
    parser.add_argument("--function", default="")
    parser.add_argument("--tail", type=int, default=1000)
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--event", default="")
    parser.add_argument("--sam-port", type=int, default=3000)
    parser.add_argument("--sam-flags", default="")
    parser.add_argument("--webhook-url", default="")
    options = parser.parse_args()
    return exit_code(lambda: run(options))


if __name__ == "__main__":
    sys.exit(main())
