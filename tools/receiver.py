"""A receiver of webhooks for development, which fails on request: `make webhook-receiver`."""

import argparse
import base64
import hashlib
import hmac
import json
import random
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tools.local.console import exit_code
from tools.local.stack import running_stack
from tools.local.workspace import DEFAULT_PORT, Workspace

TOLERANCE_SECONDS = 300


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the request was signed with the secret, and not long ago."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    expected = "v1," + base64.b64encode(digest).decode()
    signatures = headers["webhook-signature"].split()
    recent = abs(time.time() - int(timestamp)) < TOLERANCE_SECONDS
    return recent and any(hmac.compare_digest(expected, signature) for signature in signatures)


@dataclass(frozen=True)
class Call:
    """One request, and how it was answered."""

    id: str
    headers: Mapping[str, str]
    body: bytes
    answer: str
    connection: int  # the port of the sender, which is the same for all requests of a connection
    at: float

    @property
    def payload(self) -> Any:
        """The JSON document."""
        return json.loads(self.body)


class Receiver(ThreadingHTTPServer):
    """Answers each request with one of `answers`, at random; without a valid signature with 401."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        port: int = 0,
        *,
        secrets: list[str],
        answers: list[str],
        show: Callable[[Call], object] = lambda _: None,
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.secrets, self.answers, self.show = secrets, answers, show
        self.calls: list[Call] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/webhooks"

    def answer(self, headers: Mapping[str, str], body: bytes) -> str:
        """What to do with a request."""
        verified = any(verify(secret, headers, body) for secret in self.secrets)
        return random.choice(self.answers) if verified else "401"  # noqa: S311 - not a secret

    def handle_error(self, *_: Any) -> None:
        """Print no trace when the sender closes the connection."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.answer(headers, body)
        call = Call(headers["webhook-id"], headers, body, answer, int(self.client_address[1]), time.time())
        self.server.calls.append(call)
        self.server.show(call)
        self._answer(answer)

    def _answer(self, answer: str) -> None:
        self.close_connection = not answer.isdecimal()
        if answer == "timeout":
            self.connection.recv(1)  # until the sender gives up
        elif answer == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        elif answer != "close":
            self.send_response(int(answer))
            for name, value in {"429": ("Retry-After", "1"), "302": ("Location", "/elsewhere")}.items():
                if answer == name:
                    self.send_header(*value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: Any) -> None:
        """The line of each call says more."""


def serve(options: argparse.Namespace) -> None:
    """Print what is received, until Ctrl-C."""
    secrets = running_stack(Workspace.for_port(options.port)).webhook_secrets()

    def show(call: Call) -> None:
        print(call.answer, call.id, call.body.decode(), flush=True)

    with Receiver(options.listen, secrets=secrets, answers=options.answers.split(), show=show) as receiver:
        print(f"Listening on {receiver.url}", flush=True)
        with suppress(KeyboardInterrupt):
            receiver.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make webhook-receiver", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--listen", type=int, default=4700)
    parser.add_argument("--answers", default="200")
    parsed = parser.parse_args()
    sys.exit(exit_code(lambda: serve(parsed)))
