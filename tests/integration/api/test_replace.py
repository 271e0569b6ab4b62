"""PUT: by path and by body."""

from typing import Any

import pytest

from tests.helpers.responses import Api, Response, check_user

JANE = {"name": "Jane Doe", "email": "jane@example.com"}
TWO = {"userId": "2", "name": "Two", "email": "two@example.com"}
MISSING = object()
INVALID: list[dict[str, Any]] = [
    *({"name": MISSING}, {"email": MISSING}),
    *({"name": None}, {"email": None}, {"name": ""}, {"email": "x"}, {"version": 1}, {"userId": 1}),
]


def replace(api: Api, form: str, body: dict[str, Any]) -> Response:
    """The response to a PUT of user 123; the body names the user only where the path does not."""
    return api(
        form, body=body if form == "replace-user" else {"userId": "123", **body}, headers={"If-Match": None}
    )


@pytest.mark.parametrize("form", ["replace-user", "replace-user-in-body"])
class TestReplaceUser:
    """Name and address get new values, in a new version."""

    def test_200_with_the_new_values_when_the_user_exists(self, api: Api, form: str) -> None:
        created = api("create-user").json["user"]
        response = api(form)
        assert response.status == 200
        assert set(response.json) == {"message", "user"}
        assert response.json["message"] == "User updated successfully"
        user = response.json["user"]
        check_user(user)
        assert user == {**created, **JANE, "version": 2, "updatedAt": user["updatedAt"]}
        assert "Location" not in response.headers
        read = api("get-user")
        assert (read.json, read.headers["ETag"]) == (user, response.headers["ETag"])
        assert api("create-user", body={**TWO, "email": "john@example.com"}).status == 201

    def test_the_version_rises_by_one_with_each_change(self, api: Api, form: str) -> None:
        api("create-user")
        emails = ["john@example.com", "JOHN@example.com", "a@example.com", "a@example.com", "b@example.com"]
        for version, email in enumerate(emails, start=2):
            user = replace(api, form, {"name": "Same", "email": email}).json["user"]
            assert (user["email"], user["version"]) == (email.lower(), version)

    @pytest.mark.parametrize("wrong", INVALID)
    def test_refused_when_a_field_is_missing_or_not_valid(
        self, api: Api, form: str, wrong: dict[str, Any]
    ) -> None:
        created = api("create-user").json["user"]
        body = {name: value for name, value in (JANE | wrong).items() if value is not MISSING}
        response = replace(api, form, body)
        assert (response.status, response.fields) == (400, set(wrong))
        assert api("get-user").json == created


class TestUserId:
    """The path names the user, or else the body."""

    @pytest.mark.parametrize(
        "body", [JANE, *({**JANE, "userId": user_id} for user_id in (None, "a b", "ä", ".."))]
    )
    def test_refused_when_neither_names_the_user(self, api: Api, body: dict[str, Any]) -> None:
        response = api("replace-user-in-body", body=body)
        assert (response.status, response.problem, response.fields) == (400, "validation", {"userId"})

    def test_unprocessable_when_they_name_different_users(self, api: Api) -> None:
        created = api("create-user").json["user"]
        response = api("replace-user", body={**JANE, "userId": "456"})
        assert (response.status, response.problem) == (422, "user-id-mismatch")
        assert api("get-user").json == created
        assert api("replace-user", body={**JANE, "userId": "123"}).status == 200


def test_two_users_swap_addresses_when_a_third_address_helps(api: Api) -> None:
    """Each address becomes available when its owner leaves it."""
    api("create-user")
    api("create-user", body=TWO)
    for user_id, email in [("123", "three"), ("2", "john"), ("123", "two")]:
        assert api("update-user", user_id=user_id, body={"email": f"{email}@example.com"}).status == 200
    assert api("get-user").json["email"] == "two@example.com"
