"""A user as clients see it."""

from typing import TYPE_CHECKING

from users.domain.user import User, format_time

if TYPE_CHECKING:
    from users.handlers.answers import UserDocument


def representation(user: User) -> "UserDocument":
    """The user as JSON types. The paths of the avatar are there only once there is one."""
    document: UserDocument = {
        "userId": user.user_id,
        "name": user.name,
        "email": user.email,
        "createdAt": format_time(user.created_at),
        "updatedAt": format_time(user.updated_at),
        "version": user.version,
    }
    if user.avatar_key is not None:
        path = f"/users/{user.user_id}/avatar"
        document["avatar"] = {
            "small": f"{path}/small",
            "medium": f"{path}/medium",
            "large": f"{path}/large",
        }
    return document
