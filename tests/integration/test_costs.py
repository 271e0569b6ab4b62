"""Costs of requests: the DynamoDB calls of each, and how much they read."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.helpers.events import API_EVENTS, changed_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Api, Response
from tests.helpers.wire import Wire
from tools.costs.__main__ import OPERATIONS, WORKLOAD

type Cost = tuple[tuple[str, ...], str, int, list[str]]
"""Earlier requests, the request, its status, and its calls."""
type Change = tuple[str, dict[str, str] | None, list[str]]
"""The request, its body, and its calls."""

CREATE = ("create-user",)
REPLAY = ("create-user-idempotent",)
TRANSACTION, MARK_AND_TRANSACTION = ["TransactWriteItems"], ["UpdateItem", "TransactWriteItems"]
COSTS: list[Cost] = [
    ((), "create-user", 201, TRANSACTION),
    ((), "create-user-idempotent", 201, TRANSACTION),
    (REPLAY, "create-user-idempotent", 201, [*TRANSACTION, "GetItem"]),
    (CREATE, "create-user", 409, TRANSACTION),
    *((CREATE, name, 200, ["GetItem"]) for name in ("get-user", "get-user-by-query")),
    *((CREATE, "create-avatar-upload", 201, ["GetItem"]), (CREATE, "get-avatar", 404, ["GetItem"])),
    *((CREATE, "find-user-by-email", 200, 2 * ["GetItem"]), ((), "find-user-by-email", 200, ["GetItem"])),
    *((CREATE, "list-users", 200, ["Scan"]), ((), "list-users", 200, ["Scan"])),
]
PRECONDITIONS: list[dict[str, str | None]] = [
    {"If-Match": None},
    {"If-Match": "current"},
    {"If-Match": 'current, "2"'},
    {"If-Match": None, "If-None-Match": '"2"'},
]
NAMED, NEW = {"userId": "123", "name": "N"}, {"name": "N", "email": "new@example.com"}
CHANGES: list[Change] = [
    ("update-user", {"name": "N"}, ["UpdateItem"]),
    ("update-user", {"email": "john@example.com"}, ["UpdateItem"]),
    ("replace-user", {"name": "N", "email": "JOHN@example.com"}, ["UpdateItem"]),
    ("replace-user-in-body", NAMED | {"email": "john@example.com"}, ["UpdateItem"]),
    *((name, NEW, MARK_AND_TRANSACTION) for name in ("update-user", "replace-user")),
    ("replace-user-in-body", NAMED | NEW, MARK_AND_TRANSACTION),
    *((name, None, MARK_AND_TRANSACTION) for name in ("delete-user", "delete-user-by-query")),
]


def calls_of(wire: Wire, request: Callable[[], Response]) -> tuple[Response, list[str]]:
    """The response to a request, and the operations that it has called, in order."""
    wire.calls.clear()
    response = request()
    return response, [
        name for name, _ in wire.calls if name != "CreateBucket"
    ]  # as which botocore signs forms


def tables(wire: Wire, action: str) -> list[str]:
    """The tables of these actions of the last call, a transaction."""
    return [item[action]["TableName"] for item in wire.calls[-1][1]["TransactItems"] if action in item]


class TestCosts:
    """Reads are by key, and only writes that touch the address require a transaction."""

    @pytest.mark.parametrize("cost", COSTS)
    def test_calls_of_requests(self, api: Api, wire: Wire, cost: Cost) -> None:
        before, name, status, expected = cost
        for earlier in before:
            api(earlier)
        response, made = calls_of(wire, lambda: api(name))
        assert (response.status, made) == (status, expected)
        if made == ["GetItem"] and name != "find-user-by-email":
            params = wire.calls[0][1]
            assert (params["TableName"], params["ConsistentRead"]) == ("UsersTable", True)
        if made == TRANSACTION:
            key = [] if name == "create-user" else ["IdempotencyTable"]
            assert tables(wire, "Put") == ["UsersTable", "UserEmailsTable", *key]

    @pytest.mark.parametrize("name", [name for name in API_EVENTS if name != "health"])
    @pytest.mark.parametrize("claims", [None, {}, {"scope": "users/reader users/"}, "other"])
    @pytest.mark.parametrize("body", [None, "{"])
    def test_no_call_when_the_scope_is_missing(
        self, api: Api, wire: Wire, name: str, claims: Any, body: str | None
    ) -> None:
        event = changed_event(name, body=body)
        other = {"scope": "users/write" if event["httpMethod"] == "GET" else "users/read"}
        event["requestContext"]["authorizer"] = claims and {"claims": other if claims == "other" else claims}
        response, made = calls_of(wire, lambda: api.send(event))
        assert (response.status, response.problem, made) == (401, "unauthorized", [])
        assert response.headers["WWW-Authenticate"] == "Bearer"

    @pytest.mark.parametrize("change", CHANGES)
    @pytest.mark.parametrize("precondition", PRECONDITIONS)
    def test_calls_of_changes(
        self, api: Api, wire: Wire, precondition: dict[str, str | None], change: Change
    ) -> None:
        name, body, expected = change
        tag = api("create-user").headers["ETag"]
        headers = {header: value and value.replace("current", tag) for header, value in precondition.items()}
        response, made = calls_of(wire, lambda: api(name, body=body, headers=headers))
        assert (response.status, made) == (200, expected)
        if body is None:
            mark = wire.calls[0][1]
            assert mark["UpdateExpression"] == "SET #correlationId = :correlationId, #actor = :actor"
            assert tables(wire, "Delete") == ["UsersTable", "UserEmailsTable"]
        elif made == MARK_AND_TRANSACTION:
            assert len(wire.calls[1][1]["TransactItems"]) == 3

    @pytest.mark.parametrize("name", ["update-user", "delete-user"])
    @pytest.mark.parametrize(
        ("before", "tags", "expected"),
        [
            *(((), tags, (404, "UpdateItem")) for tags in (None, '"1"')),
            *((CREATE, '"7"', (412, "UpdateItem")), (CREATE, 'W/"1"', (412, "GetItem"))),  # matches nothing
        ],
    )
    def test_one_call_when_a_change_is_refused(  # noqa: PLR0913, PLR0917 - columns
        self, api: Api, wire: Wire, name: str, before: Any, tags: str | None, expected: tuple[int, str]
    ) -> None:
        for earlier in before:
            api(earlier)
        body = {"email": "new@example.com"} if name == "update-user" else None
        response, made = calls_of(wire, lambda: api(name, body=body, headers={"If-Match": tags}))
        assert (response.status, *made) == expected

    @pytest.mark.parametrize("limit", [1, 10])
    def test_a_page_scans_no_more_than_its_limit(self, api: Api, wire: Wire, limit: int) -> None:
        for i in range(12):
            api("create-user", body={"userId": f"u{i}", "name": "U", "email": f"u{i}@example.com"})
        cursor = api("list-users", query={"limit": "1"}).json["nextCursor"]
        for start in ({}, {"cursor": cursor}):
            page, made = calls_of(wire, partial(api, "list-users", query={"limit": str(limit), **start}))
            [(_, params)] = wire.calls
            assert (made, params["Limit"], len(page.json["users"])) == (["Scan"], limit, limit)
            assert "FilterExpression" not in params


class TestLogCosts:
    """A request writes the logs and metrics that docs/costs.md assumes."""

    def test_two_lines_and_the_metrics_of_its_operation(self, api: Api, logs: Logs) -> None:
        names = [operation.replace("_", "-") for operation in OPERATIONS]
        for name in sorted(names, key=lambda name: (name != "create-user", name == "delete-user")):
            api(name)
        lines = [len(line) + 1 for line in logs.text.splitlines()]
        assert sum(lines) / len(OPERATIONS) == pytest.approx(WORKLOAD["logs"]["function_bytes"], rel=0.1)
        declared = [line["_aws"]["CloudWatchMetrics"][0]["Metrics"] for line in logs.metrics]
        assert sum(map(len, declared)) == WORKLOAD["metrics"]["of_requests"]
