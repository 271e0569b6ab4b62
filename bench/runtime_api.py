"""Lambda's Runtime API: hands a function its events, one by one, and takes its answers."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Thread
from typing import Any

ANSWER_SECONDS = 30
_SUCCESSES = (200, 201)
_TRACE = "Root=1-691f3c40-0a1b2c3d4e5f60718293a403;Parent=53995c3f42cd8ad8;Sampled=1"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Nothing: a function that is stopped leaves its connection open."""


class RuntimeApi:
    """The API for one execution environment; every invocation is one that X-Ray samples."""

    def __init__(self) -> None:
        self._events: SimpleQueue[bytes] = SimpleQueue()
        self._answers: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        """What AWS_LAMBDA_RUNTIME_API says."""
        return f"127.0.0.1:{self._server.server_port}"

    def invoke(self, event: bytes) -> tuple[float, dict[str, Any]]:
        """When the answer came, on time.perf_counter's clock, and the answer."""
        self._events.put(event)
        arrived_at, answer = self._answers.get(timeout=ANSWER_SECONDS)
        document = json.loads(answer)
        if document.get("statusCode") not in _SUCCESSES:
            message = f"The function failed: {document}"
            raise RuntimeError(message)
        return arrived_at, document

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(api) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1  # head and body in one packet

            def do_GET(self) -> None:
                event = api._events.get()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 25_000))
                self.send_header("Lambda-Runtime-Trace-Id", _TRACE)
                arn = "arn:aws:lambda:eu-west-1:123456789012:function:bench"
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", arn)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(event)))
                self.end_headers()
                self.wfile.write(event)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                api._answers.put((time.perf_counter(), body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing: the benchmark prints its own."""

        return Handler
