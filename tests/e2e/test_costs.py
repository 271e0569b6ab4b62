"""Costs of requests in DynamoDB's capacity units, as the local AWS counts them."""

from collections.abc import Callable
from typing import Any

from tools.costs.__main__ import OPERATIONS
from tools.local.stack import Stack
from users.adapters.dynamodb import DynamoDBUserRepository
from users.domain.use_cases import create_user, update_user
from users.domain.user import NewUser, UserChanges


def test_units_of_one_life(stack: Stack, new_user: Callable[[], dict[str, str]]) -> None:
    """Items are below 1 KB: a write is 1 unit, in a transaction 2; a consistent read of up to 4 KB is 1."""
    outputs, client = stack.outputs(), stack.aws.client("dynamodb")
    users = DynamoDBUserRepository(
        client,
        users_table=outputs["UsersTableName"],
        user_emails_table=outputs["UserEmailsTableName"],
        idempotency_table=outputs["IdempotencyTableName"],
        origin=lambda: {"correlationId": "test", "actor": "client"},
    )
    total: list[float] = []

    def add(parsed: dict[str, Any], **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        tables = consumed if isinstance(consumed, list) else [consumed]
        total.append(sum(each["CapacityUnits"] for each in tables))

    def units(call: Callable[[], object]) -> float:
        total.clear()
        call()
        return sum(total)

    events, body = client.meta.events, new_user()
    events.register(
        "provide-client-params.dynamodb", lambda params, **_: params | {"ReturnConsumedCapacity": "TOTAL"}
    )
    events.register("after-call.dynamodb", add)
    user_id, email, other = body["userId"], body["email"], new_user()["email"]
    new, renamed = (
        NewUser(name="John Doe", email=email, user_id=user_id),
        UserChanges(name="Jane", email=email),
    )
    assert units(lambda: create_user(users, new)) == OPERATIONS["create_user"]["writes"]
    assert units(lambda: users.get(user_id)) == OPERATIONS["get_user"]["reads"]
    assert units(lambda: users.list_page(10)) == 0.5
    assert units(lambda: update_user(users, user_id, renamed)) == OPERATIONS["update_user"]["writes"]
    assert units(lambda: update_user(users, user_id, UserChanges(email=other))) == 6
    assert units(lambda: users.find_by_email(other)) == 2
    assert units(lambda: users.delete(user_id)) == OPERATIONS["delete_user"]["writes"]
