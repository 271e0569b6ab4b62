"""`sam local` over the local AWS: functions in containers, as SAM CLI's users know it."""

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
from tools.local.containers import GATEWAY, HOST, reaching, remove_mounting
from tools.local.environments import S3_HOST, environments
from tools.local.stack import PARAMETERS, Stack
from tools.local.workspace import PROJECT, Workspace, host_architecture, tool

FUNCTION = "AWS::Serverless::Function"
VARIABLES = "variables.json"


class SamLocal:
    """Runs `sam local` for the stack of a workspace. `flags` are handed on to SAM CLI."""

    def __init__(self, workspace: Workspace, stack: Stack, flags: Sequence[str]) -> None:
        self._workspace = workspace
        self._stack = stack
        self._flags = flags

    def start_api(self, port: int) -> int:
        """Serve the API on 127.0.0.1 until Ctrl-C."""
        build = self._prepare("sam-local-api")
        options = ["--port", str(port), "--warm-containers", "EAGER", "--no-watch"]
        try:
            return self._run("start-api", build, options).returncode
        finally:
            # SAM CLI 1.170 starts containers in threads that race for one register: it may forget some.
            remove_mounting(path for path in build.iterdir() if path.is_dir())

    def invoke(self, function: str, event: str) -> int:
        """Print what a function answers to the event in a file. 1 when it fails: SAM CLI says 0 then."""
        build = self._prepare("sam-local-invoke")
        done = self._run("invoke", build, [function, "--event", event], stdout=subprocess.PIPE)
        print(done.stdout)
        return done.returncode or int(is_failure(done.stdout))

    def _prepare(self, name: str) -> Path:
        """Build for containers, and say in the built template what they will find in the local AWS."""
        with step("Building (sam build)"):
            build = self._stack.build(name, wheels=host_architecture())
        template = build / "template.yaml"
        variables = environments(self._stack, port=self._workspace.port, host=HOST)
        document = with_variables(yaml.safe_load(template.read_text()), variables)
        template.write_text(yaml.safe_dump(document, sort_keys=False))
        (build / VARIABLES).write_text(json.dumps(variables, indent=2))
        return build

    def _run(
        self, command: str, build: Path, arguments: Sequence[str], stdout: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        place = build.relative_to(PROJECT, walk_up=True)
        where = ["--template", str(place / "template.yaml"), "--env-vars", str(place / VARIABLES)]
        outputs = self._stack.outputs().items()
        names = [HOST, *(f"{value}.{S3_HOST}" for name, value in outputs if name.endswith("BucketName"))]
        hosts = [part for name in names for part in ("--add-host", f"{name}:{GATEWAY}")]
        line = ["sam", "local", command, *arguments, *where, *hosts, *self._flags]
        with reaching(self._workspace.port):
            print(f"  {shlex.join(line)}", file=sys.stderr)
            return _run_until_stopped(line, self._workspace.sam_environment(), stdout)


def _run_until_stopped(
    line: Sequence[str], environment: dict[str, str], stdout: int | None
) -> subprocess.CompletedProcess[str]:
    """Run SAM CLI to its end. It hears of Ctrl-C and SIGTERM once, from here, and ends in its own way."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    program = [tool("sam", line[0]), *line[1:]]
    with subprocess.Popen(
        program, cwd=PROJECT, env=environment, stdout=stdout, text=True, start_new_session=True
    ) as process:
        try:
            answer, _ = process.communicate()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            answer, _ = process.communicate()
    return subprocess.CompletedProcess(program, process.returncode, answer)


def with_variables(template: Any, variables: dict[str, dict[str, str]]) -> Any:
    """A built template with the parameters of the local stage, in which each function has its variables.

    SAM CLI's --env-vars sets only what the template names, and a value in the template gives way to one
    in the caller's environment: so their names are here, and their values there.
    """
    for name, value in (PARAMETERS | {"Architecture": host_architecture()}).items():
        template["Parameters"][name]["Default"] = value
    for name, resource in template["Resources"].items():
        if resource["Type"] != FUNCTION:
            continue
        if name not in variables:
            raise LocalRunError(f"{name} is not deployed yet: make up")
        resource["Properties"]["Environment"] = {"Variables": dict.fromkeys(variables[name], "")}
    return template


def is_failure(answer: str) -> bool:
    """Whether a handler has raised, timed out or not started: its answer is an error, or there is none."""
    try:
        document = json.loads(answer)
    except ValueError:
        return True
    return isinstance(document, dict) and "errorType" in document
