"""Where pictures of users and their thumbnails are kept, and what may be uploaded."""

import re
import uuid
from collections.abc import Mapping
from typing import NamedTuple

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
_OURS = re.compile(rf"{UPLOADS}([^/]+)/[0-9a-f]{{32}}")


class UploadForm(NamedTuple):
    """Where an upload goes, and the fields that permit it."""

    url: str
    fields: Mapping[str, str]


def uploads_of(user_id: str) -> str:
    """The prefix of all that a user has uploaded."""
    return f"{UPLOADS}{user_id}/"


def new_upload_key(user_id: str) -> str:
    """A key for a user's next picture."""
    return f"{uploads_of(user_id)}{uuid.uuid4().hex}"


def owner_of(key: str) -> str | None:
    """The user id in a key that `new_upload_key` made; None for any other key."""
    match = _OURS.fullmatch(key)
    return match[1] if match else None


def thumbnail_keys(key: str) -> dict[str, str]:
    """The keys of the thumbnails of an upload, by size."""
    return {size: f"{THUMBNAILS}{size}/{key}" for size in AVATAR_SIZES}
