"""The rules of each field."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from users.domain.errors import InvalidFieldError
from users.domain.fields import parse_email, parse_name, parse_user_id

ALLOWED = string.ascii_letters + string.digits + "._-"


class TestParseUserId:
    """A user id is 1 to 64 characters that need no escape in a URL."""

    @given(st.text(ALLOWED, min_size=1, max_size=64).filter(lambda value: value not in {".", ".."}))
    def test_kept_when_it_is_allowed(self, value: str) -> None:
        assert parse_user_id(value) == value

    @pytest.mark.parametrize(
        "value", ["", ".", "..", "a" * 65, "a b", "a/b", "a\n", "é", "\uff11", "a%20", "a+b", "\x00"]
    )
    def test_refused_when_it_is_not_allowed(self, value: str) -> None:
        with pytest.raises(InvalidFieldError) as caught:
            parse_user_id(value)
        assert caught.value.field == "userId"

    @given(st.text(st.characters(exclude_characters=ALLOWED), min_size=1, max_size=3))
    def test_refused_when_any_other_character_is_in_it(self, value: str) -> None:
        with pytest.raises(InvalidFieldError):
            parse_user_id(f"a{value}")


class TestParseName:
    """A name is 1 to 100 characters, trimmed, on one line."""

    @pytest.mark.parametrize(
        ("value", "name"),
        [
            ("John", "John"),
            ("  John Doe ", "John Doe"),
            ("\u2003x\u3000", "x"),
            ("é" * 100, "é" * 100),
            (" " * 500 + "x", "x"),
        ],
    )
    def test_trimmed_when_it_is_allowed(self, value: str, name: str) -> None:
        assert parse_name(value) == name

    @pytest.mark.parametrize(
        "value", ["", " ", "\u2003", "x" * 101, "a\nb", "a\tb", "a\x00", "\x1bx", "a\x85b", "a\u2029b"]
    )
    def test_refused_when_it_is_not_allowed(self, value: str) -> None:
        with pytest.raises(InvalidFieldError) as caught:
            parse_name(value)
        assert caught.value.field == "name"

    @pytest.mark.parametrize(
        "character", "\u00ad\u034f\u115f\u1160\u200b\u2060\u2800\u3164\ufe0f\uffa0\U000e0041"
    )
    def test_refused_when_nothing_of_it_shows(self, character: str) -> None:
        with pytest.raises(InvalidFieldError, match="visible"):
            parse_name(f"{character} {character}")
        assert parse_name(f"x{character}") == f"x{character}"

    @given(st.text(st.characters(exclude_categories=()), max_size=120))
    def test_never_keeps_a_control_character_or_half_a_pair(self, value: str) -> None:
        try:
            name = parse_name(value)
        except InvalidFieldError:
            return
        assert 1 <= len(name) <= 100
        assert name == name.strip()
        assert not {unicodedata.category(character) for character in name} & {"Cc", "Cs"}
        assert name.encode().decode() == name


class TestParseEmail:
    """An address is kept in one form only, so that it can be unique."""

    @pytest.mark.parametrize(
        ("value", "email"),
        [
            ("john@example.com", "john@example.com"),
            ("John.DOE+tag@Example.COM", "john.doe+tag@example.com"),
            ("a@MÜNCHEN.example", "a@münchen.example"),
            ("a@xn--mnchen-3ya.example", "a@münchen.example"),
        ],
    )
    def test_one_form_when_it_is_valid(self, value: str, email: str) -> None:
        assert parse_email(value) == email

    @given(st.emails())
    def test_stays_as_it_is_when_it_is_in_that_form(self, value: str) -> None:
        try:
            email = parse_email(value)
        except InvalidFieldError:
            return
        assert parse_email(email) == email == parse_email(email.upper())
        assert len(email) <= 254

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "john",
            "@example.com",
            "john@",
            "john@example",
            "a b@example.com",
            "john@example.com ",
            " john@example.com",
            "a@b@example.com",
            "John <john@example.com>",
            '"a b"@example.com',
            "jöhn@example.com",
            "john@[192.0.2.1]",
            "john@example.com\n",
            "john@-example.com",
            "john@localhost",
            "a" * 65 + "@example.com",
            "\ud800@example.com",
            "a@\ud800.com",
            "a" * 243 + "@example.com",
        ],
    )
    def test_refused_when_it_is_not_valid(self, value: str) -> None:
        with pytest.raises(InvalidFieldError) as caught:
            parse_email(value)
        assert caught.value.field == "email"
        assert not value or value not in caught.value.message

    @pytest.mark.parametrize(
        ("value", "reason"), [("a@shop.test", "reserved"), ("john@example", "period"), ("john", "@-sign")]
    )
    def test_refused_with_the_reason(self, value: str, reason: str) -> None:
        with pytest.raises(InvalidFieldError, match=reason):
            parse_email(value)

    @given(st.text(st.characters(exclude_categories=()), max_size=60))
    def test_refused_or_in_one_form_whatever_it_is(self, value: str) -> None:
        try:
            email = parse_email(value)
        except InvalidFieldError:
            return
        assert email.isprintable()
        assert parse_email(email) == email
