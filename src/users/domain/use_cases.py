"""The use cases of clients, and the repository of users that they require."""

import hashlib
import json
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from users.domain.user import (
    NO_PRECONDITION,
    NewUser,
    Precondition,
    User,
    UserChanges,
    UserPage,
    new_revision,
    now,
)

IDEMPOTENCY_KEY_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class IdempotentRequest:
    """A request with an idempotency key. `key` includes the caller; `fingerprint` identifies the content."""

    key: str
    fingerprint: str
    expires_at: datetime


class Creation(NamedTuple):
    """The created user; `replayed` if an earlier request with the same key created it."""

    user: User
    replayed: bool


class UserRepository(Protocol):
    """Every method may raise ServiceUnavailableError; then a write may or may not have happened."""

    def create(self, user: User, idempotency: IdempotentRequest | None = None) -> Creation:
        """Store a new user.

        Raises UserAlreadyExistsError, EmailAlreadyTakenError, and with a key IdempotencyKeyReusedError
        and IdempotencyInProgressError.
        """

    def get(self, user_id: str) -> User:
        """The user as last written. Raises UserNotFoundError."""

    def find_by_email(self, email: str) -> User | None:
        """The user who currently has the address."""

    def list_page(self, limit: int, after: str | None = None) -> UserPage:
        """Up to `limit` users that follow the user id `after`, in the store's own order."""

    def update(
        self, user_id: str, changes: UserChanges, precondition: Precondition = NO_PRECONDITION
    ) -> User:
        """Apply `changes` if `precondition` holds.

        Raises UserNotFoundError, PreconditionFailedError, EmailAlreadyTakenError.
        """

    def delete(self, user_id: str, precondition: Precondition = NO_PRECONDITION) -> None:
        """Delete the user and free the email address. Raises as `update` does."""


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
    """Change a user. Without changes, only the precondition is checked, and the version stays the same."""
    if changes:
        return users.update(user_id, changes, precondition)
    user = users.get(user_id)
    precondition.check(user)
    return user


def generate_user_id() -> str:
    """A UUIDv7 (RFC 9562, section 5.7): milliseconds, then 74 random bits. Python 3.14 adds uuid.uuid7."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant
    return str(uuid.UUID(int=value))


def idempotent_request(
    key: str, *, caller: str, content: Mapping[str, str | None], now: datetime
) -> IdempotentRequest:
    """A request of `caller` with this `content`, whose key expires 24 hours after `now`."""
    return IdempotentRequest(
        key=f"{caller}#{key}",
        fingerprint=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        expires_at=now + IDEMPOTENCY_KEY_LIFETIME,
    )
