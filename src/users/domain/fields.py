"""The rules of each field: a function returns the value as it is stored, or raises InvalidFieldError."""

import re
import unicodedata

from users.domain.errors import InvalidFieldError

MAX_NAME_LENGTH = 100
MAX_EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
USER_ID_PATTERN = r"[A-Za-z0-9._-]{1,64}"
_USER_ID = re.compile(USER_ID_PATTERN)

# Control characters, unpaired surrogates, line and paragraph separators.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Format characters, marks without a base, spaces, and letters and symbols without a visible glyph.
_INVISIBLE_CATEGORIES = frozenset({"Cf", "Mc", "Me", "Mn", "Zs"})
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def parse_user_id(value: str) -> str:
    """A user id. `.` and `..` are refused: URL normalization would make them unreachable."""
    if not _USER_ID.fullmatch(value) or value in {".", ".."}:
        raise InvalidFieldError(
            "userId",
            "Must be 1 to 64 characters from A-Z, a-z, 0-9, '.', '_' and '-', but neither '.' nor '..'.",
        )
    return value


def parse_name(value: str) -> str:
    """A name, trimmed."""
    name = value.strip()
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        raise InvalidFieldError("name", f"Must be 1 to {MAX_NAME_LENGTH} characters after trimming.")
    if any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in name):
        raise InvalidFieldError("name", "Must not contain control characters or line breaks.")
    if all(unicodedata.category(char) in _INVISIBLE_CATEGORIES or char in _BLANKS for char in name):
        raise InvalidFieldError("name", "Must contain a visible character.")
    return name


def parse_email(value: str) -> str:
    """An email address in lower case, international domains in Unicode.

    The local part must be ASCII, because the email service accepts nothing else.
    """
    if len(value) > MAX_EMAIL_LENGTH:
        raise InvalidFieldError("email", f"Must be at most {MAX_EMAIL_LENGTH} characters.")
    from email_validator import EmailNotValidError, validate_email  # reads start without it

    try:
        address = validate_email(value, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise InvalidFieldError("email", f"Must be a valid email address. {error}") from error
    return address.normalized.lower()
