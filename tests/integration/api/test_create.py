"""POST /users."""

import re
import uuid
from typing import Any

import pytest

from tests.helpers.responses import Api, check_user
from tests.integration.tables import Items

JOHN = {"userId": "123", "name": "John Doe", "email": "john@example.com"}
LONG_EMAIL = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.example.com"
MISSING = object()
WRONG: dict[str, list[Any]] = {
    "userId": [None, "", "x" * 65, "a b", "a/b", "\xe4", ".", "..", "a\n", 5, True, []],
    "name": [
        *(MISSING, None, "", "   ", "x" * 101, "a\nb", "a\0b", "a\x7fb", "a\u2028b", "\ud800"),
        *(1, True, [], {}, ["John"]),
    ],
    "email": [
        MISSING,
        None,
        "",
        7,
        "john",
        "john@",
        "@example.com",
        "a b@example.com",
        "a@example.com\n",
        LONG_EMAIL,
    ],
    **{field: ["1"] for field in ("version", "createdAt", "user_id", "Name", "__class__", "avatar")},
}


class TestCreateUser:
    """A user is created once, with an id and an address that no other user has."""

    def test_201_with_the_user_when_id_and_address_are_free(self, api: Api) -> None:
        response = api("create-user")
        assert response.status == 201
        assert set(response.json) == {"message", "user"}
        assert response.json["message"] == "User created successfully"
        user = response.json["user"]
        check_user(user)
        assert user.items() >= {**JOHN, "version": 1}.items()
        assert user["createdAt"] == user["updatedAt"]
        assert re.fullmatch('"[0-9a-f]{32}"', response.headers["ETag"])
        assert response.headers["Location"] == "/dev/users/123"
        assert "Idempotency-Replayed" not in response.headers
        assert api("get-user").json == user

    def test_the_id_is_a_new_uuid_of_version_7_when_none_is_given(self, api: Api) -> None:
        bodies = [{"name": "N", "email": f"n{i}@example.com"} for i in range(3)]
        responses = [api("create-user", body=body) for body in bodies]
        ids = [response.json["user"]["userId"] for response in responses]
        assert [str(uuid.UUID(user_id)) for user_id in ids] == ids
        assert {uuid.UUID(user_id).version for user_id in ids} == {7}
        assert [response.headers["Location"] for response in responses] == [f"/dev/users/{i}" for i in ids]
        assert len(set(ids)) == 3

    @pytest.mark.parametrize("name", ["👩‍👩‍👧 Doe", 'O\'Brien "Bob" <b>', "x" * 100, "  王小   Doe\u3000 "])
    def test_the_name_is_trimmed_and_can_be_any_unicode(self, api: Api, name: str) -> None:
        assert api("create-user", body={**JOHN, "name": name}).json["user"]["name"] == name.strip()
        assert api("get-user").json["name"] == name.strip()

    @pytest.mark.parametrize("user_id", ["a", "A-Z_0.9", "x" * 64, "...", "-", "health"])
    def test_the_id_is_that_of_the_client_when_it_is_valid(self, api: Api, user_id: str) -> None:
        assert api("create-user", body={**JOHN, "userId": user_id}).json["user"]["userId"] == user_id
        assert api("get-user", user_id=user_id).status == 200

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"email": "other@example.com"}, "user-exists"),
            ({}, "user-exists"),
            *(
                ({"userId": "456", "email": email}, "email-taken")
                for email in ("john@example.com", "JOHN@EXAMPLE.com")
            ),
        ],
    )
    def test_conflict_when_id_or_address_is_taken(
        self, api: Api, change: dict[str, str], problem: str
    ) -> None:
        created = api("create-user", body={**JOHN, "email": "John@Example.COM"}).json["user"]
        response = api("create-user", body={**JOHN, **change})
        assert (response.status, response.problem) == (409, problem)
        assert "ETag" not in response.headers
        assert api("list-users").json == {"users": [created]}


class TestInvalidUser:
    """Values that violate the contract are refused, field by field."""

    @pytest.mark.parametrize(
        ("field", "value"), [(field, value) for field, values in WRONG.items() for value in values]
    )
    def test_refused_when_a_field_is_missing_or_not_allowed(
        self, api: Api, items: Items, field: str, value: object
    ) -> None:
        body = {name: given for name, given in {**JOHN, field: value}.items() if given is not MISSING}
        response = api("create-user", body=body)
        assert (response.status, response.problem, response.fields) == (400, "validation", {field})
        assert items("UsersTable") == items("UserEmailsTable") == []

    def test_names_every_field_but_no_value_when_several_are_wrong(self, api: Api) -> None:
        body = {"userId": "a b", "name": "Secret\x00", "email": "secret.person@", "age": 3}
        response = api("create-user", body=body)
        assert response.fields == {"userId", "name", "email", "age"}
        assert "secret" not in response.text.lower()
