"""What clients can do with users."""

import os
import time
import uuid
from collections.abc import Set as AbstractSet

from users.domain.errors import UserIdMismatchError
from users.domain.idempotency import idempotent_request
from users.domain.repository import Creation, UserRepository
from users.domain.user import User, UserChanges, check_version, now


def create_user(  # noqa: PLR0913 - all but the repository are the fields of one request
    users: UserRepository,
    *,
    name: str,
    email: str,
    user_id: str | None = None,
    idempotency_key: str | None = None,
    caller: str = "",
) -> Creation:
    """Create a user, once for each idempotency key of a caller."""
    created_at = now()
    user = User(
        user_id=user_id or generate_user_id(),
        name=name,
        email=email,
        created_at=created_at,
        updated_at=created_at,
        version=1,
    )
    if idempotency_key is None:
        return users.create(user)
    content = [user_id, name, email]
    return users.create(
        user, idempotent_request(idempotency_key, caller=caller, content=content, now=created_at)
    )


def update_user(
    users: UserRepository,
    user_id: str,
    changes: UserChanges,
    expected_versions: AbstractSet[int] | None = None,
) -> User:
    """Change a user. No changes leave the version as it is, once the precondition holds."""
    if changes:
        return users.update(user_id, changes, expected_versions)
    user = users.get(user_id)
    check_version(user, expected_versions)
    return user


def same_user_id(path_user_id: str, body_user_id: str | None) -> str:
    """The user that a request names in its path and perhaps in its body too."""
    if body_user_id not in {None, path_user_id}:
        raise UserIdMismatchError
    return path_user_id


def generate_user_id() -> str:
    """A UUIDv7 (RFC 9562, section 5.7): milliseconds, then 74 random bits. Python has one from 3.14 on."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant
    return str(uuid.UUID(int=value))
