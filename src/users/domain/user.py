"""A user, and the changes and preconditions of writes."""

import uuid
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from users.domain.errors import PreconditionFailedError


@dataclass(frozen=True, kw_only=True)
class User:
    """A user as it is stored. `version` increases by one with each change; times are UTC, to the millisecond.

    `revision` identifies the state and is never reused, not even for a user re-created under the same id.
    `avatar_key` is the key of the image whose thumbnails are shown; None if there is none.
    `avatar_error` is the reason why the newest image was refused; None if it was not.
    """

    user_id: str
    name: str
    email: str
    created_at: datetime
    updated_at: datetime
    version: int
    revision: str
    avatar_key: str | None = None
    avatar_error: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewUser:
    """A user to create. Without a user id, one is generated."""

    user_id: str | None = None
    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class UserChanges:
    """New values; None leaves a field as it is."""

    name: str | None = None
    email: str | None = None

    def __bool__(self) -> bool:
        """Whether there are changes."""
        return bool(self.given())

    def given(self) -> dict[str, Any]:
        """The new values by field, without the fields that stay as they are."""
        return {field: value for field, value in vars(self).items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class UserPage:
    """A page of users, and the user id after which the next page starts; None on the last page."""

    users: list[User]
    last_user_id: str | None


@dataclass(frozen=True, kw_only=True)
class Precondition:
    """The revisions in which a user may be changed: those `among` (None: any), but none `not_among`."""

    among: AbstractSet[str] | None = None
    not_among: AbstractSet[str] = frozenset()

    def check(self, user: User) -> None:
        """Raise PreconditionFailedError unless the user is in such a state."""
        if user.revision in self.not_among or (self.among is not None and user.revision not in self.among):
            raise PreconditionFailedError


NO_PRECONDITION = Precondition()


def new_revision() -> str:
    """A random revision, in hexadecimal digits."""
    return uuid.uuid4().hex


def now() -> datetime:
    """The current time, truncated to milliseconds as it is stored and shown."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def format_time(time: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-20T12:00:00.000Z`."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """The inverse of `format_time`."""
    return datetime.fromisoformat(text).astimezone(UTC)
