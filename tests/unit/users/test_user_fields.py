"""A field of the user is wherever users go, or is named here as left out."""

import re
from dataclasses import MISSING, Field, asdict, fields, replace
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from generate.openapi.examples import JOHN
from lambda_common.validation import WireModel, validate
from users.adapters.items import user_from_item, user_item
from users.domain.events import UserSnapshot
from users.domain.requests import CreateUserRequest, ReplaceUserRequest, UpdateUserRequest
from users.domain.use_cases import create_user
from users.domain.user import User, UserChanges
from users.handlers.answers import UserDocument
from users.handlers.representation import representation

FIELDS = {field.name for field in fields(User)}
NOT_FOR_CLIENTS_TO_CHANGE = {"user_id", "created_at", "updated_at", "version", "avatar_key"}
CHANGEABLE = FIELDS - NOT_FOR_CLIENTS_TO_CHANGE
SHOWN_AS = {"avatar_key": "avatar"}
"""Fields that clients see under another name and in another form."""

BODY = {to_camel(name): getattr(JOHN, name) for name in CHANGEABLE}
API_PAGE = Path(__file__).parents[3] / "docs/api.md"


@pytest.mark.parametrize("field", fields(User), ids=lambda field: field.name)
def test_the_example_has_a_value_of_its_own(field: Field[Any]) -> None:
    """All the other tests stand on this: a default would come back from where the field is forgotten."""
    default = None if field.default is MISSING else field.default
    assert getattr(JOHN, field.name) != default


class TestKept:
    """In DynamoDB and in events."""

    def test_comes_back_from_the_item(self) -> None:
        user = replace(JOHN, avatar_key=None)  # written when there is a picture, never with the user
        assert user_from_item(user_item(user)) == user

    def test_is_in_the_snapshot(self) -> None:
        assert UserSnapshot.of(JOHN).model_dump() == asdict(JOHN)


class TestShown:
    """To clients, and described to them."""

    def test_is_in_the_representation(self) -> None:
        snapshot = UserSnapshot.of(JOHN).model_dump(mode="json", by_alias=True, exclude=set(SHOWN_AS))
        shown = dict(representation(JOHN))
        assert {name: shown.pop(name, None) for name in snapshot} == snapshot
        assert set(shown) == set(SHOWN_AS.values())

    def test_is_in_the_type_of_the_answer(self) -> None:
        assert {SHOWN_AS.get(name, to_camel(name)) for name in FIELDS} == set(UserDocument.__annotations__)

    @pytest.mark.parametrize("name", UserDocument.__annotations__)
    def test_is_on_the_page_about_the_api(self, name: str) -> None:
        assert re.search(rf'[`"]{name}[`"]', API_PAGE.read_text("utf-8"))


class TestSent:
    """By clients, in whichever request."""

    @pytest.mark.parametrize("model", [CreateUserRequest, ReplaceUserRequest, UpdateUserRequest])
    def test_is_taken(self, model: type[WireModel]) -> None:
        assert set(model.model_fields) - {"user_id"} == CHANGEABLE

    @pytest.mark.parametrize("model", [ReplaceUserRequest, UpdateUserRequest])
    def test_is_changed(self, model: type[ReplaceUserRequest | UpdateUserRequest]) -> None:
        assert asdict(validate(model, BODY).changes()) == {name: getattr(JOHN, name) for name in CHANGEABLE}

    def test_can_be_changed_alone(self) -> None:
        for name in CHANGEABLE:
            assert UserChanges(**{name: getattr(JOHN, name)})

    def test_can_be_created_with(self) -> None:
        assert set(signature(create_user).parameters) >= CHANGEABLE
