"""Lambda's execution environment: a process with a function, and stubs of the services that it calls."""

import json
import os
import re
import socket
import sys
import tempfile
import time
import zlib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any
from uuid import uuid4

import psutil

from tools.bench.builds import Function

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
TIMES = {name: {"S": "2026-11-20T12:00:00.000Z"} for name in ("createdAt", "updatedAt")}
USER = {"userId": {"S": "123"}, "name": {"S": "John Doe"}, "email": {"S": "john@example.com"}, **TIMES}
DYNAMODB = {"GetItem": {"Item": {**USER, "version": {"N": "1"}}}, "PutItem": {}, "TransactWriteItems": {}}
TRACE = "Root=1-{}-{};Parent=53995c3f42cd8ad8;Sampled=1"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:bench"
# The prefix of OpenTelemetry's sampled spans, and the first two fields of a span: trace id and span id.
_SAMPLED_SPAN, _TRACE_ID = b"T1S", re.compile(rb"\n\x10(.{16})\x12\x08", re.DOTALL)


class InvalidRunError(Exception):
    """A response has the wrong status, or this project did not log, count or trace a request."""


class FunctionServer(ThreadingHTTPServer):
    """The Runtime API and DynamoDB of one function; X-Ray samples every invocation."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.invocations: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
        self.responses: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        self.address = f"127.0.0.1:{self.server_port}"
        Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, *_: Any) -> None:
        """Ignore errors: a function that is stopped leaves its connection open."""


class _Handler(BaseHTTPRequestHandler):
    server: FunctionServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body in one packet

    def do_GET(self) -> None:
        """Wait for the next invocation."""
        request_id, event = self.server.invocations.get()
        headers = {
            "Content-Type": "application/json",  # without it, the client of the Runtime API crashes
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 25_000),
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
            "Lambda-Runtime-Trace-Id": TRACE.format(request_id[:8], request_id[8:]),
        }
        self._respond(200, event, headers)

    def do_POST(self) -> None:
        """Receive the response of an invocation, or respond as DynamoDB does."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if target := self.headers["X-Amz-Target"]:
            item = json.dumps(DYNAMODB[target.rpartition(".")[2]]).encode()
            self._respond(200, item, {"x-amz-crc32": str(zlib.crc32(item))})  # the SDK checks it
        else:
            self.server.responses.put((time.perf_counter(), body))
            self._respond(202, b"", {})

    def log_message(self, *_: Any) -> None:
        """Log nothing: the benchmark prints its own progress."""

    def _respond(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


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
            raise InvalidRunError(f"{response.decode()}\n{self.output()[-4000:]}")
        return (arrived_at - self._started_at) * 1000

    def cpu_seconds(self) -> float:
        """The CPU time of the process."""
        if sys.platform == "linux":  # the process's own clock, as clock_getcpuclockid(3) makes its number
            return time.clock_gettime(~self._process.pid << 3 | 2)
        return float(sum(self._process.cpu_times()[:2]))  # on Linux this counts in hundredths

    def peak_memory_mb(self) -> float:
        """The peak resident memory; the current value on systems other than Linux."""
        if sys.platform == "linux":
            status = Path(f"/proc/{self._process.pid}/status").read_text()
            return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1_000_000
        return float(self._process.memory_info().rss / 1_000_000)

    def output(self) -> str:
        """The output of the function."""
        return self._log.read_text("utf-8")

    def check_output(self) -> None:
        """Raise InvalidRunError unless each request has a log line, and metrics in embedded metric format."""
        lines = [json.loads(line) for line in self.output().splitlines()]
        if missing := set(self.requests) - {line.get("correlation_id") for line in lines}:
            raise InvalidRunError(f"{len(missing)} of {len(self.requests)} requests are not logged")
        if sum("_aws" in line for line in lines) < len(self.requests):
            raise InvalidRunError(f"Fewer metrics than {len(self.requests)} requests")


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


@contextmanager
def trace_daemon() -> Iterator[tuple[str, set[str]]]:
    """The address of a daemon, and the ids of the traces that it has received so far."""
    traces: set[str] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))

        def listen() -> None:
            while datagram := listener.recv(65536):
                _, _, span = datagram.partition(b"\n" + _SAMPLED_SPAN)
                traces.update(trace.hex() for trace in _TRACE_ID.findall(b64decode(span)))

        Thread(target=listen, daemon=True).start()
        try:
            yield "{}:{}".format(*listener.getsockname()), traces
        finally:
            listener.sendto(b"", listener.getsockname())  # ends the thread
