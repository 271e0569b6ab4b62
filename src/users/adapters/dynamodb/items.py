"""Users, email addresses and idempotency keys as DynamoDB items.

Items stay in DynamoDB's typed format: boto3's TypeDeserializer would triple the cost of reading a user.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from users.domain.fields import MAX_NAME_LENGTH
from users.domain.use_cases import IdempotentRequest
from users.domain.user import User, format_time, new_revision, now, parse_time

type Item = Mapping[str, Any]
"""Attribute names to DynamoDB's typed values: `{"version": {"N": "3"}}`."""


type Origin = Callable[[], dict[str, str]]
"""The attributes that say which request of which client made a change: those in ORIGIN."""
ORIGIN = {"correlationId", "actor"}


class UnreadableItemError(ValueError):
    """An item that is not valid in its table."""


def strings(**values: str) -> dict[str, Any]:
    """Attributes of type string, such as those of a key."""
    return {name: {"S": value} for name, value in values.items()}


def number(value: int) -> dict[str, str]:
    """A value of type number."""
    return {"N": str(value)}


def user_item(user: User) -> dict[str, Any]:
    """A new user as an item of the users table."""
    return strings(
        userId=user.user_id,
        name=user.name,
        email=user.email,
        createdAt=format_time(user.created_at),
        updatedAt=format_time(user.updated_at),
        revision=user.revision,
    ) | {"version": number(user.version)}


def new_state(origin: Origin) -> dict[str, str]:
    """The attributes that every change of a user sets in addition to the changed fields."""
    return {"updatedAt": format_time(now()), "revision": new_revision(), **origin()}


def user_from_item(item: Item) -> User:
    """The user in an item. Raises UnreadableItemError, also if a value violates the contract."""
    try:
        user = User(
            user_id=item["userId"]["S"],
            name=item["name"]["S"],
            email=item["email"]["S"],
            created_at=parse_time(item["createdAt"]["S"]),
            updated_at=parse_time(item["updatedAt"]["S"]),
            version=int(item["version"]["N"]),
            revision=item["revision"]["S"] if "revision" in item else _revision_without_attribute(item),
            avatar_key=item["avatarKey"]["S"] if "avatarKey" in item else None,
            avatar_error=_avatar_error(item) if "avatarError" in item else None,
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableItemError from error
    if user.version < 1 or not 0 < len(user.name) <= MAX_NAME_LENGTH:
        raise UnreadableItemError
    return user


def _avatar_error(item: Item) -> str | None:
    """The reason why the newest upload was refused; None if a later upload is the avatar."""
    refused, avatar = (item.get(name, {"S": ""})["S"] for name in ("avatarErrorAt", "avatarUploadedAt"))
    return item["avatarError"]["S"] if (refused, "avatarKey" not in item) > (avatar, False) else None


def idempotency_item(request: IdempotentRequest, user: User) -> dict[str, Any]:
    """A request under a key, and the values of the created user that the request does not contain.

    DynamoDB can delete expired items days late: this one contains no name or email address.
    """
    created = strings(userId=user.user_id, createdAt=format_time(user.created_at), revision=user.revision)
    return {
        **strings(idempotencyKey=request.key, fingerprint=request.fingerprint),
        "user": {"M": created},
        "expiresAt": number(int(request.expires_at.timestamp())),
    }


def created_earlier(item: Item, user: User) -> User:
    """The user as the first request under a key created it, rebuilt from the repeated request."""
    created = item["user"]["M"]
    created_at = parse_time(created["createdAt"]["S"])
    return replace(
        user,
        user_id=created["userId"]["S"],
        created_at=created_at,
        updated_at=created_at,
        revision=created["revision"]["S"],
    )


def _revision_without_attribute(item: Item) -> str:
    """The revision of a user last written before the attribute `revision` existed."""
    return f"{item['createdAt']['S']} {item['version']['N']}".encode().hex()
