"""Parameters in paths and query strings: user ids, and the cursor and the limit of a page."""

import base64
import binascii

from lambda_common.requests import Request
from users.domain.errors import InvalidFieldError
from users.domain.fields import parse_user_id

DEFAULT_LIMIT = 25
MAX_LIMIT = 100
_CURSOR_PREFIX = "1:"  # the version of the cursor's format


def path_user_id(request: Request) -> str:
    """The user id in the path."""
    return parse_user_id(request.path_parameters["userId"])


def parse_limit(value: str | None) -> int:
    """A page size: 1 to 100, 25 when not given."""
    if value is None:
        return DEFAULT_LIMIT
    if value.isascii() and value.isdigit() and len(value) <= len(str(MAX_LIMIT)):
        limit = int(value)
        if 1 <= limit <= MAX_LIMIT:
            return limit
    raise InvalidFieldError("limit", f"Must be a whole number from 1 to {MAX_LIMIT}.")


def encode_cursor(last_user_id: str) -> str:
    """An opaque word for the place after a user."""
    return base64.urlsafe_b64encode(f"{_CURSOR_PREFIX}{last_user_id}".encode()).decode().rstrip("=")


def decode_cursor(value: str | None) -> str | None:
    """The user id that `encode_cursor` was given; anything that it did not make is refused."""
    if value is None:
        return None
    try:
        padded = value + "=" * (-len(value) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        user_id = parse_user_id(text.removeprefix(_CURSOR_PREFIX))
    except (binascii.Error, ValueError) as error:
        raise _bad_cursor() from error
    if encode_cursor(user_id) != value:
        raise _bad_cursor()
    return user_id


def _bad_cursor() -> InvalidFieldError:
    return InvalidFieldError("cursor", "Must be the nextCursor of an earlier page, unchanged.")
