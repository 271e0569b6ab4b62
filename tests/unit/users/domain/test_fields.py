"""The rules of each field."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from users.domain.errors import InvalidFieldError
from users.domain.fields import parse_email, parse_name, parse_user_id

type Parse = Callable[[str], str]

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=120)  # lone surrogates, too
SHOWS_NOTHING = "\u00ad\u034f\u115f\u1160\u200b\u2060\u2800\u3164\ufe0f\uffa0\U000e0041"
ACCEPTED = [
    *((parse_user_id, value, value) for value in ("a", "A-Z_0.9", "...", "x" * 64)),
    *((parse_name, value, value.strip()) for value in ("John", "  John Doe ", "\u2003x\u3000", "é" * 100)),
    (parse_name, " " * 500 + "x", "x"),
    *((parse_name, f"x{character}", f"x{character}") for character in SHOWS_NOTHING),
    (parse_email, "john@example.com", "john@example.com"),
    (parse_email, "John.DOE+tag@Example.COM", "john.doe+tag@example.com"),
    (parse_email, "a@MÜNCHEN.example", "a@münchen.example"),
    (parse_email, "a@xn--mnchen-3ya.example", "a@münchen.example"),
]
REFUSED: dict[Parse, list[str]] = {
    parse_user_id: ["", ".", "..", "a" * 65, "a\n", "\x00", *(f"a{other}" for other in " /é\uff11%+")],
    parse_name: ["", " ", "\u2003", "x" * 101, *(f"a{other}b" for other in "\n\t\x00\x1b\x85\u2029\ud800")],
    parse_email: [
        *("", "john", "@example.com", "john@", "john@example", "john@localhost", "john@[192.0.2.1]"),
        *("a b@example.com", "john@example.com ", " john@example.com", "john@example.com\n"),
        *("a@b@example.com", "John <john@example.com>", '"a b"@example.com', "jöhn@example.com"),
        *("john@-example.com", "\ud800@example.com", "a@\ud800.com"),
        *("a" * 65 + "@example.com", "a" * 243 + "@example.com"),
    ],
}
FIELDS: dict[Parse, str] = {parse_user_id: "userId", parse_name: "name", parse_email: "email"}


@pytest.mark.parametrize(("parse", "value", "kept"), ACCEPTED)
def test_normalized_when_it_is_valid(parse: Parse, value: str, kept: str) -> None:
    """A value is stored in one form."""
    assert parse(value) == kept


@pytest.mark.parametrize(
    ("parse", "value"), [(parse, value) for parse in REFUSED for value in REFUSED[parse]]
)
def test_refused_when_it_is_not_valid(parse: Parse, value: str) -> None:
    """By an error that names the field, and does not quote an address."""
    with pytest.raises(InvalidFieldError) as caught:
        parse(value)
    assert caught.value.field == FIELDS[parse]
    assert parse is not parse_email or not value or value not in caught.value.message


@pytest.mark.parametrize(
    ("parse", "value", "reason"),
    [
        *((parse_name, f"{character} {character}", "visible") for character in SHOWS_NOTHING),
        *((parse_email, "a@shop.test", "reserved"), (parse_email, "john@example", "period")),
        (parse_email, "john", "@-sign"),
    ],
)
def test_refused_with_the_reason(parse: Parse, value: str, reason: str) -> None:
    """So that a person can correct the value."""
    with pytest.raises(InvalidFieldError, match=reason):
        parse(value)


@pytest.mark.parametrize(("parse", "longest"), [(parse_user_id, 64), (parse_name, 100), (parse_email, 254)])
@given(value=ANY_TEXT | st.emails())
def test_normalized_or_refused_whatever_it_is(parse: Parse, longest: int, value: str) -> None:
    """The stored value is normalized, short enough, and can be printed."""
    try:
        kept = parse(value)
    except InvalidFieldError:
        return
    assert parse(kept) == kept == kept.strip()
    assert 1 <= len(kept) <= longest
    assert not {unicodedata.category(character) for character in kept} & {"Cc", "Cs"}
    assert parse is not parse_email or parse(kept.upper()) == kept
