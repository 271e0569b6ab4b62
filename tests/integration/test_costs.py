"""What requests cost: the calls of DynamoDB that each makes, and how much those read."""

from collections.abc import Iterator
from typing import Any

import pytest

from lambda_common.clients import client
from tests.helpers.answers import Api
from tests.helpers.logs import Logs
from tools.costs.__main__ import OPERATIONS, WORKLOAD

REFUSABLE = [
    "health",
    "get-user",
    "list-users",
    "update-user",
    "create-user",
    "create-avatar-upload",
    "get-avatar",
]

PRECONDITIONS: list[dict[str, str | None]] = [
    {"If-Match": None},
    {"If-Match": "current"},
    {"If-Match": 'current, "2"'},
    {"If-Match": None, "If-None-Match": '"2"'},
]

type Call = tuple[str, dict[str, Any]]
type Headers = dict[str, str | None]


def after_creation(api: Api, headers: Headers) -> Headers:
    """Create the user, and let the tag of the user's state be in the headers."""
    tag = api("create-user").headers["ETag"]
    return {name: value and value.replace("current", tag) for name, value in headers.items()}


class Calls:
    """The calls that a client has made since the last `reset`, with their parameters and answers."""

    def __init__(self) -> None:
        self.made: list[Call] = []
        self.answers: list[dict[str, Any]] = []

    def before(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Record a call; botocore's event `provide-client-params` hands its parameters over."""
        self.made.append((model.name, params))

    def after(self, parsed: dict[str, Any], **_: Any) -> None:
        """Record an answer."""
        self.answers.append(parsed)

    def reset(self) -> None:
        """Forget what was recorded."""
        self.made.clear()
        self.answers.clear()

    @property
    def names(self) -> list[str]:
        """The operations in their order."""
        return [name for name, _ in self.made]


@pytest.fixture
def calls(api: Api) -> Iterator[Calls]:  # noqa: ARG001 - the client is made where moto is active
    """The calls of the function's client."""
    recorded = Calls()
    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb.*", recorded.before)
    events.register("after-call.dynamodb.*", recorded.after)
    yield recorded
    events.unregister("provide-client-params.dynamodb.*", recorded.before)
    events.unregister("after-call.dynamodb.*", recorded.after)


class TestCreateCosts:
    """A create is one transaction and nothing else."""

    def test_two_writes_when_there_is_no_key(self, api: Api, calls: Calls) -> None:
        assert api("create-user").status == 201
        assert calls.names == ["TransactWriteItems"]
        [(_, params)] = calls.made
        assert [action["Put"]["TableName"] for action in params["TransactItems"]] == [
            "UsersTable",
            "UserEmailsTable",
        ]

    def test_three_writes_when_there_is_a_key(self, api: Api, calls: Calls) -> None:
        assert api("create-user-idempotent").status == 201
        assert calls.names == ["TransactWriteItems"]
        assert len(calls.made[0][1]["TransactItems"]) == 3

    def test_one_read_more_when_it_is_a_replay(self, api: Api, calls: Calls) -> None:
        api("create-user-idempotent")
        calls.reset()
        assert api("create-user-idempotent").headers["Idempotency-Replayed"] == "true"
        assert calls.names == ["TransactWriteItems", "GetItem"]

    def test_one_transaction_when_it_is_refused(self, api: Api, calls: Calls) -> None:
        api("create-user")
        calls.reset()
        assert api("create-user").status == 409
        assert calls.names == ["TransactWriteItems"]


class TestReadCosts:
    """Reads are by key."""

    @pytest.mark.parametrize("name", ["get-user", "get-user-by-query"])
    def test_one_consistent_get_when_a_user_is_read(self, api: Api, calls: Calls, name: str) -> None:
        api("create-user")
        calls.reset()
        assert api(name).status == 200
        [(operation, params)] = calls.made
        assert (operation, params["TableName"], params["ConsistentRead"]) == ("GetItem", "UsersTable", True)

    def test_two_gets_when_the_address_is_looked_up(self, api: Api, calls: Calls) -> None:
        api("create-user")
        calls.reset()
        assert len(api("find-user-by-email").json["users"]) == 1
        assert calls.names == ["GetItem", "GetItem"]

    def test_one_get_when_nobody_has_the_address(self, api: Api, calls: Calls) -> None:
        assert api("find-user-by-email").json == {"users": []}
        assert calls.names == ["GetItem"]

    @pytest.mark.parametrize(("name", "status"), [("create-avatar-upload", 201), ("get-avatar", 404)])
    def test_one_consistent_get_when_it_is_about_the_avatar(
        self, api: Api, calls: Calls, name: str, status: int
    ) -> None:
        api("create-user")
        calls.reset()
        assert api(name).status == status
        [(operation, params)] = calls.made
        assert (operation, params["TableName"], params["ConsistentRead"]) == ("GetItem", "UsersTable", True)

    @pytest.mark.parametrize("limit", [1, 10])
    def test_one_scan_of_the_limit_when_a_page_is_read(self, api: Api, calls: Calls, limit: int) -> None:
        for i in range(12):
            api("create-user", body={"userId": f"u{i}", "name": "U", "email": f"u{i}@example.com"})
        for cursor in (None, api("list-users", query={"limit": "1"}).json["nextCursor"]):
            calls.reset()
            query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
            page = api("list-users", query=query).json["users"]
            [(operation, params)], [answer] = calls.made, calls.answers
            assert (operation, params["Limit"]) == ("Scan", limit)
            assert answer["ScannedCount"] == answer["Count"] == len(page) == limit
            assert "FilterExpression" not in params

    @pytest.mark.parametrize("name", REFUSABLE)
    def test_nothing_when_the_request_is_refused(self, api: Api, calls: Calls, name: str) -> None:
        changes: dict[str, Any] = {"query": {"x": "1"}}
        assert api(name, **changes).status == 400
        assert calls.names == []


class TestChangeCosts:
    """Only writes that touch the address pay for a transaction."""

    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("update-user", {"name": "Renamed"}),
            ("update-user", {"email": "john@example.com"}),
            ("replace-user", {"name": "Renamed", "email": "JOHN@example.com"}),
            ("replace-user-in-body", {"userId": "123", "name": "Renamed", "email": "john@example.com"}),
        ],
    )
    @pytest.mark.parametrize("precondition", PRECONDITIONS)
    def test_one_update_when_the_address_stays(
        self, api: Api, calls: Calls, name: str, body: dict[str, str], precondition: Headers
    ) -> None:
        headers = after_creation(api, precondition)
        calls.reset()
        assert api(name, body=body, headers=headers).status == 200
        assert calls.names == ["UpdateItem"]

    @pytest.mark.parametrize("precondition", PRECONDITIONS)
    @pytest.mark.parametrize("name", ["replace-user", "replace-user-in-body", "update-user"])
    def test_one_update_and_one_transaction_when_the_address_changes(
        self, api: Api, calls: Calls, name: str, precondition: Headers
    ) -> None:
        headers = after_creation(api, precondition)
        calls.reset()
        body = {"name": "N", "email": "new@example.com"}
        named = {"userId": "123", **body} if name == "replace-user-in-body" else body
        assert api(name, body=named, headers=headers).status == 200
        assert calls.names == ["UpdateItem", "TransactWriteItems"]
        assert len(calls.made[1][1]["TransactItems"]) == 3

    @pytest.mark.parametrize(("tags", "status"), [(None, 404), ('"1"', 404)])
    def test_one_update_when_there_is_no_user(
        self, api: Api, calls: Calls, tags: str | None, status: int
    ) -> None:
        assert api("update-user", headers={"If-Match": tags}).status == status
        assert calls.names == ["UpdateItem"]

    def test_one_update_when_the_version_is_another(self, api: Api, calls: Calls) -> None:
        api("create-user")
        calls.reset()
        body = {"email": "new@example.com"}
        assert api("update-user", body=body, headers={"If-Match": '"7"'}).status == 412
        assert calls.names == ["UpdateItem"]

    @pytest.mark.parametrize("name", ["delete-user", "delete-user-by-query"])
    @pytest.mark.parametrize("precondition", PRECONDITIONS)
    def test_one_update_and_one_transaction_when_a_user_is_deleted(
        self, api: Api, calls: Calls, name: str, precondition: Headers
    ) -> None:
        headers = after_creation(api, precondition)
        calls.reset()
        assert api(name, headers=headers).status == 200
        assert calls.names == ["UpdateItem", "TransactWriteItems"]
        [(_, mark), (_, transaction)] = calls.made
        assert mark["UpdateExpression"] == "SET #correlationId = :correlationId"
        assert [action["Delete"]["TableName"] for action in transaction["TransactItems"]] == [
            "UsersTable",
            "UserEmailsTable",
        ]

    @pytest.mark.parametrize("tags", [None, '"1"'])
    def test_one_update_when_there_is_no_user_to_delete(
        self, api: Api, calls: Calls, tags: str | None
    ) -> None:
        assert api("delete-user", headers={"If-Match": tags}).status == 404
        assert calls.names == ["UpdateItem"]

    def test_one_update_when_the_version_to_delete_is_another(self, api: Api, calls: Calls) -> None:
        api("create-user")
        calls.reset()
        assert api("delete-user", headers={"If-Match": '"7"'}).status == 412
        assert calls.names == ["UpdateItem"]

    @pytest.mark.parametrize("name", ["update-user", "delete-user"])
    def test_one_read_when_no_version_can_match(self, api: Api, calls: Calls, name: str) -> None:
        api("create-user")
        calls.reset()
        assert api(name, headers={"If-Match": 'W/"1"'}).status == 412
        assert calls.names == ["GetItem"]


class TestLogCosts:
    """A request logs, and counts, what docs/costs.md assumes."""

    def test_two_lines_and_the_metrics_of_its_operation(self, api: Api, logs: Logs) -> None:
        names = [operation.replace("_", "-") for operation in OPERATIONS]
        for name in sorted(names, key=lambda name: (name != "create-user", name == "delete-user")):
            api(name)
        lines = [len(line) + 1 for line in logs.text.splitlines()]
        assert sum(lines) / len(OPERATIONS) == pytest.approx(WORKLOAD["logs"]["function_bytes"], rel=0.1)
        declared = [line["_aws"]["CloudWatchMetrics"][0]["Metrics"] for line in logs.metrics]
        assert sum(map(len, declared)) == WORKLOAD["metrics"]["of_requests"]
