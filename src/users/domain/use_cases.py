"""What clients can do with users."""

import os
import time
import uuid

from users.domain.idempotency import idempotent_request
from users.domain.repository import Creation, UserRepository
from users.domain.user import NO_PRECONDITION, NewUser, Precondition, User, UserChanges, new_revision, now


def create_user(
    users: UserRepository, new: NewUser, *, idempotency_key: str | None = None, caller: str = ""
) -> Creation:
    """Create a user, once for each idempotency key of a caller."""
    created_at = now()
    fields = vars(new) | {"user_id": new.user_id or generate_user_id()}
    user = User(**fields, created_at=created_at, updated_at=created_at, version=1, revision=new_revision())
    if idempotency_key is None:
        return users.create(user)
    return users.create(
        user, idempotent_request(idempotency_key, caller=caller, content=vars(new), now=created_at)
    )


def update_user(
    users: UserRepository,
    user_id: str,
    changes: UserChanges,
    precondition: Precondition = NO_PRECONDITION,
) -> User:
    """Change a user. No changes leave the version as it is, once the precondition holds."""
    if changes:
        return users.update(user_id, changes, precondition)
    user = users.get(user_id)
    precondition.check(user)
    return user


def generate_user_id() -> str:
    """A UUIDv7 (RFC 9562, section 5.7): milliseconds, then 74 random bits. Python has one from 3.14 on."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant
    return str(uuid.UUID(int=value))
