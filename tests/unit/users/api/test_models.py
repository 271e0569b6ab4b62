"""Requests: what is accepted, and schemas that say the same as the rules."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from lambda_common.validation import StrictModel
from tests.helpers.builders import JOHN, a_user
from users.api import models
from users.api.models import (
    CreateUserRequest,
    ReplaceNamedUserRequest,
    ReplaceUserRequest,
    UpdateUserRequest,
    UserResponse,
    UsersResponse,
)
from users.api.users import user_body
from users.domain.errors import InvalidFieldError
from users.domain.fields import parse_email, parse_name, parse_user_id
from users.domain.user import UserChanges

BODY = {"userId": "123", "name": " John ", "email": "JOHN@example.com"}
# Python's $ matches before a line feed at the end, JSON Schema's does not; half a pair is in no JSON text.
TEXT = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: text.rstrip("\n"))


def is_valid(annotation: Any, value: str) -> bool:
    """Whether the schema of a type takes a value."""
    schema = TypeAdapter(annotation).json_schema()
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema, format_checker=checker).is_valid(value)


def accepted(parse: Any, value: str) -> bool:
    """Whether a rule takes a value."""
    try:
        parse(value)
    except InvalidFieldError:
        return False
    return True


class TestRequests:
    """Values come out as they are kept."""

    @pytest.mark.parametrize("model", [CreateUserRequest, ReplaceUserRequest, ReplaceNamedUserRequest])
    def test_parsed_when_the_fields_are_allowed(self, model: type[CreateUserRequest]) -> None:
        fields = model.model_validate(BODY).model_dump()
        assert fields == {"user_id": "123", "name": "John", "email": "john@example.com"}

    @pytest.mark.parametrize("model", [CreateUserRequest, ReplaceUserRequest])
    def test_no_user_id_when_none_is_sent(self, model: type[CreateUserRequest]) -> None:
        assert model.model_validate({"name": "x", "email": "a@example.com"}).user_id is None

    def test_refused_when_nothing_says_whom_it_is_about(self) -> None:
        with pytest.raises(ValidationError) as caught:
            ReplaceNamedUserRequest.model_validate({"name": "x", "email": "a@example.com"})
        assert [error["loc"] for error in caught.value.errors()] == [("userId",)]

    @pytest.mark.parametrize("model", [CreateUserRequest, ReplaceUserRequest, UpdateUserRequest])
    @pytest.mark.parametrize(
        "document", [{"name": None}, {"name": 1}, {"email": None}, {"user_id": "1"}, {"x": 1}]
    )
    def test_refused_when_a_field_is_not_allowed(
        self, model: type[StrictModel], document: dict[str, Any]
    ) -> None:
        with pytest.raises(ValidationError) as caught:
            model.model_validate({"name": "x", "email": "a@example.com"} | document)
        assert [error["loc"] for error in caught.value.errors()] == [(field,) for field in document]

    @pytest.mark.parametrize("document", [{}, {"name": "New"}, {"email": "new@example.com"}])
    def test_only_what_is_sent_changes_when_a_user_is_patched(self, document: dict[str, str]) -> None:
        changes = UserChanges(**UpdateUserRequest.model_validate(document).model_dump())
        assert changes == UserChanges(**document)


class TestResponses:
    """What routes return is what the models say."""

    @pytest.mark.parametrize("user", [JOHN, a_user()])
    def test_a_user(self, user: Any) -> None:
        body = user_body(user)
        assert UserResponse.model_validate(body).model_dump(by_alias=True) == body

    @pytest.mark.parametrize("page", [{"users": []}, {"users": [user_body(JOHN)], "nextCursor": "x"}])
    def test_a_list(self, page: dict[str, Any]) -> None:
        assert UsersResponse.model_validate(page).model_dump(by_alias=True) == page


class TestSchemas:
    """The schema of the user id is the rule; those of name and address refuse nothing that the rule takes."""

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
