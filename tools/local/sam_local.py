"""Runs functions in containers with `sam local`, connected to the local stack."""

import json
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.local.console import LocalRunError, step
from tools.local.docker import GATEWAY, HOST, host_port, remove_mounting, require_docker
from tools.local.stack import PARAMETERS, Stack, running_stack
from tools.local.workspace import PROJECT, Workspace, host_architecture, tool

FUNCTION = "AWS::Serverless::Function"
S3_HOST = "s3.localhost"
CREDENTIALS_SECONDS = 12 * 60 * 60  # the maximum of STS, because warm containers keep their credentials


class SamLocal:
    """Runs `sam local` for the stack of a workspace, with additional `flags`."""

    def __init__(self, workspace: Workspace, flags: str) -> None:
        require_docker()
        self._workspace = workspace
        self._stack = running_stack(workspace)
        self._flags = shlex.split(flags)

    def start_api(self, port: int) -> int:
        """Serve the API on 127.0.0.1 until Ctrl-C."""
        build = self._build("sam-local-api")
        options = ["--port", str(port), "--warm-containers", "EAGER", "--no-watch"]
        try:
            return self._run("start-api", build, options).returncode
        finally:
            # SAM CLI 1.170 starts containers in threads without a lock, and may not stop all of them.
            remove_mounting(path for path in build.iterdir() if path.is_dir())

    def invoke(self, function: str, event: str) -> int:
        """Print the response to an event file. Return 1 if the function fails; SAM CLI would return 0."""
        build = self._build("sam-local-invoke")
        done = self._run("invoke", build, [function, "--event", event], stdout=subprocess.PIPE)
        print(done.stdout)
        return done.returncode or int(is_failure(done.stdout))

    def _build(self, name: str) -> Path:
        """Build for containers, with environment variables for the local stack."""
        with step("Building (sam build)"):
            build = self._stack.build(name, wheels=host_architecture())
        port, functions = self._workspace.port, self._stack.resources("AWS::Lambda::Function")
        variables = {name: _variables(self._stack, physical, port) for name, physical in functions.items()}
        template = build / "template.yaml"
        document = with_variables(yaml.safe_load(template.read_text()), variables)
        template.write_text(yaml.safe_dump(document, sort_keys=False))
        (build / "variables.json").write_text(json.dumps(variables, indent=2))
        return build

    def _run(
        self, command: str, build: Path, arguments: Sequence[str], stdout: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        directory = build.relative_to(PROJECT, walk_up=True)
        files = ["--template", str(directory / "template.yaml")]
        files += ["--env-vars", str(directory / "variables.json")]
        outputs = self._stack.outputs().items()
        names = [HOST, *(f"{value}.{S3_HOST}" for name, value in outputs if name.endswith("BucketName"))]
        hosts = [part for name in names for part in ("--add-host", f"{name}:{GATEWAY}")]
        line = ["sam", "local", command, *arguments, *files, *hosts, *self._flags]
        with host_port(self._workspace.port):
            print(f"  {shlex.join(line)}", file=sys.stderr)
            return _run_until_stopped(line, self._workspace.sam_environment(), stdout)


def _variables(stack: Stack, physical: str, port: int) -> dict[str, str]:
    """The environment variables of a deployed function, with addresses that containers can reach."""
    function = stack.function(physical)
    variables = {
        name: value.replace(f"//localhost:{port}/", f"//{HOST}:{port}/")  # the URLs of queues
        for name, value in function["Environment"]["Variables"].items()
    }
    return variables | {
        **_credentials(stack, function["Role"]),
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        # Presigned URLs must also work outside of containers: every name below localhost does.
        "AWS_ENDPOINT_URL_S3": f"http://{S3_HOST}:{port}",
        "NO_PROXY": "*",  # Docker can pass a proxy to containers
    }


def _credentials(stack: Stack, role: str) -> dict[str, str]:
    """Credentials of the function's role, so that a missing permission fails here, too."""
    _trust_account(stack.aws.client("iam"), role)
    credentials = stack.aws.client("sts").assume_role(
        RoleArn=role, RoleSessionName="sam-local", DurationSeconds=CREDENTIALS_SECONDS
    )["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


def _trust_account(iam: Any, role: str) -> None:
    """Allow the local account to assume the role, which otherwise trusts only Lambda."""
    name, account = role.rsplit("/", 1)[-1], f"arn:aws:iam::{role.split(':')[4]}:root"
    policy = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    trust = {"Sid": "SamLocal", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": account}}
    if trust not in policy["Statement"]:
        policy = {**policy, "Statement": [*policy["Statement"], trust]}
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(policy))


def with_variables(template: Any, variables: dict[str, dict[str, str]]) -> Any:
    """A built template with the local parameters, in which each function has its variables, without values.

    `--env-vars` sets only variables that the template contains, and variables of the shell override values
    in the template. The names are therefore in the template, and the values in the file of `--env-vars`.
    SAM CLI ignores conditions: functions that their conditions leave out of the stack are removed.
    """
    for name, value in (PARAMETERS | {"Architecture": host_architecture()}).items():
        template["Parameters"][name]["Default"] = value
    functions = {name: each for name, each in template["Resources"].items() if each["Type"] == FUNCTION}
    for name, resource in functions.items():
        if name in variables:
            resource["Properties"]["Environment"] = {"Variables": dict.fromkeys(variables[name], "")}
        elif "Condition" in resource:
            del template["Resources"][name]
        else:
            raise LocalRunError(f"{name} is not deployed. Run make up")
    return template


def is_failure(response: str) -> bool:
    """Whether a function raised an exception, timed out or did not start."""
    try:
        document = json.loads(response)
    except ValueError:
        return True
    return isinstance(document, dict) and "errorType" in document


def _run_until_stopped(
    line: Sequence[str], environment: dict[str, str], stdout: int | None
) -> subprocess.CompletedProcess[str]:
    """Run SAM CLI. It receives Ctrl-C and SIGTERM once, from here, and then stops its containers."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs of a shell ignore it
    program = [tool("sam", line[0]), *line[1:]]
    with subprocess.Popen(
        program, cwd=PROJECT, env=environment, stdout=stdout, text=True, start_new_session=True
    ) as process:
        try:
            response, _ = process.communicate()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            response, _ = process.communicate()
    return subprocess.CompletedProcess(program, process.returncode, response)
