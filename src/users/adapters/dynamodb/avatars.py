"""The avatar of a user, kept with the user in DynamoDB."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from users.adapters.dynamodb.items import new_state, strings
from users.adapters.dynamodb.transactions import (
    Condition,
    ContentionError,
    update_action,
    update_item,
)
from users.domain.errors import ServiceUnavailableError, UserNotFoundError
from users.domain.user import format_time

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
        later = "(attribute_not_exists(avatarUploadedAt) OR avatarUploadedAt < :avatarUploadedAt)"
        avatar = {"avatarKey": key, "avatarUploadedAt": format_time(uploaded_at)}
        self._update(user_id, avatar, Condition(later))

    def remove_avatar(self, user_id: str, key: str) -> None:
        """One conditional update. When it was uploaded is kept: an earlier upload must not come back."""
        try:
            self._update(user_id, {}, Condition("avatarKey = :key", strings(**{":key": key})), "avatarKey")
        except UserNotFoundError:
            return

    def _update(
        self, user_id: str, avatar: Mapping[str, str], condition: Condition, remove: str = ""
    ) -> None:
        new = {**avatar, **new_state(self._correlation_id())}
        action = update_action(self._users, user_id, new, condition, remove=remove)
        try:
            update_item(self._client, action)
        except ContentionError as error:
            raise ServiceUnavailableError from error
