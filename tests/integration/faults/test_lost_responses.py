"""A request whose response is lost takes effect once."""

from typing import Any

import pytest

from tests.helpers.responses import Api, Response
from tests.integration.faults.server import DynamoDBServer, Fault
from tests.integration.tables import Items

CONDITIONS = [None, "If-Match", "If-None-Match"]
LOST = [Fault.RESPONSE_LOST, Fault.RESPONSE_CUT]
UPDATE, TRANSACTION = "UpdateItem", "TransactWriteItems"
RENAMED = {"name": "Renamed"}
# The request, its body, the call whose response is lost, and the calls that it makes.
CHANGES: list[tuple[str, Any, int, list[str]]] = [
    *(("update-user", body, 0, 3 * [UPDATE]) for body in (RENAMED, RENAMED | {"email": "john@example.com"})),
    ("replace-user", None, 1, [UPDATE, *3 * [TRANSACTION]]),
    ("delete-user", None, 0, [*3 * [UPDATE], TRANSACTION]),
    ("delete-user", None, 1, [UPDATE, *3 * [TRANSACTION]]),
]


def conditional(created: Response, condition: str | None) -> dict[str, str | None]:
    """Headers under which a change of the created user is done once, and a second time it is not."""
    tag = created.headers["ETag"] if condition == "If-Match" else '"2"'
    return {"If-Match": None} | ({condition: tag} if condition else {})


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault.name)
class TestLostResponse:
    """The SDK repeats the request, and DynamoDB or the service recognizes it."""

    @pytest.mark.parametrize("name", ["create-user", "create-user-idempotent"])
    def test_created_once(
        self, api: Api, server: DynamoDBServer, items: Items, fault: Fault, name: str
    ) -> None:
        server.faults = [fault, fault]
        response = api(name)
        assert (response.status, response.json["user"]["version"]) == (201, 1)
        assert server.operations == 3 * [TRANSACTION]
        assert len({params["ClientRequestToken"] for _, params in server.requests}) == 1
        assert len(items("UsersTable")) == 1

    @pytest.mark.parametrize("condition", CONDITIONS)
    @pytest.mark.parametrize("change", CHANGES)
    def test_changed_once(  # noqa: PLR0913, PLR0917 - columns
        self, api: Api, server: DynamoDBServer, items: Items, fault: Fault, condition: str | None, change: Any
    ) -> None:
        name, body, place, operations = change
        created = api("create-user")
        server.requests.clear()
        server.faults = [*[None] * place, fault, fault]
        response = api(name, body=body, headers=conditional(created, condition))
        assert response.status == 200
        assert server.operations == operations
        if name == "delete-user":
            assert items("UsersTable") == []
            return
        user, read = response.json["user"], api("get-user")
        assert user["version"] == 2
        assert (read.json, read.headers["ETag"]) == (user, response.headers["ETag"])
        if body:
            values = [params["ExpressionAttributeValues"] for _, params in server.requests[:3]]
            assert len({value[":revision"]["S"] for value in values}) == 1
            expected = {"name": "Renamed", "version": 2, "updatedAt": user["updatedAt"]}
            assert user == {**created.json["user"], **expected}


def test_the_client_can_repeat_when_there_is_a_key(api: Api, server: DynamoDBServer, items: Items) -> None:
    """When the SDK gives up, it is unknown whether the request took effect; a key makes a retry safe."""
    server.faults = [Fault.RESPONSE_LOST, Fault.RESPONSE_LOST, Fault.RESPONSE_LOST]
    assert api("create-user-idempotent").status == 503
    repeated = api("create-user-idempotent")
    assert (repeated.status, repeated.headers["Idempotency-Replayed"]) == (201, "true")
    assert len(items("UsersTable")) == 1
