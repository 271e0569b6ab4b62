"""The service's tables, as the tests see them."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.helpers.builders import NOON
from users.adapters.dynamodb import DynamoDBUserRepository
from users.adapters.dynamodb.avatars import DynamoDBAvatarRepository
from users.domain.avatars import Owner, StoredImage
from users.domain.user import parse_time

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AVATAR_KEY = f"uploads/123/{'0a' * 16}"  # as the API gives it to user 123

type Items = Callable[[str], list[dict[str, Any]]]
"""Reads all items of a table."""


def repository(client: "DynamoDBClient") -> DynamoDBUserRepository:
    """The repository over the template's tables."""
    return DynamoDBUserRepository(
        client,
        users_table="UsersTable",
        user_emails_table="UserEmailsTable",
        idempotency_table="IdempotencyTable",
        origin=lambda: {"correlationId": "request", "actor": "client"},
    )


class Avatars:
    """The avatars in the same tables. Each upload is one of the user who currently has the id in its key."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client
        self._repository = DynamoDBAvatarRepository(
            client, users_table="UsersTable", origin=lambda: {"correlationId": "upload", "actor": ""}
        )

    def set(self, key: str = AVATAR_KEY, at: datetime = NOON) -> None:
        """Make an upload the user's avatar."""
        self._repository.set_avatar(self._owner(key), StoredImage(key, "version", at))

    def refuse(self, reason: str) -> None:
        """Refuse an upload of the user."""
        self._repository.set_error(self._owner(AVATAR_KEY), StoredImage(AVATAR_KEY, "version", NOON), reason)

    def remove(self) -> None:
        """Remove the avatar of the user."""
        self._repository.remove_avatar("123", AVATAR_KEY)

    def _owner(self, key: str) -> Owner:
        user_id = key.split("/")[1]
        item = self._client.get_item(TableName="UsersTable", Key={"userId": {"S": user_id}})["Item"]
        return Owner(user_id, parse_time(item["createdAt"]["S"]))


def check_no_orphans(items: Items) -> None:
    """Each user's address has one item, and each address belongs to a user who has it."""
    users = {item["userId"]["S"]: item["email"]["S"] for item in items("UsersTable")}
    owners = {item["userId"]["S"]: item["email"]["S"] for item in items("UserEmailsTable")}
    assert owners == users
    assert len(items("UserEmailsTable")) == len(users)
