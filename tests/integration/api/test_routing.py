"""Paths and methods that the API does not have, and what every answer carries."""

import gc
from typing import TYPE_CHECKING

import pytest

from tests.helpers.answers import Api
from tests.helpers.builders import NOON
from tests.helpers.events import API_EVENTS, Event, changed_event
from tests.integration.tables import AVATAR_KEY, avatar_repository

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ALLOWED = {
    "health": {"GET", "HEAD", "OPTIONS"},
    "list-users": {"GET", "POST", "PUT", "DELETE", "OPTIONS"},
    "get-user": {"GET", "PUT", "PATCH", "DELETE", "OPTIONS"},
    "create-avatar-upload": {"POST", "OPTIONS"},
    "get-avatar": {"GET", "OPTIONS"},
}
CREATED = {"create-user", "create-user-idempotent", "create-avatar-upload"}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "LINK"}


def with_method(name: str, method: str) -> Event:
    """An event from its file, with another method."""
    event = changed_event(name) | {"httpMethod": method}
    event["requestContext"]["httpMethod"] = method
    return event


class TestMethodNotAllowed:
    """Another method on a known path: 405, with those that there are."""

    @pytest.mark.parametrize(
        ("name", "method"),
        [(name, method) for name, allowed in ALLOWED.items() for method in sorted(METHODS - allowed)],
    )
    def test_answers_405_with_the_methods_that_are_allowed(self, api: Api, name: str, method: str) -> None:
        answer = api.send(with_method(name, method))
        assert (answer.status, answer.problem) == (405, "method-not-allowed")
        assert set(answer.headers["Allow"].split(", ")) == ALLOWED[name]


class TestNotFound:
    """A path that the API does not have: 404."""

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/user",
            "/users/1/2",
            "/users/{userId}/{size}",
            "/{proxy+}",
            "/admin",
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_answers_404(self, api: Api, path: str, method: str) -> None:
        event = with_method("list-users", method) | {"resource": path, "path": path}
        answer = api.send(event)
        assert (answer.status, answer.problem) == (404, "not-found")


class TestEveryEvent:
    """Each request in events/ is one that the API answers as the contract says."""

    @pytest.mark.parametrize("name", API_EVENTS)
    def test_success_when_the_user_exists(self, api: Api, dynamodb: "DynamoDBClient", name: str) -> None:
        if not name.startswith("create-user"):
            api("create-user")
        if name == "get-avatar":
            avatar_repository(dynamodb).set_avatar("123", AVATAR_KEY, NOON)
        expected = 201 if name in CREATED else 302 if name == "get-avatar" else 200
        assert api(name).status == expected

    def test_the_request_id_is_that_of_api_gateway(self, api: Api) -> None:
        event = changed_event("get-user")
        event["requestContext"]["requestId"] = "c7a5d0ee-0000-4000-8000-000000000001"
        answer = api.send(event)
        assert answer.headers["X-Request-Id"] == "c7a5d0ee-0000-4000-8000-000000000001"
        assert answer.json["requestId"] == "c7a5d0ee-0000-4000-8000-000000000001"

    def test_garbage_is_collected_after_the_first_response(self, api: Api) -> None:
        gc.disable()
        api("health")
        assert gc.isenabled()
        frozen = gc.get_freeze_count()
        api("health")
        assert gc.get_freeze_count() <= frozen

    def test_the_location_has_no_stage_when_the_url_has_none(self, api: Api) -> None:
        event = changed_event("create-user")
        event["requestContext"]["path"] = "/users"
        assert api.send(event).headers["Location"] == "/users/123"

    def test_answered_when_the_caller_has_no_claims(self, api: Api) -> None:
        event = changed_event("create-user-idempotent")
        del event["requestContext"]["authorizer"]
        assert api.send(event).status == 201
