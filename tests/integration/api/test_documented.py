"""The function sends every response in openapi.json. All other tests check that responses are documented."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest

from tests.helpers.document import PROBLEM, Operation, operations
from tests.helpers.events import API_EVENTS, load_event, set_path_parameter
from tests.helpers.responses import Api, Response
from users.adapters.dynamodb import DynamoDBUserRepository
from users.api import resolver
from users.api.requests import MAX_BODY_BYTES
from users.domain.errors import IdempotencyInProgressError, ServiceUnavailableError

OF_THE_GATEWAY = {"unauthorized", "forbidden", "too-many-requests"}
OTHER = {"userId": "other", "name": "Jane Doe", "email": "other@example.com"}

type Call = Callable[[pytest.MonkeyPatch, Api, str], Response]


def with_failing_store(error: Exception) -> Call:
    """The response when every call of the store raises."""

    def call(monkeypatch: pytest.MonkeyPatch, api: Api, event: str) -> Response:
        for method in ("create", "get", "find_by_email", "list_page", "update", "delete"):
            monkeypatch.setattr(DynamoDBUserRepository, method, Mock(side_effect=error))
        return api(event)

    return call


def changed(*before: str, **changes: Any) -> Call:
    """The response to a changed event, after other events."""

    def call(_: pytest.MonkeyPatch, api: Api, event: str) -> Response:
        for name in before:
            assert api(name).status == 201
        return api(event, **changes)

    return call


def email_taken(_: pytest.MonkeyPatch, api: Api, event: str) -> Response:
    """The response when another user has the address."""
    api("create-user", body=OTHER)
    if event != "create-user":
        assert api("create-user").status == 201
    return api(event, body={**json.loads(load_event(event)["body"]), "email": OTHER["email"]})


def no_such_size(_: pytest.MonkeyPatch, api: Api, event: str) -> Response:
    """The response when there is no such size."""
    elsewhere = load_event(event)
    set_path_parameter(elsewhere, "size", "huge")
    return api.send(elsewhere)


def key_reused(_: pytest.MonkeyPatch, api: Api, event: str) -> Response:
    """The response to another request under the same key."""
    headers = {"Idempotency-Key": "key"}
    assert api(event, headers=headers).status == 201
    return api(event, headers=headers, body=OTHER)


def internal_error(monkeypatch: pytest.MonkeyPatch, api: Api, event: str) -> Response:
    """The response to an error that is not expected."""
    monkeypatch.setattr(resolver, "FieldError", Mock(side_effect=RuntimeError))
    return api(event, query={**(load_event(event)["queryStringParameters"] or {}), "verbose": "1"})


CALLS: dict[str, Call] = {
    "validation": changed(query={"verbose": "1"}),
    "malformed-body": changed(body="{"),
    "body-too-large": changed(body=" " * (MAX_BODY_BYTES + 1)),
    "unsupported-media-type": changed(headers={"Content-Type": "text/plain"}),
    "user-not-found": changed(),
    "avatar-not-found": changed("create-user"),
    "not-found": no_such_size,
    "user-exists": changed("create-user"),
    "email-taken": email_taken,
    "precondition-failed": changed("create-user", headers={"If-Match": '"9"'}),
    "user-id-mismatch": changed("create-user", body=OTHER),
    "idempotency-key-reused": key_reused,
    "request-in-progress": with_failing_store(IdempotencyInProgressError()),
    "unavailable": with_failing_store(ServiceUnavailableError()),
    "internal-error": internal_error,
}


def event_of(path: str, method: str) -> str:
    """An example of an operation: where there are several, the one that can go wrong in all its ways."""
    names = [
        name
        for name in API_EVENTS
        if (load_event(name)["resource"], load_event(name)["httpMethod"]) == (path, method)
    ]
    assert names, f"events/users_api has no event of {method} {path}"
    return next((name for name in ("create-user", "get-user-by-query") if name in names), names[0])


def problems(operation: Operation) -> Iterator[tuple[str, str]]:
    """Status and kind of each problem of an operation."""
    for status, response in operation["responses"].items():
        for kind in response.get("content", {}).get(PROBLEM, {}).get("examples", {}):
            yield status, kind


@pytest.mark.parametrize(
    ("event", "status", "kind"),
    [
        (event_of(path, method), status, kind)
        for path, method, operation in operations()
        for status, kind in problems(operation)
        if kind not in OF_THE_GATEWAY and (path, kind) != ("/health", "unavailable")
    ],
)
class TestProblems:
    """Each kind of problem of each operation, but for those that API Gateway sends."""

    def test_is_sent(
        self, api: Api, monkeypatch: pytest.MonkeyPatch, event: str, status: str, kind: str
    ) -> None:
        response = CALLS[kind](monkeypatch, api, event)
        assert (str(response.status), response.problem) == (status, kind)
