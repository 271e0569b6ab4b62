"""DynamoDB as the SDK reaches it: moto, with injected faults instead of its responses, or after them.

The faults replace what the SDK's HTTP client returns or raises, so that the SDK parses responses and retries
as it does in production. Like DynamoDB, the server responds to a repeated ClientRequestToken with the first
response.
"""

import enum
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

URL = "https://dynamodb.eu-west-1.amazonaws.com/"


class Response(NamedTuple):
    """The response to one request."""

    status: int
    body: str


def refusal(code: str, status: int = 400, **members: Any) -> Response:
    """An error as DynamoDB words it; the message contains what the service must not reveal."""
    kind = f"com.amazonaws.dynamodb.v20120810#{code}"
    return Response(status, json.dumps({"__type": kind, "message": "About john@example.com", **members}))


def cancelled(*codes: str) -> Response:
    """A cancelled transaction, with a reason for each of its writes."""
    reasons = [{"Code": code, "Message": "About john@example.com"} for code in codes]
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


class Fault(enum.Enum):
    """A fault of one request: another response, or an error of the SDK's HTTP client."""

    THROTTLED = refusal("ProvisionedThroughputExceededException")
    INTERNAL_ERROR = refusal("InternalServerError", 500)
    UNAVAILABLE_PAGE = Response(503, "<html>john@example.com</html>")  # as from a proxy in between
    ACCESS_DENIED = refusal("AccessDeniedException")
    UNREACHABLE = EndpointConnectionError(endpoint_url=URL)
    HANGS = ReadTimeoutError(endpoint_url=URL)
    CLOSES = ConnectionClosedError(endpoint_url=URL)
    RESPONSE_LOST = ConnectionClosedError(endpoint_url=f"{URL}#lost")  # after the request took effect
    RESPONSE_CUT = ResponseStreamingError(error="half of it")  # likewise


type Rule = Callable[[str, dict[str, Any]], Fault | Response | None]
"""Returns the fault of a request by its operation and parameters, or a response instead of DynamoDB's."""


class DynamoDBServer:
    """Faults are given per request, in order, or by a rule for all."""

    def __init__(self, client: Any) -> None:
        self.faults: list[Fault | Response | None] = []
        self.rule: Rule = lambda _operation, _params: None
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self._tokens: dict[str, AWSResponse] = {}
        client.meta.events.unregister("before-send", botocore_stubber)
        client.meta.events.register("before-send", self._respond)

    @property
    def operations(self) -> list[str]:
        """The operation of each request, in their order."""
        return [operation for operation, _ in self.requests]

    def _respond(self, event_name: str, request: Any, **_: Any) -> AWSResponse:
        call = event_name.rpartition(".")[2], json.loads(request.body)
        self.requests.append(call)
        fault = self.faults.pop(0) if self.faults else self.rule(*call)
        given = fault.value if isinstance(fault, Fault) else fault
        if isinstance(given, Response):
            headers_and_body: Any = ({}, MockRawResponse(given.body))
            return AWSResponse(request.url, given.status, *headers_and_body)
        if fault in {None, Fault.RESPONSE_LOST, Fault.RESPONSE_CUT}:
            response = self._take_effect(event_name, request, call[1].get("ClientRequestToken"))
        if given:
            raise given
        return response

    def _take_effect(self, event_name: str, request: Any, token: str | None) -> AWSResponse:
        if token and token in self._tokens:
            return self._tokens[token]
        response = botocore_stubber(event_name, request)
        assert response
        if token and response.status_code == 200:
            self._tokens[token] = response
        return response
