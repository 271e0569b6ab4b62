"""POST /users."""

import re
import uuid
from typing import Any

import pytest

from tests.helpers.answers import Api, check_user
from tests.integration.tables import Items, check_no_orphans

JOHN = {"userId": "123", "name": "John Doe", "email": "john@example.com"}
LONG_EMAIL = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.example.com"
WRONG: dict[str, list[Any]] = {
    "userId": [None, "", "x" * 65, "a b", "a/b", "\xe4", ".", "..", "a\n", 5, True, []],
    "name": [
        None,
        "",
        "   ",
        "x" * 101,
        "a\nb",
        "a\0b",
        "a\x7fb",
        "a\u2028b",
        "\ud800",
        1,
        True,
        [],
        {},
        ["John"],
    ],
    "email": [None, "", 7, "john", "john@", "@example.com", "a b@example.com", "a@example.com\n", LONG_EMAIL],
}


class TestCreateUser:
    """A user is created once, under an id and an address that nobody else has."""

    def test_answers_201_with_the_user_when_nobody_has_id_or_address(self, api: Api) -> None:
        answer = api("create-user")
        assert answer.status == 201
        assert set(answer.json) == {"message", "user"}
        assert answer.json["message"] == "User created successfully"
        user = answer.json["user"]
        check_user(user)
        assert user.items() >= {**JOHN, "version": 1}.items()
        assert user["createdAt"] == user["updatedAt"]
        assert re.fullmatch('"[0-9a-f]{32}"', answer.headers["ETag"])
        assert answer.headers["Location"] == "/dev/users/123"
        assert "Idempotency-Replayed" not in answer.headers

    def test_the_user_can_be_read_when_created(self, api: Api) -> None:
        created = api("create-user").json["user"]
        assert api("get-user").json == created

    def test_generates_a_uuid_version_7_when_no_user_id_is_given(self, api: Api) -> None:
        answer = api("create-user", body={"name": "John Doe", "email": "john@example.com"})
        user_id = answer.json["user"]["userId"]
        assert uuid.UUID(user_id).version == 7
        assert str(uuid.UUID(user_id)) == user_id
        assert answer.headers["Location"] == f"/dev/users/{user_id}"

    def test_generated_ids_differ_when_users_do(self, api: Api) -> None:
        bodies = [{"name": "N", "email": f"n{i}@example.com"} for i in range(3)]
        assert len({api("create-user", body=body).json["user"]["userId"] for body in bodies}) == 3

    def test_keeps_lower_case_when_the_address_has_capitals(self, api: Api) -> None:
        answer = api("create-user", body={**JOHN, "email": "John.DOE@Example.COM"})
        assert answer.json["user"]["email"] == "john.doe@example.com"

    @pytest.mark.parametrize(
        "name", ["Zoë Łukasz-Ñandú", "王小明", "👩‍👩‍👧 Doe", 'O\'Brien "Bob" <b>', "x" * 100, "é"]
    )
    def test_keeps_the_name_when_it_is_unicode(self, api: Api, name: str) -> None:
        assert api("create-user", body={**JOHN, "name": name}).json["user"]["name"] == name
        assert api("get-user").json["name"] == name

    def test_trims_when_the_name_has_spaces_around_it(self, api: Api) -> None:
        body = {**JOHN, "name": "  John   Doe\u3000 "}
        assert api("create-user", body=body).json["user"]["name"] == "John   Doe"

    @pytest.mark.parametrize("user_id", ["a", "A-Z_0.9", "x" * 64, "...", "-", "health"])
    def test_takes_the_user_id_when_it_is_allowed(self, api: Api, user_id: str) -> None:
        assert api("create-user", body={**JOHN, "userId": user_id}).json["user"]["userId"] == user_id
        assert api("get-user", user_id=user_id).status == 200


class TestTaken:
    """A user id and an address have one owner."""

    def test_conflict_when_the_user_id_is_taken(self, api: Api, items: Items) -> None:
        api("create-user")
        answer = api("create-user", body={**JOHN, "email": "other@example.com"})
        assert (answer.status, answer.problem) == (409, "user-exists")
        assert "ETag" not in answer.headers
        check_no_orphans(items)

    @pytest.mark.parametrize("email", ["john@example.com", "JOHN@EXAMPLE.COM", "john@EXAMPLE.com"])
    def test_conflict_when_the_address_is_taken(self, api: Api, items: Items, email: str) -> None:
        api("create-user")
        answer = api("create-user", body={**JOHN, "userId": "456", "email": email})
        assert (answer.status, answer.problem) == (409, "email-taken")
        assert api("get-user", user_id="456").status == 404
        check_no_orphans(items)

    def test_conflict_when_the_same_request_comes_again(self, api: Api) -> None:
        first = api("create-user").json["user"]
        assert api("create-user").status == 409
        assert api("get-user").json == first


class TestInvalidUser:
    """What the contract does not allow is refused, field by field."""

    @pytest.mark.parametrize(
        ("field", "value"), [(field, value) for field, values in WRONG.items() for value in values]
    )
    def test_refused_when_a_field_is_not_allowed(
        self, api: Api, items: Items, field: str, value: object
    ) -> None:
        answer = api("create-user", body={**JOHN, field: value})
        assert (answer.status, answer.problem, answer.fields) == (400, "validation", {field})
        assert items("UsersTable") == items("UserEmailsTable") == []

    @pytest.mark.parametrize("field", ["name", "email"])
    def test_refused_when_a_field_is_missing(self, api: Api, field: str) -> None:
        answer = api("create-user", body={name: value for name, value in JOHN.items() if name != field})
        assert (answer.status, answer.problem, answer.fields) == (400, "validation", {field})

    @pytest.mark.parametrize("field", ["version", "createdAt", "user_id", "Name", "__class__", "avatar"])
    def test_refused_when_a_field_is_unknown(self, api: Api, field: str) -> None:
        answer = api("create-user", body={**JOHN, field: "1"})
        assert (answer.status, answer.fields) == (400, {field})

    def test_names_every_field_when_several_are_wrong(self, api: Api) -> None:
        answer = api("create-user", body={"userId": "a b", "name": "", "email": "x", "age": 3})
        assert answer.fields == {"userId", "name", "email", "age"}

    def test_does_not_echo_values_when_it_refuses_them(self, api: Api) -> None:
        answer = api("create-user", body={**JOHN, "email": "secret.person@", "name": "Secret\x00"})
        assert not re.search("secret", answer.text, re.IGNORECASE)

    def test_refused_when_the_query_string_holds_anything(self, api: Api) -> None:
        answer = api("create-user", query={"userId": "123"})
        assert (answer.status, answer.fields) == (400, {"userId"})
