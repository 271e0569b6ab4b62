"""The life of a user over HTTP, through API Gateway, Lambda and DynamoDB."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime

import httpx
import pytest

from tools.local.stack import Stack

type NewUser = Callable[[], dict[str, str]]


class TestTheFourCalls:
    """The calls that everybody tries first, exactly as they are documented."""

    def test_create_read_replace_delete(self, api: httpx.Client) -> None:
        api.delete("/users?userId=123")

        created = api.post("/users", json={"userId": "123", "name": "John Doe", "email": "john@example.com"})
        assert created.status_code == 201
        assert created.json()["message"] == "User created successfully"
        assert created.headers["location"].endswith("/users/123")

        read = api.get("/users?userId=123")
        assert read.status_code == 200
        assert (read.json(), read.headers["etag"]) == (created.json()["user"], created.headers["etag"])

        replaced = api.put("/users", json={"userId": "123", "name": "Jane Doe", "email": "jane@example.com"})
        assert replaced.status_code == 200
        assert replaced.json()["message"] == "User updated successfully"
        assert replaced.json()["user"] == read.json() | {
            "name": "Jane Doe",
            "email": "jane@example.com",
            "version": 2,
            "updatedAt": replaced.json()["user"]["updatedAt"],
        }

        deleted = api.delete("/users?userId=123")
        assert (deleted.status_code, deleted.json()) == (200, {"message": "User deleted successfully"})
        assert api.get("/users?userId=123").status_code == 404


class TestUser:
    """One user from creation to deletion."""

    def test_is_read_as_written(self, api: httpx.Client, new_user: NewUser) -> None:
        body = new_user()
        user = api.post("/users", json=body).json()["user"]
        assert user == body | {
            "createdAt": user["createdAt"],
            "updatedAt": user["createdAt"],
            "version": 1,
        }
        assert datetime.strptime(user["createdAt"], "%Y-%m-%dT%H:%M:%S.%f%z").microsecond % 1000 == 0
        assert api.get(f"/users/{body['userId']}").json() == user

    def test_is_not_sent_again_when_the_client_has_it(
        self, api: httpx.Client, existing_user: dict[str, str]
    ) -> None:
        path = f"/users/{existing_user['userId']}"
        tag = api.get(path).headers["etag"]
        answer = api.get(path, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)

    def test_is_refused_when_its_bytes_are_not_utf_8(self, api: httpx.Client, new_user: NewUser) -> None:
        body = json.dumps(new_user() | {"name": "José"}, ensure_ascii=False).encode("latin-1")
        response = api.post("/users", content=body, headers={"Content-Type": "application/json"})
        assert (response.status_code, response.json()["type"]) == (400, "/problems/malformed-body")

    def test_has_any_name_that_people_have(self, api: httpx.Client, new_user: NewUser) -> None:
        name = "Zoë 😀 Łukasz \u200d 山田 Ολγα"
        body = new_user() | {"name": f"  {name}\u3000"}
        assert api.post("/users", json=body).json()["user"]["name"] == name
        assert api.get(f"/users/{body['userId']}").json()["name"] == name

    def test_gets_an_id_when_the_client_chose_none(self, api: httpx.Client, new_user: NewUser) -> None:
        body = new_user()
        del body["userId"]
        created = api.post("/users", json=body)
        user_id = uuid.UUID(created.json()["user"]["userId"])
        assert user_id.version == 7
        assert created.headers["location"].endswith(f"/users/{user_id}")

    def test_frees_the_address_when_deleted(
        self, api: httpx.Client, existing_user: dict[str, str], new_user: NewUser
    ) -> None:
        assert api.delete(f"/users/{existing_user['userId']}").status_code == 200
        heir = new_user() | {"email": existing_user["email"].upper()}
        created = api.post("/users", json=heir)
        assert created.status_code == 201
        assert created.json()["user"]["email"] == existing_user["email"]

    def test_is_found_by_address(self, api: httpx.Client, existing_user: dict[str, str]) -> None:
        answer = api.get("/users", params={"email": existing_user["email"].title()})
        assert [user["userId"] for user in answer.json()["users"]] == [existing_user["userId"]]


class TestPages:
    """The list of all users."""

    @pytest.mark.parametrize("limit", [1, 2, 100])
    def test_show_each_user_once(self, api: httpx.Client, new_user: NewUser, limit: int) -> None:
        created = [api.post("/users", json=new_user()).json()["user"]["userId"] for _ in range(3)]
        seen: list[str] = []
        parameters: dict[str, str | int] = {"limit": limit}
        while True:
            page = api.get("/users", params=parameters).json()
            assert len(page["users"]) <= limit
            seen += [user["userId"] for user in page["users"]]
            if "nextCursor" not in page:
                break
            parameters["cursor"] = page["nextCursor"]
        assert len(seen) == len(set(seen))
        assert set(created) <= set(seen)


class TestBody:
    """What is wrong with a body is said as a problem, whatever it is."""

    @pytest.mark.parametrize(
        ("content", "content_type", "status"),
        [
            (b"{", "application/json", 400),
            (b"[]", "application/json", 400),
            (b"\xff\xfe", "application/json", 400),
            (b'{"name":"x"}', "application/json", 400),
            (b"name=x", "application/x-www-form-urlencoded", 415),
            (b'{"name":"' + b"x" * 65536 + b'"}', "application/json", 413),
            (b"[" * 60000, "application/json", 400),
        ],
    )
    def test_that_is_wrong_is_refused(
        self, api: httpx.Client, content: bytes, content_type: str, status: int
    ) -> None:
        answer = api.post("/users", content=content, headers={"Content-Type": content_type})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status


class TestLogs:
    """The lines of one request share its id and tell nothing about people."""

    def test_hold_no_name_and_no_address(self, api: httpx.Client, new_user: NewUser, stack: Stack) -> None:
        body = new_user() | {"name": "Unmistakable Name"}
        created = api.post("/users", json=body)
        api.post("/users", json=body)
        api.get("/users", params={"email": body["email"]})
        logs = stack.aws.client("logs")
        group = stack.outputs()["UsersApiLogGroupName"]
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        lines = [event["message"] for page in pages for event in page["events"]]
        assert any(created.headers["x-request-id"] in line for line in lines)
        assert not any(body["email"] in line or "Unmistakable" in line for line in lines)
