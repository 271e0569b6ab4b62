"""Keys of users' images and their thumbnails, and limits of uploads."""

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
"""By format, so that no image takes more than 1.2 GB of memory, of the 1.7 GB that the function has."""
UPLOAD_SECONDS = 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_UPLOAD_KEY = re.compile(rf"{UPLOADS}([^/]+)/(0[0-9a-f]{{11}})[0-9a-f]{{20}}")


class UploadForm(NamedTuple):
    """The URL and the form fields of a presigned POST."""

    url: str
    fields: Mapping[str, str]


class StoredImage(NamedTuple):
    """An object in the store. `version` identifies the content; `modified` is in whole seconds."""

    key: str
    version: str
    modified: datetime

    @property
    def recency(self) -> str:
        """The sort key of a user's uploads: the second, then the time at which the form was created."""
        return f"{format_time(self.modified)} {self.key}"


class Owner(NamedTuple):
    """A user. A user created later under the same id has a different `created_at`."""

    user_id: str
    created_at: datetime


def uploads_of(user_id: str) -> str:
    """The prefix of a user's uploads."""
    return f"{UPLOADS}{user_id}/"


def new_upload_key(user: User) -> str:
    """A key for a user's next image: time of the user's creation, current time and random digits."""
    created, moment = ((time - _EPOCH) // _MILLISECOND for time in (user.created_at, now()))
    return f"{uploads_of(user.user_id)}{created:012x}{moment:012x}{os.urandom(4).hex()}"


def owner_of(key: str) -> Owner | None:
    """The user whose key it is, if `new_upload_key` made it; None for any other key."""
    match = _UPLOAD_KEY.fullmatch(key)
    return Owner(match[1], _EPOCH + int(match[2], 16) * _MILLISECOND) if match else None


def thumbnail_keys(key: str) -> dict[str, str]:
    """The keys of the thumbnails of an upload, by size."""
    return {size: f"{THUMBNAILS}{size}/{key}" for size in AVATAR_SIZES}
