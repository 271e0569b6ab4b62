"""JSON Schemas of fields, which agree with their rules."""

from functools import cache
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from users.api import models
from users.domain.errors import InvalidFieldError
from users.domain.fields import parse_email, parse_name, parse_user_id

# Python's $ matches before a line feed at the end, JSON Schema's does not; half a pair is in no JSON text.
TEXT = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: text.rstrip("\n"))


@cache
def validator(annotation: Any) -> Draft202012Validator:
    """The schema of a type."""
    schema = TypeAdapter(annotation).json_schema()
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def is_valid(annotation: Any, value: str) -> bool:
    """Whether the schema of a type accepts a value."""
    return validator(annotation).is_valid(value)


def accepted(parse: Any, value: str) -> bool:
    """Whether a rule accepts a value."""
    try:
        parse(value)
    except InvalidFieldError:
        return False
    return True


class TestSchemas:
    """The schema of the user id is the rule; those of name and address accept all that the rule accepts."""

    @given(TEXT | st.text("aZ0._-/", max_size=66).map(lambda text: text.rstrip("\n")))
    @example(".")
    @example("..")
    @example("...")
    def test_of_a_user_id(self, value: str) -> None:
        assert is_valid(models.UserId, value) == accepted(parse_user_id, value)

    @given(TEXT)
    @example("x" * 100)
    @example(" " * 200 + "x y" + "\u3000" * 200)
    @example("\U0001f600" * 100)
    def test_of_a_name(self, value: str) -> None:
        assert is_valid(models.Name, value) or not accepted(parse_name, value)
        assert not is_valid(models.Name, "")

    @given(st.emails())
    @example("a@b\u00fccher.example")
    @example(f"{'x' * 64}@{'y' * 63}.{'y' * 63}.{'y' * 58}.de")
    def test_of_an_address(self, value: str) -> None:
        assert is_valid(models.Email, value) or not accepted(parse_email, value)
        assert not is_valid(models.Email, "no address")
        assert not is_valid(models.Email, f"{'x' * 255}@example.com")
