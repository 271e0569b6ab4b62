"""PUT: by path and by body."""

from typing import Any

import pytest

from tests.helpers.answers import Answer, Api, check_user
from tests.integration.tables import Items, check_no_orphans

JANE = {"name": "Jane Doe", "email": "jane@example.com"}


@pytest.fixture(params=["replace-user", "replace-user-in-body"])
def form(request: pytest.FixtureRequest) -> str:
    """Both forms of the request."""
    name: str = request.param
    return name


def replace(api: Api, form: str, body: dict[str, Any], **headers: str | None) -> Answer:
    """The answer to a PUT of user 123; the body names the user only where the path does not."""
    named = body if form == "replace-user" else {"userId": "123", **body}
    return api(form, body=named, headers={"If-Match": None, **headers})


class TestReplaceUser:
    """Name and address get new values, in a new version."""

    def test_answers_200_with_the_new_values_when_the_user_exists(self, api: Api, form: str) -> None:
        created = api("create-user").json["user"]
        answer = api(form)
        assert answer.status == 200
        assert set(answer.json) == {"message", "user"}
        assert answer.json["message"] == "User updated successfully"
        user = answer.json["user"]
        check_user(user)
        assert user.items() >= {**JANE, "userId": "123", "version": 2}.items()
        assert user["createdAt"] == created["createdAt"]
        assert "Location" not in answer.headers
        read = api("get-user")
        assert (read.json, read.headers["ETag"]) == (user, answer.headers["ETag"])

    def test_the_version_rises_by_one_with_each_change(self, api: Api, form: str) -> None:
        api("create-user")
        for version, email in enumerate(["a@example.com", "a@example.com", "b@example.com"], start=2):
            answer = replace(api, form, {"name": "Same", "email": email})
            assert answer.json["user"]["version"] == version

    def test_never_creates_when_there_is_no_user(self, api: Api, items: Items, form: str) -> None:
        answer = api(form)
        assert (answer.status, answer.problem) == (404, "user-not-found")
        assert items("UsersTable") == items("UserEmailsTable") == []

    def test_conflict_when_another_user_has_the_address(self, api: Api, items: Items, form: str) -> None:
        created = api("create-user").json["user"]
        api("create-user", body={"userId": "2", "name": "Two", "email": "two@example.com"})
        answer = replace(api, form, {"name": "Renamed", "email": "Two@Example.com"})
        assert (answer.status, answer.problem) == (409, "email-taken")
        assert api("get-user").json == created
        check_no_orphans(items)

    def test_frees_the_old_address_when_it_changes(self, api: Api, items: Items, form: str) -> None:
        api("create-user")
        api(form)
        check_no_orphans(items)
        answer = api("create-user", body={"userId": "2", "name": "Two", "email": "john@example.com"})
        assert answer.status == 201
        check_no_orphans(items)

    def test_two_users_swap_addresses_when_a_third_address_helps(self, api: Api, items: Items) -> None:
        api("create-user")
        api("create-user", body={"userId": "2", "name": "Two", "email": "two@example.com"})
        for user_id, email in [("123", "three"), ("2", "john"), ("123", "two")]:
            assert api("update-user", user_id=user_id, body={"email": f"{email}@example.com"}).status == 200
        assert api("get-user").json["email"] == "two@example.com"
        check_no_orphans(items)

    @pytest.mark.parametrize("email", ["john@example.com", "JOHN@example.com"])
    def test_keeps_the_address_when_it_is_the_same(
        self, api: Api, items: Items, form: str, email: str
    ) -> None:
        api("create-user")
        answer = replace(api, form, {"name": "Renamed", "email": email})
        assert (answer.status, answer.json["user"]["email"]) == (200, "john@example.com")
        check_no_orphans(items)

    @pytest.mark.parametrize("field", ["name", "email"])
    def test_refused_when_a_field_is_missing(self, api: Api, form: str, field: str) -> None:
        created = api("create-user").json["user"]
        answer = replace(api, form, {name: value for name, value in JANE.items() if name != field})
        assert (answer.status, answer.fields) == (400, {field})
        assert api("get-user").json == created

    @pytest.mark.parametrize(
        "wrong",
        [{"name": None}, {"email": None}, {"name": ""}, {"email": "x"}, {"version": 1}, {"userId": 1}],
    )
    def test_refused_when_a_field_is_wrong(self, api: Api, form: str, wrong: dict[str, Any]) -> None:
        answer = replace(api, form, {**JANE, **wrong})
        assert (answer.status, answer.fields) == (400, set(wrong))


class TestWhoIsReplaced:
    """The path names the user, or else the body."""

    @pytest.mark.parametrize("body", [JANE, {**JANE, "userId": None}])
    def test_refused_when_neither_names_the_user(self, api: Api, body: dict[str, Any]) -> None:
        answer = api("replace-user-in-body", body=body)
        assert (answer.status, answer.problem, answer.fields) == (400, "validation", {"userId"})

    def test_accepted_when_both_name_the_same_user(self, api: Api) -> None:
        api("create-user")
        assert api("replace-user", body={**JANE, "userId": "123"}).status == 200

    def test_unprocessable_when_they_name_different_users(self, api: Api) -> None:
        created = api("create-user").json["user"]
        answer = api("replace-user", body={**JANE, "userId": "456"})
        assert (answer.status, answer.problem) == (422, "user-id-mismatch")
        assert api("get-user").json == created

    def test_refused_when_the_query_string_names_the_user(self, api: Api) -> None:
        answer = api("replace-user-in-body", query={"userId": "123"})
        assert (answer.status, answer.fields) == (400, {"userId"})

    @pytest.mark.parametrize("user_id", ["a b", "ä", ".."])
    def test_refused_when_the_user_id_is_out_of_the_contract(self, api: Api, user_id: str) -> None:
        for answer in (
            api("replace-user", user_id=user_id),
            api("replace-user-in-body", body={**JANE, "userId": user_id}),
            api("update-user", user_id=user_id),
        ):
            assert (answer.status, answer.fields) == (400, {"userId"})
