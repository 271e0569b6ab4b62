"""Each field of the user is in every representation, or is listed here as an exception.

Adding a field changes five files: domain/user.py, domain/fields.py, api/models.py, adapters/dynamodb/items.py
and domain/events.py.
"""

import re
from dataclasses import MISSING, Field, asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from tests.helpers.builders import JOHN
from users.api.models import (
    CreateUserRequest,
    ReplaceNamedUserRequest,
    ReplaceUserRequest,
    UpdateUserRequest,
    UserResponse,
)
from users.api.users import user_body
from users.domain.events import UserSnapshot
from users.domain.user import NewUser, User, UserChanges

FIELDS = {field.name for field in fields(User)}
NOT_FOR_CLIENTS_TO_CHANGE = {
    *("user_id", "created_at", "updated_at", "version", "revision"),
    "avatar_key",
    "avatar_error",
}
CHANGEABLE = FIELDS - NOT_FOR_CLIENTS_TO_CHANGE
NOT_SHOWN = {"revision"}
"""Clients see it as the entity tag; events do not contain it."""
SHOWN_AS: dict[str, str] = {
    "avatar_key": "avatar",
}
"""Fields that clients see under another name and in another form."""

REQUESTS = [CreateUserRequest, ReplaceUserRequest, ReplaceNamedUserRequest, UpdateUserRequest]
API_PAGE = Path(__file__).parents[3] / "docs/api.md"


@pytest.mark.parametrize("field", fields(User), ids=lambda field: field.name)
def test_the_example_has_a_value_of_its_own(field: Field[Any]) -> None:
    """Otherwise, the default would hide a missing field in all other tests."""
    default = None if field.default is MISSING else field.default
    assert getattr(JOHN, field.name) != default


def test_is_in_the_snapshot() -> None:
    """Of events."""
    kept = {name: value for name, value in asdict(JOHN).items() if name not in NOT_SHOWN}
    assert UserSnapshot.of(JOHN).model_dump() == kept


class TestShown:
    """To clients, and described to them."""

    def test_is_in_the_body(self) -> None:
        snapshot = UserSnapshot.of(JOHN).model_dump(mode="json", by_alias=True, exclude=set(SHOWN_AS))
        shown = user_body(JOHN)
        assert {name: shown.pop(name, None) for name in snapshot} == snapshot
        assert set(shown) == set(SHOWN_AS.values())

    def test_is_in_the_model_of_the_response(self) -> None:
        assert {SHOWN_AS.get(name, name) for name in FIELDS - NOT_SHOWN} == set(UserResponse.model_fields)
        assert UserResponse.model_validate(user_body(JOHN)).model_dump(by_alias=True) == user_body(JOHN)

    @pytest.mark.parametrize("name", UserResponse.model_fields)
    def test_is_on_the_page_about_the_api(self, name: str) -> None:
        assert re.search(rf'[`"]{to_camel(name)}[`"]', API_PAGE.read_text("utf-8"))


@pytest.mark.parametrize("model", [*REQUESTS, NewUser, UserChanges])
def test_is_in_each_request_and_in_the_forms_in_which_the_domain_changes_a_user(model: type[Any]) -> None:
    """Whichever request a client sends."""
    names = {field.name for field in fields(model)} if is_dataclass(model) else set(model.model_fields)
    assert names - {"user_id"} == CHANGEABLE
