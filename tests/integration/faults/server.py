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
from typing import Any, NamedTuple

from botocore import xform_name
from botocore.exceptions import ClientError


class Response(NamedTuple):
    """The response to one request."""

    status: int
    body: str


def refusal(
    code: str, status: int = 400, message: str = "About john@example.com", **members: Any
) -> Response:
    """An error as DynamoDB words it; the message contains what the service must not reveal."""
    kind = f"com.amazonaws.dynamodb.v20120810#{code}"
    return Response(status, json.dumps({"__type": kind, "message": message, **members}))


def cancelled(*codes: str) -> Response:
    """A cancelled transaction, with a reason for each of its writes."""
    reasons = [{"Code": code, "Message": "About john@example.com"} for code in codes]
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


class Fault(enum.Enum):
    """A fault of one request."""

    THROTTLED = refusal("ProvisionedThroughputExceededException")
    INTERNAL_ERROR = refusal("InternalServerError", 500)
    UNAVAILABLE_PAGE = Response(503, "<html>john@example.com</html>")  # as from a proxy in between
    ACCESS_DENIED = refusal("AccessDeniedException")
    HANGS = "no response"
    CLOSES = "no response, and the connection closes"
    RESPONSE_LOST = "takes effect, but the response is lost"
    RESPONSE_CUT = "takes effect, but half of the response is lost"


type Rule = Callable[[str, dict[str, Any]], Fault | Response | None]
"""Returns the fault of a request by its operation and parameters, or a response instead of DynamoDB's."""


class DynamoDBServer(ThreadingHTTPServer):
    """Faults are given per request, in order, or by a rule for all."""

    block_on_close = False  # connections stay open as long as the client keeps them
    daemon_threads = True

    def __init__(self, backend: Any) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.faults: list[Fault | Response | None] = []
        self.rule: Rule = lambda _operation, _params: None
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.stopping = threading.Event()
        self._backend = backend
        self._tokens: dict[str, Response] = {}
        self._lock = threading.Lock()

    @property
    def operations(self) -> list[str]:
        """The operation of each request, in their order."""
        return [operation for operation, _ in self.requests]

    def stop(self) -> None:
        """Close all connections, and stop."""
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore closed connections."""

    def do(self, operation: str, params: dict[str, Any]) -> Response:
        """Process a request as DynamoDB does."""
        with self._lock:
            token = params.get("ClientRequestToken", "")
            response = self._tokens.get(token) or self._call(operation, params)
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
        return Response(200, json.dumps(response))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: DynamoDBServer

    def do_POST(self) -> None:
        """Respond to one request, or apply its fault."""
        params = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        call = self.headers["X-Amz-Target"].split(".")[1], params
        self.server.requests.append(call)
        fault = self.server.faults.pop(0) if self.server.faults else self.server.rule(*call)
        match fault:
            case Response() | Fault(value=Response()):
                self._say(fault if isinstance(fault, Response) else fault.value)
                return
            case Fault.HANGS:
                self.server.stopping.wait(10)
            case None:
                self._say(self.server.do(*call))
                return
            case Fault.RESPONSE_LOST:
                self.server.do(*call)
            case Fault.RESPONSE_CUT:
                self._say(self.server.do(*call), cut=True)
        self.close_connection = True

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
