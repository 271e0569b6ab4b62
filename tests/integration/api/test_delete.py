"""DELETE: by path and by query string."""

import pytest

from tests.helpers.answers import Api
from tests.helpers.events import changed_event
from tests.integration.tables import Items


class TestDeleteUser:
    """The user goes, and the address is free."""

    @pytest.mark.parametrize("form", ["delete-user", "delete-user-by-query"])
    def test_answers_200_when_the_user_exists(self, api: Api, items: Items, form: str) -> None:
        api("create-user")
        answer = api(form)
        assert (answer.status, answer.json) == (200, {"message": "User deleted successfully"})
        assert "ETag" not in answer.headers
        assert api("get-user").status == 404
        assert items("UsersTable") == items("UserEmailsTable") == []

    @pytest.mark.parametrize("form", ["delete-user", "delete-user-by-query"])
    def test_not_found_when_the_user_is_gone(self, api: Api, form: str) -> None:
        api("create-user")
        api(form)
        answer = api(form)
        assert (answer.status, answer.problem) == (404, "user-not-found")

    def test_frees_the_address_and_the_user_id(self, api: Api) -> None:
        api("create-user")
        api("replace-user-in-body")
        api("delete-user")
        answer = api("create-user", body={"userId": "123", "name": "New", "email": "jane@example.com"})
        assert (answer.status, answer.json["user"]["version"]) == (201, 1)

    def test_leaves_the_others_when_one_goes(self, api: Api) -> None:
        other = api("create-user", body={"userId": "2", "name": "Two", "email": "two@example.com"})
        api("create-user")
        api("delete-user")
        assert api("list-users").json["users"] == [other.json["user"]]

    @pytest.mark.parametrize("query", [{}, {"userId": ""}, {"userId": "a b"}, {"userId": ["1", "2"]}])
    def test_refused_when_the_query_string_names_no_user(
        self, api: Api, query: dict[str, str | list[str]]
    ) -> None:
        answer = api("delete-user-by-query", query=query)
        assert (answer.status, answer.problem, answer.fields) == (400, "validation", {"userId"})

    def test_refused_when_the_query_string_is_absent(self, api: Api) -> None:
        event = changed_event("delete-user-by-query")
        event["queryStringParameters"] = event["multiValueQueryStringParameters"] = None
        assert api.send(event).fields == {"userId"}

    def test_refused_when_the_query_string_asks_for_more(self, api: Api) -> None:
        answer = api("delete-user-by-query", query={"userId": "123", "email": "john@example.com"})
        assert (answer.status, answer.fields) == (400, {"email"})

    def test_refused_when_the_path_names_no_possible_user(self, api: Api) -> None:
        answer = api("delete-user", user_id="a b")
        assert (answer.status, answer.fields) == (400, {"userId"})
