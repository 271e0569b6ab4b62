"""PATCH: a JSON merge patch."""

from typing import Any

import pytest

from tests.helpers.answers import Api, check_user
from tests.integration.tables import Items, check_no_orphans


class TestUpdateUser:
    """The fields that are sent change, the others stay."""

    @pytest.mark.parametrize(
        "patch",
        [
            {"name": "Johnny"},
            {"email": "johnny@example.com"},
            {"name": "Johnny", "email": "johnny@example.com"},
            {"name": "John Doe", "email": "john@example.com"},
        ],
    )
    @pytest.mark.parametrize("media_type", ["application/merge-patch+json", "application/json"])
    def test_answers_200_with_the_change_applied(
        self, api: Api, items: Items, patch: dict[str, str], media_type: str
    ) -> None:
        before = api("create-user").json["user"]
        answer = api("update-user", body=patch, headers={"Content-Type": media_type})
        assert answer.status == 200
        assert answer.json["message"] == "User updated successfully"
        user = answer.json["user"]
        check_user(user)
        assert user == {**before, **patch, "version": 2, "updatedAt": user["updatedAt"]}
        read = api("get-user")
        assert (read.json, read.headers["ETag"]) == (user, answer.headers["ETag"])
        check_no_orphans(items)

    def test_changes_nothing_when_the_patch_is_empty(self, api: Api) -> None:
        before = api("create-user")
        answer = api("update-user", body={})
        assert (answer.status, answer.json["user"]) == (200, before.json["user"])
        assert answer.headers["ETag"] == before.headers["ETag"]

    @pytest.mark.parametrize("patch", [{}, {"name": "Johnny"}, {"email": "johnny@example.com"}])
    def test_not_found_when_there_is_no_user(self, api: Api, items: Items, patch: dict[str, str]) -> None:
        answer = api("update-user", body=patch)
        assert (answer.status, answer.problem) == (404, "user-not-found")
        assert items("UsersTable") == items("UserEmailsTable") == []

    def test_conflict_when_another_user_has_the_address(self, api: Api, items: Items) -> None:
        before = api("create-user").json["user"]
        api("create-user", body={"userId": "2", "name": "Two", "email": "two@example.com"})
        answer = api("update-user", body={"name": "Johnny", "email": "two@example.com"})
        assert (answer.status, answer.problem) == (409, "email-taken")
        assert api("get-user").json == before
        check_no_orphans(items)

    @pytest.mark.parametrize(
        "patch",
        [
            {"name": None},  # null removes a member, and neither can be removed
            {"email": None},
            {"name": ""},
            {"name": ["John"]},
            {"email": "x"},
            {"userId": "123"},
            {"version": 2},
            {"nickname": None},
        ],
    )
    def test_refused_when_a_field_is_wrong(self, api: Api, patch: dict[str, Any]) -> None:
        before = api("create-user").json["user"]
        answer = api("update-user", body=patch)
        assert (answer.status, answer.problem, answer.fields) == (400, "validation", set(patch))
        assert api("get-user").json == before
