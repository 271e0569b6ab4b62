"""The service's tables, as the tests see them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from users.adapters.dynamodb import DynamoDBUserRepository
from users.adapters.dynamodb.avatars import DynamoDBAvatarRepository

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AVATAR_KEY = f"uploads/123/{'0a' * 16}"
"""A key as the API gives it to user 123."""

type Items = Callable[[str], list[dict[str, Any]]]
"""What is in a table."""


def repository(client: "DynamoDBClient") -> DynamoDBUserRepository:
    """The repository over the template's tables."""
    return DynamoDBUserRepository(
        client,
        users_table="UsersTable",
        user_emails_table="UserEmailsTable",
        idempotency_table="IdempotencyTable",
        correlation_id=lambda: "request",
    )


def avatar_repository(client: "DynamoDBClient") -> DynamoDBAvatarRepository:
    """The avatars in the same tables."""
    return DynamoDBAvatarRepository(client, users_table="UsersTable", correlation_id=lambda: "upload")


def check_no_orphans(items: Items) -> None:
    """Each user holds the one item of their address, and each address belongs to a user who has it."""
    users = {item["userId"]["S"]: item["email"]["S"] for item in items("UsersTable")}
    owners = {item["userId"]["S"]: item["email"]["S"] for item in items("UserEmailsTable")}
    assert owners == users
    assert len(items("UserEmailsTable")) == len(users)
