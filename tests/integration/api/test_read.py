"""GET of one user: by path, by query string, by address."""

import pytest

from tests.helpers.answers import Api, check_user
from tests.helpers.events import changed_event

BOTH_FORMS = ["get-user", "get-user-by-query"]


@pytest.mark.parametrize("form", BOTH_FORMS)
class TestGetUser:
    """Both forms give the same user."""

    def test_answers_200_with_the_user_when_there_is_one(self, api: Api, form: str) -> None:
        created = api("create-user")
        answer = api(form)
        assert (answer.status, answer.json) == (200, created.json["user"])
        check_user(answer.json)
        assert answer.headers["ETag"] == created.headers["ETag"]

    def test_reads_its_own_writes_when_the_user_has_changed(self, api: Api, form: str) -> None:
        tags = [api("create-user").headers["ETag"]]
        for version in range(2, 5):
            tags.append(api("update-user", body={"name": f"Name {version}"}).headers["ETag"])
            answer = api(form)
            assert (answer.json["name"], answer.headers["ETag"]) == (f"Name {version}", tags[-1])
        assert len(set(tags)) == 4

    def test_not_found_when_there_is_none(self, api: Api, form: str) -> None:
        answer = api(form)
        assert (answer.status, answer.problem) == (404, "user-not-found")
        assert "ETag" not in answer.headers

    @pytest.mark.parametrize(
        "tags", ['"1"', 'W/"1"', "*", ' "1" ', '"0", "1"', '"x","1"', 'W/"9" , W/"1"', '"a,b", "1"']
    )
    def test_not_modified_when_the_client_has_this_version(self, api: Api, form: str, tags: str) -> None:
        tag = api("create-user").headers["ETag"]
        answer = api(form, headers={"If-None-Match": tags.replace('"1"', tag)})
        assert (answer.status, answer.headers["ETag"]) == (304, tag)

    @pytest.mark.parametrize(
        "tags", ['"2"', '"\u0100"', '"11"', 'W/"2"', '"01"', '""', '"1 "'.replace(" ", "-")]
    )
    def test_answers_200_when_the_client_has_another_version(self, api: Api, form: str, tags: str) -> None:
        api("create-user")
        assert api(form, headers={"If-None-Match": tags}).status == 200

    def test_not_found_when_there_is_none_for_any_version(self, api: Api, form: str) -> None:
        assert api(form, headers={"If-None-Match": "*"}).status == 404

    @pytest.mark.parametrize("tags", ["1", "", "'1'", '"1', '"1" "2"', 'w/"1"', '"1",', '"1 2"'])
    def test_refused_when_if_none_match_is_malformed(self, api: Api, form: str, tags: str) -> None:
        api("create-user")
        answer = api(form, headers={"If-None-Match": tags})
        assert (answer.status, answer.fields) == (400, {"If-None-Match"})


class TestUserIdOutOfTheContract:
    """A user id that nobody can have is refused."""

    @pytest.mark.parametrize("user_id", ["a b", "ä", "x" * 65, "a/b", "%20", "..", "\ud800", "a\n"])
    def test_refused_in_either_form(self, api: Api, user_id: str) -> None:
        for answer in (
            api("get-user", user_id=user_id),
            api("get-user-by-query", query={"userId": user_id}),
        ):
            assert (answer.status, answer.fields) == (400, {"userId"})


class TestFindByEmail:
    """The address finds its owner, whoever that is now."""

    @pytest.mark.parametrize("email", ["john@example.com", "JOHN@example.com", "john@EXAMPLE.COM"])
    def test_one_user_when_the_address_is_taken(self, api: Api, email: str) -> None:
        created = api("create-user").json["user"]
        answer = api("find-user-by-email", query={"email": email})
        assert (answer.status, answer.json) == (200, {"users": [created]})
        assert "ETag" not in answer.headers

    def test_no_user_when_the_address_is_free(self, api: Api) -> None:
        answer = api("find-user-by-email")
        assert (answer.status, answer.json) == (200, {"users": []})

    def test_the_new_owner_when_the_address_has_moved(self, api: Api) -> None:
        api("create-user")
        api("replace-user-in-body")
        assert api("find-user-by-email").json == {"users": []}
        second = api("create-user", body={"userId": "2", "name": "B", "email": "john@example.com"})
        assert api("find-user-by-email").json == {"users": [second.json["user"]]}

    @pytest.mark.parametrize(
        "email", ["", "john", "a b@example.com", "x" * 250 + "@example.com", "\ud800@a.com"]
    )
    def test_refused_when_it_is_no_address(self, api: Api, email: str) -> None:
        answer = api("find-user-by-email", query={"email": email})
        assert (answer.status, answer.fields) == (400, {"email"})
        assert not email or email not in answer.text


class TestQueryString:
    """A query string asks for one thing, once."""

    @pytest.mark.parametrize(
        ("query", "fields"),
        [
            ({"userId": ["1", "2"]}, {"userId"}),
            ({"email": ["a@b.co", "a@b.co"]}, {"email"}),
            ({"limit": ["1", "2"]}, {"limit"}),
            ({"userId": "1", "email": "a@example.com"}, {"email"}),
            ({"userId": "1", "limit": "5"}, {"limit"}),
            ({"email": "a@example.com", "cursor": "x"}, {"cursor"}),
            ({"user_id": "1"}, {"user_id"}),
            ({"USERID": "1"}, {"USERID"}),
            ({"page": "2", "sort": "name"}, {"page", "sort"}),
        ],
    )
    def test_refused_when_it_asks_for_more(
        self, api: Api, query: dict[str, str | list[str]], fields: set[str]
    ) -> None:
        answer = api("list-users", query=query)
        assert (answer.status, answer.fields) == (400, fields)

    @pytest.mark.parametrize("name", ["get-user", "replace-user", "update-user", "delete-user", "health"])
    def test_refused_when_the_path_says_it_all(self, api: Api, name: str) -> None:
        answer = api(name, query={"verbose": "1"})
        assert (answer.status, answer.fields) == (400, {"verbose"})

    def test_read_when_the_event_holds_only_single_values(self, api: Api) -> None:
        event = changed_event("get-user-by-query")
        del event["multiValueQueryStringParameters"], event["multiValueHeaders"]
        event["headers"]["if-none-match"] = api("create-user").headers["ETag"]
        assert api.send(event).status == 304
