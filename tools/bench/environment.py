"""An execution environment of Lambda: one process with a function's code, its layers and the runtime."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

from tools.bench.builds import Function
from tools.bench.servers import FunctionServer

RESPONSE_SECONDS = 30
# Like Lambda: without site packages, and without bytecode, because the file system is read-only.
_PYTHON = [str(getattr(sys, "_base_executable", sys.executable)), "-I", "-B"]
_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_LAMBDA = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "benchmark" * 80,
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "LANG": "en_US.UTF-8",
    "PATH": os.environ["PATH"],
    "TZ": ":UTC",
}


class WrongResponseError(Exception):
    """A response has the wrong status; the message contains it and the end of the log."""


class Environment:
    """A running function, and the ids of its requests."""

    def __init__(self, server: FunctionServer, process: psutil.Process, log: Path, started_at: float) -> None:
        self._server, self._process, self._log, self._started_at = server, process, log, started_at
        self.requests: list[str] = []

    def invoke(self, event: dict[str, Any], status: int) -> float:
        """Send an event as a new request; return the milliseconds from process start to the response."""
        request_id = uuid4().hex
        self.requests.append(request_id)
        event = {**event, "requestContext": {**event["requestContext"], "requestId": request_id}}
        self._server.invocations.put((request_id, json.dumps(event).encode()))
        arrived_at, response = self._server.responses.get(timeout=RESPONSE_SECONDS)
        if json.loads(response).get("statusCode") != status:
            raise WrongResponseError(f"{response.decode()}\n{self.output()[-4000:]}")
        return (arrived_at - self._started_at) * 1000

    def cpu_seconds(self) -> float:
        """The CPU time of the process."""
        if sys.platform == "linux":  # the process's own clock, as clock_getcpuclockid(3) makes its number
            return time.clock_gettime(~self._process.pid << 3 | 2)
        return float(sum(self._process.cpu_times()[:2]))  # on Linux this counts in hundredths

    def peak_memory_mb(self) -> float:
        """The peak of resident memory; on other systems than Linux, the current value."""
        if sys.platform == "linux":
            status = Path(f"/proc/{self._process.pid}/status").read_text()
            return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1_000_000
        return float(self._process.memory_info().rss / 1_000_000)

    def output(self) -> str:
        """The output of the function."""
        return self._log.read_text("utf-8")


@contextmanager
def running(function: Function, runtime: Path, trace_daemon: str) -> Iterator[Environment]:
    """Start a function as Lambda does."""
    with FunctionServer() as server, tempfile.NamedTemporaryFile() as log:
        variables = {
            **_LAMBDA,
            **function.variables,
            "AWS_ENDPOINT_URL_DYNAMODB": f"http://{server.address}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_RUNTIME_API": server.address,
            "AWS_XRAY_DAEMON_ADDRESS": trace_daemon,
            "BENCH_PATH": os.pathsep.join([*function.paths, str(runtime)]),
            "LAMBDA_TASK_ROOT": str(function.code),
            "_HANDLER": function.handler,
        }
        started_at = time.perf_counter()
        process = psutil.Popen([*_PYTHON, str(_BOOTSTRAP)], env=variables, stdout=log, stderr=log)
        try:
            yield Environment(server, process, Path(log.name), started_at)
        finally:
            process.kill()
            process.wait()
            server.shutdown()
