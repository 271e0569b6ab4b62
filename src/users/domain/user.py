"""A user, and the two forms in which the rest of the service speaks of changing one."""

import uuid
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from users.domain.errors import PreconditionFailedError


@dataclass(frozen=True, kw_only=True)
class User:
    """A user as it is stored. `version` rises by one with each change; times are UTC, to the millisecond.

    `revision` identifies the state: no other has it, not even one of a user who is re-created under the id.
    `avatar_key` is the key of the picture whose thumbnails are shown; None as long as there is none.
    `avatar_error` says why the newest picture was refused; None unless it was.
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
    """A user to be created; without a user id one is generated."""

    user_id: str | None = None
    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class UserChanges:
    """New values; None leaves a field as it is."""

    name: str | None = None
    email: str | None = None

    def __bool__(self) -> bool:
        """Whether anything is to be changed."""
        return bool(self.given())

    def given(self) -> dict[str, Any]:
        """The new values by field, without the fields that stay as they are."""
        return {field: value for field, value in vars(self).items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class UserPage:
    """Some users, and the user id to go on after; None when there are no more."""

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
    """The time, cut to the millisecond as it is kept and shown."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def format_time(time: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-20T12:00:00.000Z`."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """The inverse of `format_time`."""
    return datetime.fromisoformat(text).astimezone(UTC)
