"""Where pictures of users and their thumbnails are kept, and what may be uploaded."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from users.domain.user import User, format_time, now

UPLOADS = "uploads/"
THUMBNAILS = "thumbnails/"
AVATAR_SIZES = ("small", "medium", "large")
MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_PIXELS = {
    "image/jpeg": 120_000_000,
    "image/png": 100_000_000,
    "image/gif": 100_000_000,
    "image/webp": 65_000_000,
}
"""By format, so that no picture takes more than 1.2 GB of memory, of the 1.7 GB that the function has."""
UPLOAD_SECONDS = 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_OURS = re.compile(rf"{UPLOADS}([^/]+)/(0[0-9a-f]{{11}})[0-9a-f]{{20}}")


class UploadForm(NamedTuple):
    """Where an upload goes, and the fields that permit it."""

    url: str
    fields: Mapping[str, str]


class StoredImage(NamedTuple):
    """An object in the store. `version` differs for other content; `modified` is in whole seconds."""

    key: str
    version: str
    modified: datetime

    @property
    def recency(self) -> str:
        """Uploads of a user sort by it: by second, and within a second by the time of their forms."""
        return f"{format_time(self.modified)} {self.key}"


class Owner(NamedTuple):
    """A user. Another one who is created later under the same id has another `created_at`."""

    user_id: str
    created_at: datetime


def uploads_of(user_id: str) -> str:
    """The prefix of all that a user has uploaded."""
    return f"{UPLOADS}{user_id}/"


def new_upload_key(user: User) -> str:
    """A key for a user's next picture: hexadecimal digits of the user's creation, the time, and chance."""
    created, moment = ((time - _EPOCH) // _MILLISECOND for time in (user.created_at, now()))
    return f"{uploads_of(user.user_id)}{created:012x}{moment:012x}{os.urandom(4).hex()}"


def owner_of(key: str) -> Owner | None:
    """The user for whom `new_upload_key` made the key; None for any other key."""
    match = _OURS.fullmatch(key)
    return Owner(match[1], _EPOCH + int(match[2], 16) * _MILLISECOND) if match else None


def thumbnail_keys(key: str) -> dict[str, str]:
    """The keys of the thumbnails of an upload, by size."""
    return {size: f"{THUMBNAILS}{size}/{key}" for size in AVATAR_SIZES}
