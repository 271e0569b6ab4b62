"""Responses of a handler as a client sees them, with checks that apply to all of them."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.helpers.events import Event, changed_event

STATUSES = frozenset({200, 201, 204, 302, 304, 400, 401, 404, 405, 409, 412, 413, 415, 422, 500, 503})
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass(frozen=True)
class Context:
    """The context of a Lambda invocation."""

    function_name: str = "function"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:function:live"
    aws_request_id: str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    tenant_id: str | None = None

    def get_remaining_time_in_millis(self) -> int:
        """As at the beginning of an invocation."""
        return 25_000


@dataclass(frozen=True)
class Response:
    """An HTTP response. Header names are as they were sent."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)

    @property
    def problem(self) -> str:
        """The name of the problem in the body."""
        kind: str = self.json["type"]
        return kind.removeprefix("/problems/")

    @property
    def fields(self) -> set[str]:
        """The fields that a validation problem names."""
        return {error["field"] for error in self.json["errors"]}


class Api:
    """Calls a handler with events, and checks every response."""

    def __init__(self, handler: Callable[[Event, Context], dict[str, Any]]) -> None:
        self._handler = handler

    def __call__(self, name: str, **changes: Any) -> Response:
        """The response to an event from its file, with changes."""
        return self.send(changed_event(name, **changes))

    def send(self, event: Event) -> Response:
        """The response to an event."""
        return read_response(event, self._handler(event, Context()))


def read_response(event: Event, result: dict[str, Any]) -> Response:
    """Check that API Gateway and the contract accept a proxy result, and return it as a response."""
    json.dumps(result)
    assert set(result) == {"statusCode", "multiValueHeaders", "body", "isBase64Encoded"}
    assert result["isBase64Encoded"] is False
    headers = {name: ", ".join(values) for name, values in result["multiValueHeaders"].items()}
    assert not any({"\r", "\n"} & set(text) for header in headers.items() for text in header)
    response = Response(result["statusCode"], headers, result["body"])
    assert response.status in STATUSES
    assert response.headers["X-Request-Id"] == event["requestContext"]["requestId"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    _check_cache_control(event, response)
    _check_body(event, response)
    return response


def check_user(user: Mapping[str, Any]) -> None:
    """A user has the fields of the contract and no others, in their formats."""
    always = {"userId", "name", "email", "createdAt", "updatedAt", "version"}
    assert set(user) - {"avatar", "avatarError"} == always
    path = f"/users/{user['userId']}/avatar"
    avatar = {size: f"{path}/{size}" for size in ("small", "medium", "large")}
    assert user.get("avatar", avatar) == avatar
    assert _TIME.fullmatch(user["createdAt"])
    assert _TIME.fullmatch(user["updatedAt"])
    assert user["createdAt"] <= user["updatedAt"]
    assert user["email"] == user["email"].lower()
    assert user["version"] >= 1


def _check_cache_control(event: Event, response: Response) -> None:
    """Responses are not stored, except those to a GET that clients can revalidate."""
    if event["httpMethod"] == "GET" and "ETag" in response.headers:
        assert {"no-cache", "private"} <= set(response.headers["Cache-Control"].split(", "))
    else:
        assert response.headers["Cache-Control"] == "no-store"


def _check_body(event: Event, response: Response) -> None:
    if response.status in {204, 302, 304}:
        assert response.text == ""
        assert "Content-Type" not in response.headers
        assert ("Location" in response.headers) == (response.status == 302)
    elif response.status < 300:
        assert response.headers["Content-Type"] == "application/json"
        assert response.text == "" if event["httpMethod"] == "HEAD" else isinstance(response.json, dict)
    else:
        _check_problem(event, response)


def _check_problem(event: Event, response: Response) -> None:
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json
    assert set(problem) - {"errors"} == {"type", "title", "status", "detail", "instance", "requestId"}
    assert problem["type"].startswith("/problems/")
    assert problem["title"]
    assert problem["detail"]
    assert problem["status"] == response.status
    assert problem["instance"] == event["path"]
    assert problem["requestId"] == event["requestContext"]["requestId"]
    if problem["type"] == "/problems/validation":
        assert problem["errors"]
    assert all(set(error) == {"field", "message"} and error["message"] for error in problem.get("errors", []))
