"""GET of one user: by path, by query string, by address."""

from typing import Any

import pytest

from tests.helpers.events import API_EVENTS, changed_event, load_event
from tests.helpers.responses import Api, check_user
from tests.helpers.wire import Wire

# In all values, "1" stands for the current tag.
CURRENT = ['"1"', 'W/"1"', "*", ' "1" ', '"0", "1"', '"x","1"', 'W/"9" , W/"1"', '"a,b", "1"']
OTHER = ['"2"', '"\u0100"', '"11"', 'W/"2"', '"01"', '""', '"1-"']
WITH_QUERY = {"list-users", "get-user-by-query", "find-user-by-email", "delete-user-by-query"}
MALFORMED = ["1", "", "'1'", '"1', '"1" "2"', 'w/"1"', '"1",', '"1 2"']


def named(name: str) -> dict[str, str]:
    """The parameters of an event's path and query string."""
    event = load_event(name)
    return (event["pathParameters"] or {}) | (event["queryStringParameters"] or {})


@pytest.mark.parametrize("form", ["get-user", "get-user-by-query"])
class TestGetUser:
    """Both forms give the same user."""

    def test_200_with_the_user_as_last_written(self, api: Api, form: str) -> None:
        responses = [api("create-user")]
        for version in range(2, 5):
            responses.append(api("update-user", body={"name": f"Name {version}"}))
            response = api(form)
            assert (response.status, response.json) == (200, responses[-1].json["user"])
            assert response.headers["ETag"] == responses[-1].headers["ETag"]
            check_user(response.json)
        assert len({response.headers["ETag"] for response in responses}) == 4

    @pytest.mark.parametrize("tags", [None, "*"])
    def test_not_found_when_there_is_none(self, api: Api, form: str, tags: str | None) -> None:
        response = api(form, headers={"If-None-Match": tags})
        assert (response.status, response.problem) == (404, "user-not-found")
        assert "ETag" not in response.headers

    @pytest.mark.parametrize(
        ("tags", "status"), [*((one, 304) for one in CURRENT), *((one, 200) for one in OTHER)]
    )
    def test_not_modified_when_the_client_has_this_version(
        self, api: Api, form: str, tags: str, status: int
    ) -> None:
        tag = api("create-user").headers["ETag"]
        response = api(form, headers={"If-None-Match": tags.replace('"1"', tag)})
        assert (response.status, response.headers["ETag"]) == (status, tag)

    @pytest.mark.parametrize("tags", MALFORMED)
    def test_refused_when_if_none_match_is_malformed(self, api: Api, form: str, tags: str) -> None:
        api("create-user")
        response = api(form, headers={"If-None-Match": tags})
        assert (response.status, response.fields) == (400, {"If-None-Match"})


@pytest.mark.parametrize("user_id", ["a b", "ä", "x" * 65, "a/b", "%20", "..", "\ud800", "a\n"])
@pytest.mark.parametrize("name", [name for name in API_EVENTS if "userId" in named(name)])
def test_refused_when_the_user_id_is_not_valid(api: Api, name: str, user_id: str) -> None:
    """In path and query string."""
    given: Any = {"query": {"userId": user_id}} if name.endswith("by-query") else {"user_id": user_id}
    response = api(name, **given)
    assert (response.status, response.fields) == (400, {"userId"})


class TestFindByEmail:
    """The address finds its current owner."""

    @pytest.mark.parametrize("email", ["john@example.com", "JOHN@example.com", "john@EXAMPLE.COM"])
    def test_one_user_when_the_address_is_taken(self, api: Api, email: str) -> None:
        created = api("create-user").json["user"]
        response = api("find-user-by-email", query={"email": email})
        assert (response.status, response.json) == (200, {"users": [created]})
        assert "ETag" not in response.headers

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
        response = api("find-user-by-email", query={"email": email})
        assert (response.status, response.fields) == (400, {"email"})
        assert not email or email not in response.text


class TestQueryString:
    """A query string asks for one thing, once."""

    @pytest.mark.parametrize(
        ("query", "fields"),
        [
            *(({name: ["1", "2"]}, {name}) for name in ("userId", "email", "limit")),
            *(
                ({"userId": "1", name: value}, {name})
                for name, value in [("email", "a@b.co"), ("limit", "5"), ("cursor", "MTox")]
            ),
            *(
                ({"email": "a@b.co", name: value}, {name})
                for name, value in [("limit", "5"), ("cursor", "MTox")]
            ),
            *(({"user_id": "1"}, {"user_id"}), ({"UserId": "1"}, {"UserId"})),
            ({"page": "2", "sort": "name"}, {"page", "sort"}),
        ],
    )
    def test_refused_when_it_asks_for_more(
        self, api: Api, query: dict[str, str | list[str]], fields: set[str]
    ) -> None:
        response = api("list-users", query=query)
        assert (response.status, response.fields) == (400, fields)

    @pytest.mark.parametrize("name", sorted(set(API_EVENTS) - WITH_QUERY))
    def test_refused_without_a_call_when_the_operation_has_none(
        self, api: Api, wire: Wire, name: str
    ) -> None:
        response = api(name, query={"userId": "123"})
        assert (response.status, response.fields, wire.calls) == (400, {"userId"}, [])

    def test_read_when_the_event_has_only_single_values(self, api: Api) -> None:
        event = changed_event("get-user-by-query")
        del event["multiValueQueryStringParameters"], event["multiValueHeaders"]
        event["headers"]["if-none-match"] = api("create-user").headers["ETag"]
        assert api.send(event).status == 304
