"""Replaces operations that the local stack does not support: records calls and responds like AWS."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

RESPONSES: dict[str, Any] = {
    "AddUserPoolClientSecret": {"ClientSecretDescriptor": {"ClientSecretId": "new"}},
    "ListUserPoolClientSecrets": {
        "ClientSecrets": [
            {"ClientSecretId": "new", "ClientSecretCreateDate": 2},
            {"ClientSecretId": "old", "ClientSecretCreateDate": 1},
        ]
    },
    "DeleteUserPoolClientSecret": {},
}

type Call = tuple[str, dict[str, Any]]


@contextmanager
def recorder(calls: list[Call]) -> Iterator[str]:
    """A server at the yielded URL, which appends requests to `calls`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].split(".")[-1]
            calls.append((operation, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            body = json.dumps(RESPONSES[operation]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
