"""Each write stores the ids of its request and its client, and does not show them to other clients."""

import pytest

from tests.helpers.events import changed_event
from tests.helpers.responses import Api, check_user
from tests.integration.tables import Items


def correlation_ids(items: Items) -> list[str]:
    """The ids that are stored with users."""
    return [item["correlationId"]["S"] for item in items("UsersTable")]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        *(("create-user", None), ("create-user-idempotent", None), ("replace-user-in-body", None)),
        ("replace-user", {"name": "Renamed", "email": "john@example.com"}),
        ("update-user", {"email": "johnny@example.com"}),
    ],
)
def test_a_write_stores_request_and_client(
    api: Api, items: Items, name: str, body: dict[str, str] | None
) -> None:
    """With the user."""
    if not name.startswith("create-"):
        api("create-user")
    event = changed_event(name, client_id="another", body=body)
    response = api.send(event)
    request_id = event["requestContext"]["requestId"]
    assert correlation_ids(items) == [request_id]
    assert [item["actor"] for item in items("UsersTable")] == [{"S": "another"}]
    user = response.json["user"]
    check_user(user)
    assert api("get-user", user_id=user["userId"]).json == user
    assert request_id not in response.text
    assert "another" not in response.text


@pytest.mark.parametrize("name", ["create-user-idempotent", "update-user", "replace-user", "delete-user"])
def test_the_id_stays_when_the_request_is_replayed_or_refused(api: Api, items: Items, name: str) -> None:
    """Neither is a write."""
    first = changed_event("create-user-idempotent" if name == "create-user-idempotent" else "create-user")
    api.send(first)
    again = changed_event(name, headers={"If-Match": '"7"'})
    again["requestContext"]["requestId"] = "another"
    response = api.send(again)
    assert response.status == (201 if name == "create-user-idempotent" else 412)
    assert correlation_ids(items) == [first["requestContext"]["requestId"]]
