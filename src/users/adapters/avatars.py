"""Which picture is a user's avatar, kept with the user in DynamoDB."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from users.adapters.errors import error_code, translated_errors
from users.adapters.items import user_key
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
            "SET avatarKey = :key, avatarUploadedAt = :uploadedAt",
            "(attribute_not_exists(avatarUploadedAt) OR avatarUploadedAt < :uploadedAt)",
            {":key": {"S": key}, ":uploadedAt": {"S": format_time(uploaded_at)}},
        )

    def remove_avatar(self, user_id: str, key: str) -> None:
        """One conditional update. When it was uploaded is kept: an earlier upload must not come back."""
        try:
            self._update(user_id, "REMOVE avatarKey SET", "avatarKey = :key", {":key": {"S": key}})
        except UserNotFoundError:
            return

    def _update(self, user_id: str, change: str, condition: str, values: dict[str, Any]) -> None:
        common = {
            ":one": {"N": "1"},
            ":updatedAt": {"S": format_time(now())},
            ":correlationId": {"S": self._correlation_id()},
        }
        separator = "," if change.startswith("SET") else ""
        written = "#version = #version + :one, updatedAt = :updatedAt, correlationId = :correlationId"
        try:
            with translated_errors():
                self._client.update_item(
                    TableName=self._users,
                    Key=user_key(user_id),
                    UpdateExpression=f"{change}{separator} {written}",
                    ConditionExpression=f"attribute_exists(userId) AND {condition}",
                    ExpressionAttributeNames={"#version": "version"},
                    ExpressionAttributeValues=common | values,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if error_code(error) == "TransactionConflictException":
                raise ServiceUnavailableError from error
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            if not error.response.get("Item"):
                raise UserNotFoundError from error
