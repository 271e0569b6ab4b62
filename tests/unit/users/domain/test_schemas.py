"""The schemas of the fields say the same as their rules."""

from typing import Annotated, Any

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from users.domain import schemas
from users.domain.errors import InvalidFieldError
from users.domain.fields import parse_email, parse_name, parse_unusual_email, parse_user_id


def validator(metadata: Any) -> Any:
    """A validator of what such metadata say of a string."""
    return Draft202012Validator(TypeAdapter(Annotated[str, metadata]).json_schema())


USER_ID, NAME = validator(schemas.USER_ID), validator(schemas.NAME)
ASCII_EMAIL = validator(schemas.ASCII_EMAIL)
# Python's $ matches before a line feed at the end, JSON Schema's does not; half a pair is in no JSON text.
TEXT = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: text.rstrip("\n"))
BLANKS_AND_CONTROLS = st.from_regex(r"[ab\t-\r\x00\x1b-\x20\x7f-\xa0\u180e\u2000-\u202f\u3000\ufeff]*")

NEARLY_EMAILS = st.builds(
    "{}@{}".format,
    st.text("aZ0._+-'/", min_size=1, max_size=8),
    st.text("aZ0.-", min_size=1, max_size=9),
)


def accepted(parse: Any, value: str) -> bool:
    """Whether a rule takes a value."""
    try:
        parse(value)
    except InvalidFieldError:
        return False
    return True


class TestUserId:
    """The schema is the rule."""

    @given(TEXT | st.text("aZ0._-/", max_size=66).map(lambda text: text.rstrip("\n")))
    @example(".")
    @example("..")
    @example("...")
    def test_takes_what_the_rule_takes(self, value: str) -> None:
        assert USER_ID.is_valid(value) == accepted(parse_user_id, value)


class TestName:
    """The schema is the rule."""

    @given(TEXT | BLANKS_AND_CONTROLS.map(lambda text: text.rstrip("\n")))
    @example("x" * 100)
    @example("x" * 101)
    @example(" " * 200 + "x y" + "\u3000" * 200)
    @example("\U0001f600" * 100)
    def test_takes_what_the_rule_takes(self, value: str) -> None:
        assert NAME.is_valid(value) == accepted(parse_name, value)

    def test_takes_each_character_as_the_rule_does(self) -> None:
        characters = [chr(code) for code in range(0x3100) if chr(code) != "\n"]
        for value in [*characters, *(f"a{character}b" for character in characters)]:
            assert NAME.is_valid(value) == accepted(parse_name, value), ascii(value)


class TestEmail:
    """The schema is the rule for addresses that are all of ASCII, without Punycode."""

    @given(st.emails() | st.from_regex(ASCII_EMAIL.schema["pattern"]) | NEARLY_EMAILS)
    def test_takes_what_the_rule_takes_and_keeps_it_alike(self, value: str) -> None:
        value = value.rstrip("\n")
        if "--" in value or not accepted(parse_unusual_email, value):  # Punycode has two hyphens
            assert "--" in value or not ASCII_EMAIL.is_valid(value)
        else:
            assert ASCII_EMAIL.is_valid(value)
            assert parse_email(value) == parse_unusual_email(value)

    @pytest.mark.parametrize("domain", SPECIAL_USE_DOMAIN_NAMES)
    def test_takes_no_domain_that_is_not_for_mail(self, domain: str) -> None:
        for value in (f"a@b.{domain}", f"a@b.{domain.upper()}"):
            assert not ASCII_EMAIL.is_valid(value)
            assert not accepted(parse_unusual_email, value)
            assert ASCII_EMAIL.is_valid(f"{value}s")

    @pytest.mark.parametrize(
        "value",
        ["a@b.c", "a@b.c1d", "a@1.2b", "a@b-c.de", "a@b.c-d", f"{'a' * 64}@b.de", f"a@{'b' * 63}.{'c' * 63}"],
    )
    def test_takes_what_is_unusual(self, value: str) -> None:
        assert ASCII_EMAIL.is_valid(value)
        assert accepted(parse_unusual_email, value)

    @pytest.mark.parametrize(
        "value",
        [
            "a@b",
            "a@b.1",
            "a@-b.de",
            "a@b-.de",
            "a@bc--d.de",
            "a..b@c.de",
            ".a@b.de",
            "x" * 65 + "@b.de",
            "a@b..de",
        ],
    )
    def test_refuses_what_the_rule_refuses(self, value: str) -> None:
        assert not ASCII_EMAIL.is_valid(value)
        assert not accepted(parse_unusual_email, value)
