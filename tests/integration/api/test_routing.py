"""Paths and methods that the API does not have, and properties of all responses."""

import gc

import pytest

from tests.helpers.events import API_EVENTS, Event, changed_event
from tests.helpers.responses import Api
from tests.integration.tables import Avatars

ALLOWED = {
    "health": {"GET", "HEAD", "OPTIONS"},
    "list-users": {"GET", "POST", "PUT", "DELETE", "OPTIONS"},
    "get-user": {"GET", "PUT", "PATCH", "DELETE", "OPTIONS"},
    "create-avatar-upload": {"POST", "OPTIONS"},
    "get-avatar": {"GET", "OPTIONS"},
}
CREATED = {"create-user", "create-user-idempotent", "create-avatar-upload"}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "LINK"}
UNKNOWN = ["/", "/user", "/users/1/2", "/users/{userId}/{size}", "/{proxy+}", "/admin"]


def with_method(name: str, method: str) -> Event:
    """An event from its file, with another method."""
    event = changed_event(name) | {"httpMethod": method}
    event["requestContext"]["httpMethod"] = method
    return event


@pytest.mark.parametrize(
    ("name", "method"),
    [(name, method) for name, allowed in ALLOWED.items() for method in sorted(METHODS - allowed)],
)
def test_405_with_the_allowed_methods_when_a_path_has_others(api: Api, name: str, method: str) -> None:
    """On a known path."""
    response = api.send(with_method(name, method))
    assert (response.status, response.problem) == (405, "method-not-allowed")
    assert set(response.headers["Allow"].split(", ")) == ALLOWED[name]


@pytest.mark.parametrize("path", UNKNOWN)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_404_when_the_path_is_unknown(api: Api, path: str, method: str) -> None:
    """Whatever the method."""
    response = api.send(with_method("list-users", method) | {"resource": path, "path": path})
    assert (response.status, response.problem) == (404, "not-found")


def test_no_body_when_only_the_head_is_requested(api: Api) -> None:
    """Of the health check."""
    response = api.send(with_method("health", "HEAD"))
    assert (response.status, response.text) == (200, "")


class TestEveryEvent:
    """The API responds to each request in events/ as the contract says."""

    @pytest.mark.parametrize("name", API_EVENTS)
    def test_success_when_the_user_exists(self, api: Api, avatars: Avatars, name: str) -> None:
        if not name.startswith("create-user"):
            api("create-user")
        if name == "get-avatar":
            avatars.set()
        expected = 201 if name in CREATED else 302 if name == "get-avatar" else 200
        assert api(name).status == expected

    def test_the_request_id_is_that_of_api_gateway(self, api: Api) -> None:
        event = changed_event("get-user")
        request_id = event["requestContext"]["requestId"] = "c7a5d0ee-0000-4000-8000-000000000001"
        response = api.send(event)
        assert response.headers["X-Request-Id"] == response.json["requestId"] == request_id

    def test_garbage_is_collected_after_the_first_response(self, api: Api) -> None:
        gc.disable()
        assert api("health").json == {"status": "ok"}
        assert gc.isenabled()
        frozen = gc.get_freeze_count()
        api("health")
        assert gc.get_freeze_count() <= frozen

    def test_created_when_there_is_neither_stage_nor_token(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_SAM_LOCAL", "true")  # as SAM CLI does, which ignores authorizers
        event = changed_event(
            "create-user-idempotent", body={"userId": "123", "name": "J", "email": "j@example.com"}
        )
        event["requestContext"]["path"] = "/users"
        del event["requestContext"]["authorizer"]
        response = api.send(event)
        assert (response.status, response.headers["Location"]) == (201, "/users/123")
