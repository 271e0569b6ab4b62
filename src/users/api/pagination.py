"""The limit and the cursor of pagination."""

import base64
import re

from users.domain.errors import InvalidFieldError

DEFAULT_LIMIT = 25
MAX_LIMIT = 100
_CURSOR_PREFIX = "1:"  # the version of the cursor's format
_MAX_KEY_BYTES = 2048  # of a partition key


def parse_limit(value: object) -> int:
    """A page size, 1 to 100. Stricter than pydantic, which also accepts ` 5`, `+5` and `5.0`."""
    if isinstance(value, str) and re.fullmatch(r"[1-9][0-9]?|100", value):
        return int(value)
    raise InvalidFieldError("limit", f"Must be a whole number from 1 to {MAX_LIMIT}.")


def encode_cursor(last_user_id: str) -> str:
    """Encode the pagination cursor that continues after a user."""
    return base64.urlsafe_b64encode(f"{_CURSOR_PREFIX}{last_user_id}".encode()).decode().rstrip("=")


def decode_cursor(value: str) -> str:
    """The user id in a cursor; only cursors of `encode_cursor` are valid.

    A page can end with an item that is not a user, so the id may not be a valid user id.
    """
    try:
        padded = value + "=" * (-len(value) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise _bad_cursor() from error
    user_id = text.removeprefix(_CURSOR_PREFIX)
    if not 0 < len(user_id.encode()) <= _MAX_KEY_BYTES or encode_cursor(user_id) != value:
        raise _bad_cursor()
    return user_id


def _bad_cursor() -> InvalidFieldError:
    return InvalidFieldError("cursor", "Must be the nextCursor of an earlier page, unchanged.")
