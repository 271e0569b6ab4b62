"""JSON Schemas of fields, which agree with their rules."""

from collections.abc import Callable
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


def accepted(parse: Callable[[str], str], value: str) -> bool:
    """Whether a rule accepts a value."""
    try:
        parse(value)
    except InvalidFieldError:
        return False
    return True


@given(TEXT | st.text("aZ0._-/", max_size=66))
@example(".")
@example("..")
@example("...")
def test_the_schema_of_a_user_id_is_the_rule(value: str) -> None:
    """So that no client sends an id that is refused."""
    assert validator(models.UserId).is_valid(value) == accepted(parse_user_id, value)


@given(TEXT, st.emails())
@example("x" * 100, "a@b\u00fccher.example")
@example(" " * 200 + "x y" + "\u3000" * 200, f"{'x' * 64}@{'y' * 63}.{'y' * 63}.{'y' * 58}.de")
@example("\U0001f600" * 100, "a@b.co")
def test_the_schemas_of_name_and_address_accept_all_that_the_rules_accept(name: str, email: str) -> None:
    """But not everything. The rules are stricter than a schema can say."""
    assert validator(models.Name).is_valid(name) or not accepted(parse_name, name)
    assert validator(models.Email).is_valid(email) or not accepted(parse_email, email)
    assert not any(map(validator(models.Email).is_valid, ["no address", f"{'x' * 255}@example.com"]))
    assert not validator(models.Name).is_valid("")
