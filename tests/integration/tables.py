"""The service's tables, as the tests see them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from users.adapters.dynamodb import DynamoDBUserRepository

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Items = Callable[[str], list[dict[str, Any]]]
"""What is in a table."""


def repository(client: "DynamoDBClient") -> DynamoDBUserRepository:
    """The repository over the template's tables."""
    return DynamoDBUserRepository(
        client,
        users_table="UsersTable",
        user_emails_table="UserEmailsTable",
        idempotency_table="IdempotencyTable",
    )


def check_no_orphans(items: Items) -> None:
    """Each user holds the one item of their address, and each address belongs to a user who has it."""
    users = {item["userId"]["S"]: item["email"]["S"] for item in items("UsersTable")}
    owners = {item["userId"]["S"]: item["email"]["S"] for item in items("UserEmailsTable")}
    assert owners == users
    assert len(items("UserEmailsTable")) == len(users)
