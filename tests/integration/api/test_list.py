"""GET /users: pages."""

import base64
from typing import Any

import pytest

from tests.helpers.answers import Answer, Api, check_user
from tests.helpers.events import changed_event


@pytest.fixture
def sixty(api: Api) -> list[dict[str, Any]]:
    """Sixty users."""
    bodies = ({"userId": f"u{i}", "name": f"User {i}", "email": f"u{i}@example.com"} for i in range(60))
    return [api("create-user", body=body).json["user"] for body in bodies]


def walk(api: Api, **query: str) -> list[Answer]:
    """Every page."""
    pages = [api("list-users", query=query)]
    while (cursor := pages[-1].json.get("nextCursor")) is not None:
        pages.append(api("list-users", query={**query, "cursor": cursor}))
    return pages


def listed(pages: list[Answer]) -> list[dict[str, Any]]:
    """The users of the pages."""
    return [user for page in pages for user in page.json["users"]]


class TestListUsers:
    """Page by page, every user is seen exactly once."""

    def test_each_user_is_on_one_page_when_there_are_several(
        self, api: Api, sixty: list[dict[str, Any]]
    ) -> None:
        pages = walk(api, limit="25")
        assert [len(page.json["users"]) for page in pages] == [25, 25, 10]
        assert sorted(listed(pages), key=str) == sorted(sixty, key=str)
        for page in pages:
            assert page.status == 200
            assert set(page.json) <= {"users", "nextCursor"}
            assert "ETag" not in page.headers
        check_user(pages[0].json["users"][0])

    def test_a_page_holds_25_when_no_limit_is_given(self, api: Api, sixty: list[dict[str, Any]]) -> None:
        event = changed_event("list-users") | {
            "multiValueQueryStringParameters": None,
            "queryStringParameters": None,
        }
        answer = api.send(event)
        assert len(answer.json["users"]) == 25
        assert len(sixty) > 25
        assert answer.json["nextCursor"]

    @pytest.mark.parametrize(("limit", "pages"), [("100", 1), ("30", 2), ("60", 1), ("7", 9)])
    def test_all_users_are_listed_whatever_the_limit(
        self, api: Api, sixty: list[dict[str, Any]], limit: str, pages: int
    ) -> None:
        answers = walk(api, limit=limit)
        assert {user["userId"] for user in listed(answers)} == {user["userId"] for user in sixty}
        assert len(listed(answers)) == 60
        # A full last page may point to an empty one: DynamoDB cannot know that nothing follows.
        assert pages <= len(answers) <= pages + 1
        assert "nextCursor" not in answers[-1].json

    def test_goes_on_when_the_last_user_of_the_page_is_gone(
        self, api: Api, sixty: list[dict[str, Any]]
    ) -> None:
        first = api("list-users", query={"limit": "25"})
        api("delete-user", user_id=first.json["users"][-1]["userId"])
        rest = api("list-users", query={"limit": "100", "cursor": first.json["nextCursor"]})
        assert len(rest.json["users"]) == len(sixty) - 25

    def test_empty_page_when_there_are_no_users(self, api: Api) -> None:
        assert api("list-users").json == {"users": []}

    def test_the_cursor_needs_no_encoding_in_a_url(self, api: Api, sixty: list[dict[str, Any]]) -> None:
        cursors = {page.json.get("nextCursor", "") for page in walk(api, limit="1")}
        assert len(cursors) == len(sixty)
        assert all(set(cursor) <= set(b"-_".decode()) | set(map(chr, range(48, 123))) for cursor in cursors)
        assert not any(set(cursor) & set("=+/&?%") for cursor in cursors)


class TestBadPage:
    """A limit or a cursor out of the contract is refused."""

    @pytest.mark.parametrize(
        "limit", ["0", "101", "-1", "", " 5", "5.0", "1e1", "ten", "+5", "\u0665", "1" * 5000, "0x5", "²"]
    )
    def test_refused_when_the_limit_is_not_from_1_to_100(self, api: Api, limit: str) -> None:
        answer = api("list-users", query={"limit": limit})
        assert (answer.status, answer.problem, answer.fields) == (400, "validation", {"limit"})

    @pytest.mark.parametrize("limit", ["1", "100"])
    def test_accepted_when_the_limit_is_at_its_bounds(self, api: Api, limit: str) -> None:
        assert api("list-users", query={"limit": limit}).status == 200

    @pytest.mark.parametrize(
        "cursor",
        [
            "",
            "x",
            "!!!!",
            "MTp1MQ==",
            "MTp1MR",
            "dTE",
            "MTo",
            "Mjp1MQ",
            base64.urlsafe_b64encode(b"1:" + b"x" * 2049).decode().rstrip("="),
            base64.urlsafe_b64encode(b"1:\xe4").decode().rstrip("="),
            "MTp1MQ\n",
            "é",
            "\ud800",
            "A" * 9999,
        ],
    )
    def test_refused_when_the_cursor_is_not_ours(self, api: Api, cursor: str) -> None:
        answer = api("list-users", query={"cursor": cursor})
        assert (answer.status, answer.problem, answer.fields) == (400, "validation", {"cursor"})

    def test_refused_when_a_cursor_was_tampered_with(self, api: Api, sixty: list[dict[str, Any]]) -> None:
        assert sixty
        cursor = api("list-users", query={"limit": "1"}).json["nextCursor"]
        inner = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        for other in (cursor + "=", cursor[:-1], base64.urlsafe_b64encode(b"9" + inner[1:]).decode()):
            assert api("list-users", query={"cursor": other}).status == 400


@pytest.mark.parametrize("form", ["list-users", "find-user-by-email"])
class TestIfNoneMatch:
    """A list has no tag, so that it is always sent; what is malformed is refused as everywhere."""

    @pytest.mark.parametrize("tags", ["*", '"1"', 'W/"1", "2"'])
    def test_does_not_matter_when_it_is_well_formed(self, api: Api, form: str, tags: str) -> None:
        assert api(form, headers={"If-None-Match": tags}).status == 200

    def test_is_refused_when_it_is_malformed(self, api: Api, form: str) -> None:
        answer = api(form, headers={"If-None-Match": "1"})
        assert (answer.status, answer.fields) == (400, {"If-None-Match"})
