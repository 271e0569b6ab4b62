"""A user as clients see it."""

from typing import Any

from users.domain.avatars import AVATAR_SIZES
from users.domain.user import User, format_time


def representation(user: User) -> dict[str, Any]:
    """The user as JSON types. The paths of the avatar are there only once there is one."""
    document: dict[str, Any] = {
        "userId": user.user_id,
        "name": user.name,
        "email": user.email,
        "createdAt": format_time(user.created_at),
        "updatedAt": format_time(user.updated_at),
        "version": user.version,
    }
    if user.avatar_key is not None:
        document["avatar"] = {size: f"/users/{user.user_id}/avatar/{size}" for size in AVATAR_SIZES}
    return document
