"""Every write stores on behalf of which request it was made, and shows it to no client."""

import pytest

from tests.helpers.answers import Api, check_user
from tests.helpers.events import Event, changed_event
from tests.integration.tables import Items

WRITES = {
    "create-user": None,
    "create-user-idempotent": None,
    "replace-user": {"name": "Renamed", "email": "john@example.com"},
    "replace-user-in-body": None,
    "update-user": {"email": "johnny@example.com"},
}


def correlation_ids(items: Items) -> list[str]:
    """What is stored with the users."""
    return [item["correlationId"]["S"] for item in items("UsersTable")]


def request_id(event: Event) -> str:
    """The id that API Gateway gave the request."""
    identifier: str = event["requestContext"]["requestId"]
    return identifier


@pytest.mark.parametrize("name", WRITES)
class TestWrites:
    """The request id of API Gateway is with the item."""

    def test_stores_the_request_id(self, api: Api, items: Items, name: str) -> None:
        if not name.startswith("create-"):
            api("create-user")
        event = changed_event(name, body=WRITES[name])
        assert api.send(event).status in {200, 201}
        assert correlation_ids(items) == [request_id(event)]

    def test_is_not_shown(self, api: Api, name: str) -> None:
        if not name.startswith("create-"):
            api("create-user")
        event = changed_event(name, body=WRITES[name])
        answer = api.send(event)
        check_user(answer.json["user"])
        user = answer.json["user"]
        assert api("get-user", user_id=user["userId"]).json == user
        assert request_id(event) not in answer.text


class TestNoWrite:
    """A request that changes nothing leaves the id of the one before."""

    def test_stays_when_the_request_is_replayed(self, api: Api, items: Items) -> None:
        first = changed_event("create-user-idempotent")
        api.send(first)
        again = changed_event("create-user-idempotent")
        again["requestContext"]["requestId"] = "another"
        assert api.send(again).headers["Idempotency-Replayed"] == "true"
        assert correlation_ids(items) == [request_id(first)]

    @pytest.mark.parametrize("name", ["update-user", "replace-user", "delete-user"])
    def test_stays_when_the_request_is_refused(self, api: Api, items: Items, name: str) -> None:
        api("create-user")
        assert api(name, headers={"If-Match": '"7"'}).status == 412
        assert correlation_ids(items) == [request_id(changed_event("create-user"))]

    def test_no_user_appears_when_there_is_none_to_delete(self, api: Api, items: Items) -> None:
        assert api("delete-user").status == 404
        assert items("UsersTable") == items("UserEmailsTable") == []
