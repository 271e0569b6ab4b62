"""Which picture is a user's avatar, kept with the user in DynamoDB."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from users.adapters.items import user_key
from users.adapters.transactions import ContentionError, update_item
from users.domain.errors import ServiceUnavailableError, UserNotFoundError
from users.domain.user import format_time, now

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBAvatarRepository:
    """An `AvatarRepository` over a low-level DynamoDB client. A new avatar is a new version of the user."""

    def __init__(
        self, client: "DynamoDBClient", *, users_table: str, correlation_id: Callable[[], str]
    ) -> None:
        self._client = client
        self._users = users_table
        self._correlation_id = correlation_id

    def set_avatar(self, user_id: str, key: str, uploaded_at: datetime) -> None:
        """One conditional update; the same upload or an earlier one changes nothing."""
        self._update(
            user_id,
            ", avatarKey = :key, avatarUploadedAt = :uploadedAt",
            "(attribute_not_exists(avatarUploadedAt) OR avatarUploadedAt < :uploadedAt)",
            {":key": {"S": key}, ":uploadedAt": {"S": format_time(uploaded_at)}},
        )

    def remove_avatar(self, user_id: str, key: str) -> None:
        """One conditional update. When it was uploaded is kept: an earlier upload must not come back."""
        try:
            self._update(user_id, " REMOVE avatarKey", "avatarKey = :key", {":key": {"S": key}})
        except UserNotFoundError:
            return

    def _update(self, user_id: str, change: str, condition: str, values: dict[str, Any]) -> None:
        common = {
            ":one": {"N": "1"},
            ":updatedAt": {"S": format_time(now())},
            ":correlationId": {"S": self._correlation_id()},
        }
        written = "#version = #version + :one, updatedAt = :updatedAt, correlationId = :correlationId"
        request = {
            "Key": user_key(user_id),
            "UpdateExpression": f"SET {written}{change}",
            "ConditionExpression": f"attribute_exists(userId) AND {condition}",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": common | values,
        }
        try:
            update_item(self._client, self._users, request)
        except ContentionError as error:
            raise ServiceUnavailableError from error
