"""Each field that a client can send is stored, returned, and part of an idempotent request's fingerprint."""

from dataclasses import fields
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from tests.helpers.builders import JOHN
from tests.helpers.responses import Api, check_user
from users.domain.user import UserChanges

BODY: dict[str, Any] = {to_camel(field.name): getattr(JOHN, field.name) for field in fields(UserChanges)}
OTHER = {"userId": "123", "name": "Jane Doe", "email": "jane@example.com"}
KEY = {"Idempotency-Key": "key"}


@pytest.mark.parametrize("event", ["create-user", "replace-user", "replace-user-in-body", "update-user"])
def test_kept_when_a_user_is_created_or_changed(api: Api, event: str) -> None:
    """By POST, PUT and PATCH."""
    if event != "create-user":
        api("create-user", body=OTHER)
    body = BODY if event in {"replace-user", "update-user"} else BODY | {"userId": "123"}
    user = api(event, body=body, headers={"If-Match": None}).json["user"]
    check_user(user)
    assert user.items() >= BODY.items()
    assert api("get-user").json == user


@pytest.mark.parametrize("name", BODY)
def test_another_request_when_it_differs(api: Api, name: str) -> None:
    """Under the same idempotency key. Without the field the request may not be valid; then another value."""
    assert api("create-user", body=BODY, headers=KEY).status == 201
    rest = {field: value for field, value in BODY.items() if field != name}
    other = api("create-user", body=rest, headers=KEY)
    if other.status == 400:
        other = api("create-user", body=rest | {name: OTHER[name]}, headers=KEY)
    assert (other.status, other.problem) == (422, "idempotency-key-reused")
