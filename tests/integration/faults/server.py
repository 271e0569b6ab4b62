"""A DynamoDB over real HTTP, with injected faults.

It forwards requests to moto one at a time. Like DynamoDB, it responds to a repeated ClientRequestToken
with the first response, and sends checksums.
"""

import enum
import json
import threading
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

_TYPE = "com.amazonaws.dynamodb.v20120810#"


class Fault(enum.Enum):
    """A fault of one request."""

    THROTTLED = enum.auto()
    INTERNAL_ERROR = enum.auto()
    UNAVAILABLE_PAGE = enum.auto()  # 503 with HTML, as from a proxy in between
    HANGS = enum.auto()
    CLOSES = enum.auto()
    RESPONSE_LOST = enum.auto()  # takes effect, but the response is lost
    RESPONSE_CUT = enum.auto()  # takes effect, but half of the response is lost
    ACCESS_DENIED = enum.auto()


class Response(Exception):  # noqa: N818 - a response ends a request, good or bad
    """The response to one request."""

    def __init__(self, status: int, body: dict[str, Any] | str) -> None:
        super().__init__(status)
        self.status = status
        self.body = body if isinstance(body, str) else json.dumps(body)


def refusal(
    code: str, status: int = 400, message: str = "About john@example.com", **members: Any
) -> Response:
    """An error as DynamoDB words it; the message contains what the service must not reveal."""
    return Response(status, {"__type": _TYPE + code, "message": message, **members})


_RESPONSES = {
    Fault.THROTTLED: refusal("ProvisionedThroughputExceededException"),
    Fault.INTERNAL_ERROR: refusal("InternalServerError", 500),
    Fault.UNAVAILABLE_PAGE: Response(503, "<html>john@example.com</html>"),
    Fault.ACCESS_DENIED: refusal("AccessDeniedException"),
}

type Rule = Callable[[str, dict[str, Any]], Fault | Response | None]
"""Returns the fault of a request by its operation and parameters."""


class DynamoDBServer:
    """Faults are given per request, in order, or by a rule for all."""

    def __init__(self, backend: Any) -> None:
        self.faults: list[Fault | Response | None] = []
        self.rule: Rule = lambda _operation, _params: None
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.stopping = threading.Event()
        self._backend = backend
        self._tokens: dict[str, Response] = {}
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.dynamodb = self
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        """The URL of the server."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def operations(self) -> list[str]:
        """The operation of each request, in their order."""
        return [operation for operation, _ in self.requests]

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Close all connections, and stop."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def fault(self, operation: str, params: dict[str, Any]) -> Fault | Response | None:
        """The fault of a request, or a response that replaces DynamoDB's."""
        self.requests.append((operation, params))
        return self.faults.pop(0) if self.faults else self.rule(operation, params)

    def do(self, operation: str, params: dict[str, Any]) -> Response:
        """Process a request as DynamoDB does."""
        with self._lock:
            token = params.get("ClientRequestToken")
            if token in self._tokens:
                return self._tokens[token]
            response = self._call(operation, params)
            if token and response.status == 200:
                self._tokens[token] = response
            return response

    def _call(self, operation: str, params: dict[str, Any]) -> Response:
        try:
            response = getattr(self._backend, xform_name(operation))(**params)
        except ClientError as error:
            details: dict[str, Any] = dict(error.response)
            members = {name: details[name] for name in ("Item", "CancellationReasons") if name in details}
            return refusal(details["Error"]["Code"], message=details["Error"]["Message"], **members)
        del response["ResponseMetadata"]
        return Response(200, response)


class _Server(ThreadingHTTPServer):
    block_on_close = False  # connections stay open as long as the client keeps them
    daemon_threads = True
    dynamodb: DynamoDBServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore closed connections."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        """Respond to one request, or apply its fault."""
        dynamodb = self.server.dynamodb
        operation = self.headers["X-Amz-Target"].split(".")[1]
        params = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = dynamodb.fault(operation, params)
        match fault:
            case None:
                self._say(dynamodb.do(operation, params))
            case Response():
                self._say(fault)
            case Fault.HANGS:
                dynamodb.stopping.wait(10)
                self.close_connection = True
            case Fault.CLOSES:
                self.close_connection = True
            case Fault.RESPONSE_LOST:
                dynamodb.do(operation, params)
                self.close_connection = True
            case Fault.RESPONSE_CUT:
                self._say(dynamodb.do(operation, params), cut=True)
            case _:
                self._say(_RESPONSES[fault])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Log nothing."""

    def _say(self, response: Response, *, cut: bool = False) -> None:
        body = response.body.encode()
        self.send_response(response.status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("X-Amz-Crc32", str(zlib.crc32(body)))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = cut
