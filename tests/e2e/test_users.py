"""The life of a user over HTTP, through API Gateway, Lambda and DynamoDB."""

import uuid
from collections.abc import Callable
from datetime import datetime

import httpx
import pytest

type NewUser = Callable[[], dict[str, str]]

NOT_UTF_8 = '{"name":"José","email":"jose@example.com"}'.encode("latin-1")
BODIES = [
    *(
        (content, "application/json", 400)
        for content in (b"{", b"[]", b"\xff\xfe", NOT_UTF_8, b'{"name":"x"}', b"[" * 60000)
    ),
    (b"name=x", "application/x-www-form-urlencoded", 415),
    (b'{"name":"' + b"x" * 65536 + b'"}', "application/json", 413),
]


def test_the_documented_calls(api: httpx.Client) -> None:
    """The first calls in the documentation, exactly as documented."""
    api.delete("/users?userId=123")
    created = api.post("/users", json={"userId": "123", "name": "John Doe", "email": "john@example.com"})
    assert (created.status_code, created.json()["message"]) == (201, "User created successfully")
    assert created.headers["location"].endswith("/users/123")
    read = api.get("/users?userId=123")
    assert read.status_code == 200
    assert (read.json(), read.headers["etag"]) == (created.json()["user"], created.headers["etag"])
    jane = {"userId": "123", "name": "Jane Doe", "email": "jane@example.com"}
    replaced = api.put("/users", json=jane)
    assert (replaced.status_code, replaced.json()["message"]) == (200, "User updated successfully")
    changed = {**jane, "version": 2, "updatedAt": replaced.json()["user"]["updatedAt"]}
    assert replaced.json()["user"] == read.json() | changed
    deleted = api.delete("/users?userId=123")
    assert (deleted.status_code, deleted.json()) == (200, {"message": "User deleted successfully"})
    assert api.get("/users?userId=123").status_code == 404


class TestUser:
    """One user from creation to deletion."""

    def test_read_as_written(self, api: httpx.Client, new_user: NewUser) -> None:
        name = "Zoë 😀 Łukasz \u200d 山田 Ολγα"
        body = new_user()
        user = api.post("/users", json=body | {"name": f"  {name}\u3000"}).json()["user"]
        times = {"createdAt": user["createdAt"], "updatedAt": user["createdAt"]}
        assert user == body | times | {"name": name, "version": 1}
        assert datetime.strptime(user["createdAt"], "%Y-%m-%dT%H:%M:%S.%f%z").microsecond % 1000 == 0
        read = api.get(f"/users/{body['userId']}")
        assert read.json() == user
        tag = read.headers["etag"]
        again = api.get(f"/users/{body['userId']}", headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)

    def test_gets_an_id_when_the_client_sends_none(self, api: httpx.Client, new_user: NewUser) -> None:
        body = new_user()
        del body["userId"]
        created = api.post("/users", json=body)
        user_id = uuid.UUID(created.json()["user"]["userId"])
        assert user_id.version == 7
        assert created.headers["location"].endswith(f"/users/{user_id}")

    def test_the_address_finds_the_user_and_is_free_after_a_deletion(
        self, api: httpx.Client, existing_user: dict[str, str], new_user: NewUser
    ) -> None:
        response = api.get("/users", params={"email": existing_user["email"].title()})
        assert [user["userId"] for user in response.json()["users"]] == [existing_user["userId"]]
        assert api.delete(f"/users/{existing_user['userId']}").status_code == 200
        created = api.post("/users", json=new_user() | {"email": existing_user["email"].upper()})
        assert (created.status_code, created.json()["user"]["email"]) == (201, existing_user["email"])


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_list_each_user_once(api: httpx.Client, new_user: NewUser, limit: int) -> None:
    """Whatever the limit."""
    created = [api.post("/users", json=new_user()).json()["user"]["userId"] for _ in range(3)]
    page = api.get("/users", params={"limit": limit}).json()
    pages = [page["users"]]
    while "nextCursor" in page:
        page = api.get("/users", params={"limit": limit, "cursor": page["nextCursor"]}).json()
        pages.append(page["users"])
    assert max(map(len, pages)) <= limit
    seen = [user["userId"] for page in pages for user in page]
    assert len(seen) == len(set(seen))
    assert set(created) <= set(seen)


@pytest.mark.parametrize(("content", "content_type", "status"), BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_not_valid_is_refused(
    api: httpx.Client, content: bytes, content_type: str, status: int
) -> None:
    """As a problem, whatever it is."""
    response = api.post("/users", content=content, headers={"Content-Type": content_type})
    assert response.status_code == response.json()["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
