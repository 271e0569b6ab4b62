"""The service's tables, as the tests see them."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

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


class Avatars(NamedTuple):
    """The avatars in the same tables, each of the user who currently has the id."""

    client: "DynamoDBClient"
    repository: DynamoDBAvatarRepository

    def set_avatar(self, user_id: str, key: str, uploaded_at: datetime) -> None:
        """Make an upload the user's avatar."""
        self.repository.set_avatar(self._owner(user_id), StoredImage(key, "version", uploaded_at))

    def set_error(self, user_id: str, key: str, uploaded_at: datetime, reason: str) -> None:
        """Refuse an upload of the user."""
        self.repository.set_error(self._owner(user_id), StoredImage(key, "version", uploaded_at), reason)

    def remove_avatar(self, user_id: str, key: str) -> None:
        """Remove the avatar of the user."""
        self.repository.remove_avatar(user_id, key)

    def _owner(self, user_id: str) -> Owner:
        item = self.client.get_item(TableName="UsersTable", Key={"userId": {"S": user_id}})["Item"]
        return Owner(user_id, parse_time(item["createdAt"]["S"]))


def avatar_repository(client: "DynamoDBClient") -> Avatars:
    """The avatars in the same tables."""
    repository = DynamoDBAvatarRepository(
        client, users_table="UsersTable", origin=lambda: {"correlationId": "upload", "actor": ""}
    )
    return Avatars(client, repository)


def check_no_orphans(items: Items) -> None:
    """Each user's address has one item, and each address belongs to a user who has it."""
    users = {item["userId"]["S"]: item["email"]["S"] for item in items("UsersTable")}
    owners = {item["userId"]["S"]: item["email"]["S"] for item in items("UserEmailsTable")}
    assert owners == users
    assert len(items("UserEmailsTable")) == len(users)
