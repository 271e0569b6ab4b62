"""GET /users: pages."""

import base64
import re
from typing import Any

import pytest

from tests.helpers.events import changed_event
from tests.helpers.responses import Api, Response, check_user

LIMITS = [
    *("0", "101", "-1", "", " 5", "1 ", "5.0", "1e1", "ten", "+5", "0x5", "1_0", "1" * 5000),
    *("\u0665", "²"),
]
CURSORS = [
    *("", "x", "!!!!", "MTp1MQ==", "MTp1MR", "dTE", "MTo", "Mjp1MQ", "MTp1MQ\n", "é", "\ud800", "A" * 9999),
    *(base64.urlsafe_b64encode(b"1:" + rest).decode().rstrip("=") for rest in (b"x" * 2049, b"\xe4")),
]


@pytest.fixture
def sixty(api: Api) -> list[dict[str, Any]]:
    """Sixty users."""
    bodies = ({"userId": f"u{i}", "name": f"User {i}", "email": f"u{i}@example.com"} for i in range(60))
    return [api("create-user", body=body).json["user"] for body in bodies]


def walk(api: Api, **query: str) -> list[Response]:
    """Every page."""
    pages = [api("list-users", query=query)]
    while (cursor := pages[-1].json.get("nextCursor")) is not None:
        pages.append(api("list-users", query={**query, "cursor": cursor}))
    return pages


class TestListUsers:
    """Page by page, every user is seen exactly once."""

    @pytest.mark.parametrize(
        ("limit", "count"), [("100", 1), ("30", 2), ("60", 1), ("25", 3), ("7", 9), ("1", 60)]
    )
    def test_each_user_is_on_one_page(
        self, api: Api, sixty: list[dict[str, Any]], limit: str, count: int
    ) -> None:
        pages = walk(api, limit=limit)
        users = [user for page in pages for user in page.json["users"]]
        assert sorted(users, key=str) == sorted(sixty, key=str)
        assert {len(page.json["users"]) for page in pages[: 60 // int(limit)]} <= {int(limit)}
        # A full last page may point to an empty one: DynamoDB cannot know that nothing follows.
        assert count <= len(pages) <= count + 1
        check_user(users[0])
        for page in pages:
            assert page.status == 200
            assert set(page.json) <= {"users", "nextCursor"}
            assert "ETag" not in page.headers
            assert re.fullmatch(r"[\w-]*", page.json.get("nextCursor", ""), re.ASCII)

    def test_a_page_has_25_users_when_no_limit_is_given(self, api: Api, sixty: list[dict[str, Any]]) -> None:
        nothing = {"multiValueQueryStringParameters": None, "queryStringParameters": None}
        response = api.send(changed_event("list-users") | nothing)
        assert (len(response.json["users"]), len(sixty)) == (25, 60)
        assert response.json["nextCursor"]

    @pytest.mark.parametrize(
        ("name", "value"),
        [*(("limit", limit) for limit in LIMITS), *(("cursor", cursor) for cursor in CURSORS)],
    )
    def test_refused_when_limit_or_cursor_is_not_valid(self, api: Api, name: str, value: str) -> None:
        response = api("list-users", query={name: value})
        assert (response.status, response.problem, response.fields) == (400, "validation", {name})

    @pytest.mark.usefixtures("sixty")
    def test_refused_when_a_cursor_was_changed(self, api: Api) -> None:
        cursor = api("list-users", query={"limit": "1"}).json["nextCursor"]
        inner = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        for other in (cursor + "=", cursor[:-1], base64.urlsafe_b64encode(b"9" + inner[1:]).decode()):
            assert api("list-users", query={"cursor": other}).status == 400


@pytest.mark.parametrize("form", ["list-users", "find-user-by-email"])
@pytest.mark.parametrize(("tags", "status"), [("*", 200), ('"1"', 200), ('W/"1", "2"', 200), ("1", 400)])
def test_if_none_match_is_ignored_when_it_is_valid(api: Api, form: str, tags: str, status: int) -> None:
    """A list has no entity tag, and is always sent."""
    response = api(form, headers={"If-None-Match": tags})
    assert response.status == status
    assert status == 200 or response.fields == {"If-None-Match"}
