"""Another request runs between two calls of one request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from tests.helpers.events import changed_event
from tests.helpers.responses import Api
from tests.integration.faults.server import DynamoDBServer
from tests.integration.tables import Items
from users.adapters.dynamodb.items import strings
from users.api.handler import app

NEW = {"email": "new@example.com"}
MOVE = {"name": "Moved", **NEW}


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
    api: Api, slow_server: DynamoDBServer, name: str
) -> None:
    """Even if the new user has the old one's version and address: DynamoDB compares revisions."""
    tag = api("create-user").headers["ETag"]
    created: list[Any] = []

    def create_again() -> None:
        api("delete-user")
        created.append(api("create-user").json["user"])

    before(slow_server, "TransactWriteItems", 1, create_again)
    changes = {"body": MOVE} if name == "update-user" else {}
    assert api(name, headers={"If-Match": tag}, **changes).status == 412
    assert [api("get-user").json] == created


class TestDelete:
    """Between the mark, which reads the user, and the transaction."""

    def test_only_the_request_and_its_client_change(
        self, api: Api, slow_server: DynamoDBServer, items: Items
    ) -> None:
        api("create-user")
        [unmarked] = items("UsersTable")
        meanwhile: list[Any] = []
        before(slow_server, "TransactWriteItems", 1, lambda: meanwhile.extend(items("UsersTable")))
        event = changed_event("delete-user", client_id="another")
        assert api.send(event).status == 200
        origin = {"correlationId": event["requestContext"]["requestId"], "actor": "another"}
        assert meanwhile == [unmarked | strings(**origin)]

    @pytest.mark.parametrize("body", [{"name": "Renamed"}, {"email": "new@example.com"}])
    @pytest.mark.parametrize("status", [200, 412])
    def test_refused_when_the_expected_version_has_gone(
        self, api: Api, slow_server: DynamoDBServer, items: Items, body: dict[str, str], status: int
    ) -> None:
        tag = api("create-user").headers["ETag"]
        before(slow_server, "TransactWriteItems", 1, lambda: api("update-user", body=body))
        assert api("delete-user", headers={"If-Match": tag if status == 412 else None}).status == status
        assert [item["version"]["N"] for item in items("UsersTable")] == (["2"] if status == 412 else [])

    def test_not_found_when_another_was_first(self, api: Api, slow_server: DynamoDBServer) -> None:
        api("create-user")
        before(slow_server, "TransactWriteItems", 1, lambda: api("delete-user"))
        assert api("delete-user").status == 404


@pytest.mark.parametrize(
    ("between", "body", "status", "user"),
    [
        (("update-user", {"name": "First"}), MOVE, 412, {"name": "First", "version": 2}),
        (("update-user", {"name": "First"}), NEW, 200, {"name": "First", "version": 3, **NEW}),
        (("update-user", {"email": "elsewhere@example.com"}), MOVE, 200, {"version": 3, **MOVE}),
        (("delete-user", None), MOVE, 404, None),  # a change never creates
        (("create-user", {"userId": "2", "name": "Two", **NEW}), MOVE, 409, {"version": 1}),
    ],
)
def test_nothing_is_lost_between_update_and_transaction_of_a_new_address(  # noqa: PLR0913, PLR0917 - columns
    api: Api,
    slow_server: DynamoDBServer,
    between: Any,
    body: dict[str, str],
    status: int,
    user: Any,
) -> None:
    """The update reads the user, and the transaction is conditional on that state."""
    tag = api("create-user").headers["ETag"]
    name, other = between
    before(slow_server, "TransactWriteItems", 1, lambda: api(name, body=other))
    response = api("update-user", body=body, headers={"If-Match": tag if status == 412 else None})
    assert response.status == status
    read = api("get-user")
    assert read.json.items() >= user.items() if user else read.status == 404
    assert status != 200 or read.json == response.json["user"]


@pytest.mark.parametrize("name", ["replace-user", "delete-user"])
def test_no_user_is_found_when_the_owner_leaves_the_address(
    api: Api, slow_server: DynamoDBServer, name: str
) -> None:
    """Between the read of the address and the read of its owner."""
    api("create-user")
    before(slow_server, "GetItem", 2, lambda: api(name))
    assert api("find-user-by-email").json == {"users": []}
