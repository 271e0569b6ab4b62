"""A user, and the two forms in which the rest of the service speaks of changing one."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from users.domain.errors import VersionMismatchError


@dataclass(frozen=True, kw_only=True)
class User:
    """A user as it is stored. `version` rises by one with each change; times are UTC, to the millisecond.

    `avatar_key` is the key of the picture whose thumbnails are shown; None as long as there is none.
    """

    user_id: str
    name: str
    email: str
    created_at: datetime
    updated_at: datetime
    version: int
    avatar_key: str | None = None


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


def check_version(user: User, expected_versions: AbstractSet[int] | None) -> None:
    """Raise VersionMismatchError unless the user is in one of the versions; None stands for any."""
    if expected_versions is not None and user.version not in expected_versions:
        raise VersionMismatchError


def now() -> datetime:
    """The time, cut to the millisecond as it is kept and shown."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def format_time(time: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-20T12:00:00.000Z`."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """The inverse of `format_time`."""
    return datetime.fromisoformat(text)
