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
FIRST, ELSEWHERE = {"name": "First"}, {"email": "elsewhere@example.com"}


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


def test_only_the_request_and_its_client_change_before_a_deletion(
    api: Api, slow_server: DynamoDBServer, items: Items
) -> None:
    """By the update, which reads the user."""
    api("create-user")
    [unmarked] = items("UsersTable")
    meanwhile: list[Any] = []
    before(slow_server, "TransactWriteItems", 1, lambda: meanwhile.extend(items("UsersTable")))
    event = changed_event("delete-user", client_id="another")
    assert api.send(event).status == 200
    origin = {"correlationId": event["requestContext"]["requestId"], "actor": "another"}
    assert meanwhile == [unmarked | strings(**origin)]


@pytest.mark.parametrize(
    ("between", "name", "body", "status", "user"),
    [
        (("update-user", FIRST), "update-user", MOVE, 412, {"version": 2, **FIRST}),
        (("update-user", FIRST), "update-user", NEW, 200, {"version": 3, **FIRST, **NEW}),
        (("update-user", ELSEWHERE), "update-user", MOVE, 200, {"version": 3, **MOVE}),
        (("delete-user", None), "update-user", MOVE, 404, None),  # a change never creates
        (("create-user", {"userId": "2", "name": "Two", **NEW}), "update-user", MOVE, 409, {"version": 1}),
        *((("update-user", other), "delete-user", None, 412, other) for other in (FIRST, ELSEWHERE)),
        *((("update-user", other), "delete-user", None, 200, None) for other in (FIRST, ELSEWHERE)),
        (("delete-user", None), "delete-user", None, 404, None),
    ],
)
def test_nothing_is_lost_between_update_and_transaction(  # noqa: PLR0913, PLR0917 - columns
    api: Api, slow_server: DynamoDBServer, between: Any, name: str, body: Any, status: int, user: Any
) -> None:
    """The update reads the user, and the transaction is conditional on that state."""
    tag = api("create-user").headers["ETag"]
    other, change = between
    before(slow_server, "TransactWriteItems", 1, lambda: api(other, body=change))
    response = api(name, body=body, headers={"If-Match": tag if status == 412 else None})
    assert response.status == status
    read = api("get-user")
    assert read.json.items() >= user.items() if user else read.status == 404
    assert "user" not in response.json or read.json == response.json["user"]


@pytest.mark.parametrize("name", ["replace-user", "delete-user"])
def test_no_user_is_found_when_the_owner_leaves_the_address(
    api: Api, slow_server: DynamoDBServer, name: str
) -> None:
    """Between the read of the address and the read of its owner."""
    api("create-user")
    before(slow_server, "GetItem", 2, lambda: api(name))
    assert api("find-user-by-email").json == {"users": []}
