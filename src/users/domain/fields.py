"""The rules of each field: a function returns the value as it is kept, or raises InvalidFieldError."""

import re
import unicodedata

from users.domain.errors import InvalidFieldError

MAX_NAME_LENGTH = 100
MAX_EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
USER_ID_PATTERN = r"[A-Za-z0-9._-]{1,64}"
_USER_ID = re.compile(USER_ID_PATTERN)

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_NO_PUNYCODE = "(?!..--)"
_LABEL = rf"{_NO_PUNYCODE}[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?"
_TOP_LEVEL = rf"{_NO_PUNYCODE}(?:[A-Za-z0-9][A-Za-z0-9-]{{0,61}})?[A-Za-z]"
_SPECIAL_USE = "|".join(  # RFC 6761, in any case
    "".join(f"[{letter.upper()}{letter}]" for letter in name)
    for name in ("arpa", "invalid", "local", "localhost", "onion", "test")
)
USUAL_EMAIL_PATTERN = (
    rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?!(?:{_SPECIAL_USE})$){_TOP_LEVEL}"
)
"""The valid addresses in ASCII, without Punycode: what email_validator says of them, as tests make sure."""

# Control characters, surrogates without their other half, line and paragraph separators.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def parse_user_id(value: str) -> str:
    """A user id. `.` and `..` are refused: URL normalization would make them unreachable."""
    if not _USER_ID.fullmatch(value) or value in {".", ".."}:
        raise InvalidFieldError(
            "userId", "Must be 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-', and not '.' or '..'."
        )
    return value


def parse_name(value: str) -> str:
    """A name, trimmed."""
    name = value.strip()
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        raise InvalidFieldError("name", f"Must be 1 to {MAX_NAME_LENGTH} characters after trimming.")
    if any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in name):
        raise InvalidFieldError("name", "Must not contain control characters or line breaks.")
    return name


def parse_email(value: str) -> str:
    """An e-mail address in lower case, international domains in Unicode.

    The part before the @ is ASCII: SES, which sends our mail, takes nothing else.
    """
    if len(value) > MAX_EMAIL_LENGTH:
        raise InvalidFieldError("email", f"Must be at most {MAX_EMAIL_LENGTH} characters.")
    if re.fullmatch(USUAL_EMAIL_PATTERN, value):
        return value.lower()
    return parse_unusual_email(value)


def parse_unusual_email(value: str) -> str:
    """Any address. Loading the library takes a twelfth of the first POST: most addresses get by without."""
    from email_validator import EmailNotValidError, validate_email

    try:
        address = validate_email(value, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise InvalidFieldError("email", "Must be a valid e-mail address.") from error
    return address.normalized.lower()
