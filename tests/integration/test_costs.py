"""Costs of requests: the DynamoDB calls of each, and how much they read."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from lambda_common.clients import client
from tests.helpers.events import API_EVENTS, changed_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Api, Response
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
REFUSABLE = [
    *("health", "get-user", "list-users", "update-user", "create-user", "create-avatar-upload", "get-avatar"),
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


class Calls:
    """The calls that a client has made since the last `reset`, with their parameters and responses."""

    def __init__(self) -> None:
        self.made: list[tuple[str, dict[str, Any]]] = []
        self.responses: list[dict[str, Any]] = []

    def before(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Record a call; botocore's event `provide-client-params` passes its parameters."""
        self.made.append((model.name, params))

    def after(self, parsed: dict[str, Any], **_: Any) -> None:
        """Record a response."""
        self.responses.append(parsed)

    def of(self, request: Callable[[], Response]) -> tuple[Response, list[str]]:
        """The response to a request, and the operations that it has called, in order."""
        self.made.clear()
        self.responses.clear()
        return request(), [name for name, _ in self.made]

    def tables(self, action: str) -> list[str]:
        """The tables of these actions of the last call, a transaction."""
        return [item[action]["TableName"] for item in self.made[-1][1]["TransactItems"] if action in item]


@pytest.fixture
def calls(api: Api) -> Iterator[Calls]:  # noqa: ARG001 - the client is made where moto is active
    """The calls of the function's client."""
    recorded = Calls()
    hooks = {"provide-client-params": recorded.before, "after-call": recorded.after}
    events = client("dynamodb").meta.events
    for name, hook in hooks.items():
        events.register(f"{name}.dynamodb.*", hook)
    yield recorded
    for name, hook in hooks.items():
        events.unregister(f"{name}.dynamodb.*", hook)


class TestCosts:
    """Reads are by key, and only writes that touch the address require a transaction."""

    @pytest.mark.parametrize("cost", COSTS)
    def test_calls_of_requests(self, api: Api, calls: Calls, cost: Cost) -> None:
        before, name, status, expected = cost
        for earlier in before:
            api(earlier)
        response, made = calls.of(lambda: api(name))
        assert (response.status, made) == (status, expected)
        if made == ["GetItem"] and name != "find-user-by-email":
            [(_, params)] = calls.made
            assert (params["TableName"], params["ConsistentRead"]) == ("UsersTable", True)
        if made == TRANSACTION:
            tables = ["UsersTable", "UserEmailsTable", "IdempotencyTable"]
            assert calls.tables("Put") == tables[: 2 if name == "create-user" else 3]

    @pytest.mark.parametrize("name", [name for name in API_EVENTS if name != "health"])
    @pytest.mark.parametrize("claims", [None, {}, {"scope": "users/reader users/"}, "other"])
    @pytest.mark.parametrize("body", [None, "{"])
    def test_no_call_when_the_scope_is_missing(
        self, api: Api, calls: Calls, name: str, claims: Any, body: str | None
    ) -> None:
        event = changed_event(name, body=body)
        other = {"scope": "users/write" if event["httpMethod"] == "GET" else "users/read"}
        event["requestContext"]["authorizer"] = claims and {"claims": other if claims == "other" else claims}
        response, made = calls.of(lambda: api.send(event))
        assert (response.status, response.problem, made) == (401, "unauthorized", [])
        assert response.headers["WWW-Authenticate"] == "Bearer"

    @pytest.mark.parametrize("change", CHANGES)
    @pytest.mark.parametrize("precondition", PRECONDITIONS)
    def test_calls_of_changes(
        self, api: Api, calls: Calls, precondition: dict[str, str | None], change: Change
    ) -> None:
        name, body, expected = change
        tag = api("create-user").headers["ETag"]
        headers = {header: value and value.replace("current", tag) for header, value in precondition.items()}
        response, made = calls.of(lambda: api(name, body=body, headers=headers))
        assert (response.status, made) == (200, expected)
        if body is None:
            mark = calls.made[0][1]
            assert mark["UpdateExpression"] == "SET #correlationId = :correlationId, #actor = :actor"
            assert calls.tables("Delete") == ["UsersTable", "UserEmailsTable"]
        elif made == MARK_AND_TRANSACTION:
            assert len(calls.made[1][1]["TransactItems"]) == 3

    @pytest.mark.parametrize("name", ["update-user", "delete-user"])
    @pytest.mark.parametrize(
        ("before", "tags", "expected"),
        [
            *(((), tags, (404, "UpdateItem")) for tags in (None, '"1"')),
            *((CREATE, '"7"', (412, "UpdateItem")), (CREATE, 'W/"1"', (412, "GetItem"))),  # matches nothing
        ],
    )
    def test_one_call_when_a_change_is_refused(  # noqa: PLR0913, PLR0917 - columns
        self, api: Api, calls: Calls, name: str, before: Any, tags: str | None, expected: tuple[int, str]
    ) -> None:
        for earlier in before:
            api(earlier)
        body = {"email": "new@example.com"} if name == "update-user" else None
        response, made = calls.of(lambda: api(name, body=body, headers={"If-Match": tags}))
        assert (response.status, *made) == expected

    @pytest.mark.parametrize("name", REFUSABLE)
    def test_no_call_when_the_request_is_not_valid(self, api: Api, calls: Calls, name: str) -> None:
        response, made = calls.of(lambda: api(name, query={"x": "1"}))
        assert (response.status, made) == (400, [])

    @pytest.mark.parametrize("limit", [1, 10])
    def test_a_page_scans_no_more_than_its_limit(self, api: Api, calls: Calls, limit: int) -> None:
        for i in range(12):
            api("create-user", body={"userId": f"u{i}", "name": "U", "email": f"u{i}@example.com"})
        cursor = api("list-users", query={"limit": "1"}).json["nextCursor"]
        for start in ({}, {"cursor": cursor}):
            page, made = calls.of(partial(api, "list-users", query={"limit": str(limit), **start}))
            [(_, params)], [response] = calls.made, calls.responses
            assert (made, params["Limit"]) == (["Scan"], limit)
            assert response["ScannedCount"] == response["Count"] == len(page.json["users"]) == limit
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
