"""Costs of requests in DynamoDB's capacity units, as the local AWS counts them."""

from collections.abc import Callable
from typing import Any

import pytest

from tools.costs.__main__ import OPERATIONS
from tools.local.stack import Stack
from users.adapters.dynamodb import DynamoDBUserRepository
from users.domain.use_cases import create_user, update_user
from users.domain.user import NewUser, UserChanges

type Bodies = Callable[[], dict[str, str]]


class Meter:
    """Requests the consumed capacity of every call of a client and adds it up."""

    def __init__(self, client: Any) -> None:
        self.calls: list[str] = []
        self.units = 0.0
        client.meta.events.register("provide-client-params.dynamodb", self._ask)
        client.meta.events.register("after-call.dynamodb", self._read)

    def _ask(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        return params | {"ReturnConsumedCapacity": "TOTAL"}

    def _read(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        self.calls.append(model.name)
        consumed = parsed.get("ConsumedCapacity", [])
        self.units += sum(
            item["CapacityUnits"] for item in (consumed if isinstance(consumed, list) else [consumed])
        )

    def reading(self) -> tuple[list[str], float]:
        """The calls and units since the last reading."""
        reading = (self.calls, self.units)
        self.calls, self.units = [], 0.0
        return reading


@pytest.fixture
def client(stack: Stack) -> Any:
    """A client of the local DynamoDB."""
    return stack.aws.client("dynamodb")


@pytest.fixture
def meter(client: Any) -> Meter:
    """A meter of the client's calls."""
    return Meter(client)


@pytest.fixture
def users(stack: Stack, client: Any) -> DynamoDBUserRepository:
    """The repository over the tables of the stack."""
    outputs = stack.outputs()
    return DynamoDBUserRepository(
        client,
        users_table=outputs["UsersTableName"],
        user_emails_table=outputs["UserEmailsTableName"],
        idempotency_table=outputs["IdempotencyTableName"],
        origin=lambda: {"correlationId": "test", "actor": "client"},
    )


class TestCosts:
    """Items are below 1 KB: a write is 1 unit, in a transaction 2; a consistent read of up to 4 KB is 1."""

    def test_of_one_life(self, users: DynamoDBUserRepository, meter: Meter, new_user: Bodies) -> None:
        body = new_user()
        user_id, email = body["userId"], body["email"]

        create_user(users, NewUser(name="John Doe", email=email, user_id=user_id))
        assert meter.reading() == (["TransactWriteItems"], OPERATIONS["create_user"]["writes"])
        users.get(user_id)
        assert meter.reading() == (["GetItem"], OPERATIONS["get_user"]["reads"])
        update_user(users, user_id, UserChanges(name="Jane Doe", email=email))
        assert meter.reading() == (["UpdateItem"], OPERATIONS["update_user"]["writes"])
        update_user(users, user_id, UserChanges(email=f"x{email}"))
        assert meter.reading() == (["UpdateItem", "TransactWriteItems"], 6)
        users.find_by_email(f"x{email}")
        assert meter.reading() == (["GetItem", "GetItem"], 2)
        users.delete(user_id)
        assert meter.reading() == (
            ["UpdateItem", "TransactWriteItems"],
            OPERATIONS["delete_user"]["writes"],
        )

    def test_of_a_page_do_not_grow_with_the_table(
        self, users: DynamoDBUserRepository, meter: Meter, new_user: Bodies
    ) -> None:
        readings = []
        for _ in range(2):
            for body in (new_user() for _ in range(15)):
                create_user(users, NewUser(name="John Doe", email=body["email"], user_id=body["userId"]))
            meter.reading()
            users.list_page(10)
            readings.append(meter.reading())
        assert readings == [(["Scan"], 0.5), (["Scan"], 0.5)]
