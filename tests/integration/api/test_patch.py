"""PATCH: a JSON merge patch."""

from typing import Any

import pytest

from tests.helpers.logs import Logs
from tests.helpers.responses import Api, check_user

TWO = {"userId": "2", "name": "Two", "email": "two@example.com"}
PATCHES = [
    *({"name": "Johnny"}, {"email": "johnny@example.com"}, {"name": "Johnny", "email": "johnny@example.com"}),
    {"name": "John Doe", "email": "john@example.com"},
]
INVALID: list[dict[str, Any]] = [
    *({"name": None}, {"email": None}),  # null removes a member, and neither can be removed
    *({"name": ""}, {"name": ["John"]}, {"email": "x"}, {"userId": "123"}),
    *({"version": 2}, {"nickname": None}),
]


@pytest.mark.parametrize("patch", PATCHES)
@pytest.mark.parametrize("media_type", ["application/merge-patch+json", "application/json"])
def test_200_with_the_change_applied(api: Api, patch: dict[str, str], media_type: str) -> None:
    """The fields that are sent change, the others stay."""
    before = api("create-user").json["user"]
    response = api("update-user", body=patch, headers={"Content-Type": media_type})
    assert (response.status, response.json["message"]) == (200, "User updated successfully")
    user = response.json["user"]
    check_user(user)
    assert user == {**before, **patch, "version": 2, "updatedAt": user["updatedAt"]}
    read = api("get-user")
    assert (read.json, read.headers["ETag"]) == (user, response.headers["ETag"])


def test_unchanged_when_the_patch_is_empty(api: Api, logs: Logs) -> None:
    """Not even the version changes, and no update is counted."""
    assert api("update-user", body={}).problem == "user-not-found"
    before = api("create-user")
    response = api("update-user", body={})
    assert (response.status, response.json["user"]) == (200, before.json["user"])
    assert response.headers["ETag"] == before.headers["ETag"]
    assert "UserUpdated" not in logs.metrics[-1]


@pytest.mark.parametrize("patch", INVALID)
def test_refused_when_a_field_is_not_valid(api: Api, patch: dict[str, Any]) -> None:
    """Field by field."""
    before = api("create-user").json["user"]
    response = api("update-user", body=patch)
    assert (response.status, response.problem, response.fields) == (400, "validation", set(patch))
    assert api("get-user").json == before
