"""The avatar of a user, stored with the user in DynamoDB."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from users.adapters.dynamodb.items import Item, Origin, new_state, strings
from users.adapters.dynamodb.transactions import (
    Condition,
    ContentionError,
    update_action,
    update_item,
)
from users.domain.avatars import Owner, StoredImage
from users.domain.errors import ServiceUnavailableError, UserNotFoundError
from users.domain.user import format_time

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Repeating an upload changes nothing, unless the avatar has been removed in between.
_LATER = (
    "(attribute_not_exists(avatarUploadedAt) OR avatarUploadedAt < :avatarUploadedAt"
    " OR (avatarUploadedAt = :avatarUploadedAt AND attribute_not_exists(avatarKey)))"
)
_ERROR_LATER = (
    "(attribute_not_exists(avatarErrorAt) OR avatarErrorAt < :avatarErrorAt)"
    " AND (attribute_not_exists(avatarUploadedAt) OR avatarUploadedAt <= :avatarErrorAt)"
)


class DynamoDBAvatarRepository:
    """An `AvatarRepository` over a low-level DynamoDB client. A new avatar is a new version of the user."""

    def __init__(self, client: "DynamoDBClient", *, users_table: str, origin: Origin) -> None:
        self._client = client
        self._users = users_table
        self._origin = origin

    def set_avatar(self, owner: Owner, image: StoredImage) -> bool:
        """One conditional update; the same upload or an earlier one changes nothing."""
        new = {"avatarKey": image.key, "avatarUploadedAt": image.recency}
        return self._update_owned(owner, new, _LATER).get("avatarKey") == {"S": image.key}

    def set_error(self, owner: Owner, image: StoredImage, reason: str) -> None:
        """One conditional update, which compares the time of the upload with those of other uploads."""
        self._update_owned(owner, {"avatarError": reason, "avatarErrorAt": image.recency}, _ERROR_LATER)

    def remove_avatar(self, user_id: str, key: str) -> None:
        """One conditional update. It keeps the time of the upload, so that no earlier upload replaces it."""
        shown = Condition("avatarKey = :key", strings(**{":key": key}))
        try:
            self._update(user_id, {}, shown, remove="avatarKey")
        except UserNotFoundError:
            return

    def _update_owned(self, owner: Owner, new: Mapping[str, str], expression: str) -> Item:
        """Return the updated user. A user created later under the same id is a different one."""
        created_at = format_time(owner.created_at)
        same_user = Condition("createdAt = :createdAt", strings(**{":createdAt": created_at}))
        item = self._update(owner.user_id, new, same_user, Condition(expression))
        if item.get("createdAt") != {"S": created_at}:
            raise UserNotFoundError
        return item

    def _update(self, user_id: str, new: Mapping[str, str], *conditions: Condition, remove: str = "") -> Item:
        state = {**new, **new_state(self._origin)}
        action = update_action(self._users, user_id, state, *conditions, remove=remove)
        try:
            return update_item(self._client, action)[0]
        except ContentionError as error:
            raise ServiceUnavailableError from error
