"""Stubs of the Lambda Runtime API, of DynamoDB with one user, and of the X-Ray daemon."""

import json
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Thread
from typing import Any

from tools.bench.observability import trace_ids

TIMES = {name: {"S": "2026-11-20T12:00:00.000Z"} for name in ("createdAt", "updatedAt")}
USER = {"userId": {"S": "123"}, "name": {"S": "John Doe"}, "email": {"S": "john@example.com"}, **TIMES}
DYNAMODB = {"GetItem": {"Item": {**USER, "version": {"N": "1"}}}, "PutItem": {}, "TransactWriteItems": {}}
TRACE = "Root=1-{}-{};Parent=53995c3f42cd8ad8;Sampled=1"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:bench"


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
        """Ignore it: a function that is stopped leaves its connection open."""


class _Handler(BaseHTTPRequestHandler):
    server: FunctionServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

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
        """Take the response of an invocation, or respond as DynamoDB does."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if target := self.headers["X-Amz-Target"]:
            item = json.dumps(DYNAMODB[target.rpartition(".")[2]]).encode()
            self._respond(200, item, {"x-amz-crc32": str(zlib.crc32(item))})  # the SDK checks it
        else:
            self.server.responses.put((time.perf_counter(), body))
            self._respond(202, b"", {})

    def log_message(self, *_: Any) -> None:
        """Ignore it: the benchmark prints its own."""

    def _respond(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def trace_daemon() -> Iterator[tuple[str, set[str]]]:
    """The address of a daemon, and the ids of the traces that it has received so far."""
    traces: set[str] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))

        def listen() -> None:
            while datagram := listener.recv(65536):
                traces.update(trace_ids(datagram))

        Thread(target=listen, daemon=True).start()
        try:
            yield "{}:{}".format(*listener.getsockname()), traces
        finally:
            listener.sendto(b"", listener.getsockname())  # ends the thread
