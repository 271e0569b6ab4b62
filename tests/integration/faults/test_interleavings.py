"""Another request comes in between two calls of one request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from tests.helpers.answers import Api
from tests.helpers.events import changed_event
from tests.integration.faults.server import DynamoDBServer
from tests.integration.tables import Items, check_no_orphans
from users.api.handler import app

MOVE = {"name": "Moved", "email": "new@example.com"}


@contextmanager
def another_environment() -> Iterator[None]:
    """Keep the request of this one: Powertools' resolver serves one request at a time, as Lambda does."""
    event, context = BaseRouter.current_event, dict(app.context)
    yield
    BaseRouter.current_event = event
    app.context.update(context)


def before(server: DynamoDBServer, operation: str, number: int, act: Callable[[], object]) -> None:
    """Let something happen just before the server does the n-th such operation from here on."""
    seen: list[str] = []

    def rule(name: str, _params: dict[str, Any]) -> None:
        seen.append(name)
        if seen.count(operation) == number and name == operation:
            server.rule = lambda _operation, _params: None
            with another_environment():
                act()

    server.rule = rule


@pytest.mark.parametrize("name", ["delete-user", "update-user"])
def test_a_user_who_is_created_again_stays_when_a_change_is_of_the_old(
    api: Api, slow_server: DynamoDBServer, items: Items, name: str
) -> None:
    """Not even where the new user has the old one's version and address: DynamoDB compares revisions."""
    tag = api("create-user").headers["ETag"]
    created: list[Any] = []

    def create_again() -> None:
        api("delete-user")
        created.append(api("create-user").json["user"])

    before(slow_server, "TransactWriteItems", 1, create_again)
    changes = {"body": MOVE} if name == "update-user" else {}
    assert api(name, headers={"If-Match": tag}, **changes).status == 412
    assert [api("get-user").json] == created
    check_no_orphans(items)


class TestDelete:
    """Between the mark, which shows the user, and the transaction."""

    def test_nothing_is_seen_of_it(self, api: Api, slow_server: DynamoDBServer, items: Items) -> None:
        api("create-user")
        [unmarked] = items("UsersTable")
        meanwhile: list[Any] = []
        before(slow_server, "TransactWriteItems", 1, lambda: meanwhile.extend(items("UsersTable")))
        event = changed_event("delete-user")
        assert api.send(event).status == 200
        assert meanwhile == [unmarked | {"correlationId": {"S": event["requestContext"]["requestId"]}}]

    @pytest.mark.parametrize("body", [{"name": "Renamed"}, {"email": "new@example.com"}])
    def test_refused_when_the_expected_version_has_gone(
        self, api: Api, slow_server: DynamoDBServer, items: Items, body: dict[str, str]
    ) -> None:
        tag = api("create-user").headers["ETag"]
        before(slow_server, "TransactWriteItems", 1, lambda: api("update-user", body=body))
        assert api("delete-user", headers={"If-Match": tag}).status == 412
        assert api("get-user").json["version"] == 2
        check_no_orphans(items)

    @pytest.mark.parametrize("body", [{"name": "Renamed"}, {"email": "new@example.com"}])
    def test_done_when_any_version_will_do(
        self, api: Api, slow_server: DynamoDBServer, items: Items, body: dict[str, str]
    ) -> None:
        api("create-user")
        before(slow_server, "TransactWriteItems", 1, lambda: api("update-user", body=body))
        assert api("delete-user").status == 200
        assert items("UsersTable") == items("UserEmailsTable") == []

    def test_not_found_when_another_was_first(self, api: Api, slow_server: DynamoDBServer) -> None:
        api("create-user")
        before(slow_server, "TransactWriteItems", 1, lambda: api("delete-user"))
        assert api("delete-user").status == 404


class TestChangeOfAddress:
    """Between the update that shows the user and the transaction."""

    def test_refused_when_the_expected_version_has_gone(
        self, api: Api, slow_server: DynamoDBServer, items: Items
    ) -> None:
        tag = api("create-user").headers["ETag"]
        before(slow_server, "TransactWriteItems", 1, lambda: api("update-user", body={"name": "First"}))
        assert api("update-user", body=MOVE, headers={"If-Match": tag}).status == 412
        assert api("get-user").json["name"] == "First"
        check_no_orphans(items)

    def test_nothing_is_lost_when_the_user_is_renamed(
        self, api: Api, slow_server: DynamoDBServer, items: Items
    ) -> None:
        api("create-user")
        before(slow_server, "TransactWriteItems", 1, lambda: api("update-user", body={"name": "First"}))
        moved = api("update-user", body={"email": "new@example.com"}).json["user"]
        assert (moved["name"], moved["version"]) == ("First", 3)
        assert api("get-user").json == moved
        check_no_orphans(items)

    def test_no_address_is_left_over_when_the_user_moves_elsewhere(
        self, api: Api, slow_server: DynamoDBServer, items: Items
    ) -> None:
        api("create-user")
        elsewhere = {"email": "elsewhere@example.com"}
        before(slow_server, "TransactWriteItems", 1, lambda: api("update-user", body=elsewhere))
        assert api("update-user", body=MOVE).json["user"]["version"] == 3
        check_no_orphans(items)

    def test_never_creates_when_the_user_is_deleted(
        self, api: Api, slow_server: DynamoDBServer, items: Items
    ) -> None:
        api("create-user")
        before(slow_server, "TransactWriteItems", 1, lambda: api("delete-user"))
        assert api("update-user", body=MOVE).status == 404
        assert items("UsersTable") == items("UserEmailsTable") == []

    def test_conflict_when_another_takes_the_address(
        self, api: Api, slow_server: DynamoDBServer, items: Items
    ) -> None:
        api("create-user")
        other = {"userId": "2", "name": "Two", "email": "new@example.com"}
        before(slow_server, "TransactWriteItems", 1, lambda: api("create-user", body=other))
        assert api("update-user", body=MOVE).problem == "email-taken"
        check_no_orphans(items)


class TestFindByEmail:
    """Between the look-up of the owner and the read of the owner."""

    @pytest.mark.parametrize("name", ["replace-user", "delete-user"])
    def test_nobody_when_the_owner_leaves_the_address(
        self, api: Api, slow_server: DynamoDBServer, name: str
    ) -> None:
        api("create-user")
        before(slow_server, "GetItem", 2, lambda: api(name))
        assert api("find-user-by-email").json == {"users": []}
