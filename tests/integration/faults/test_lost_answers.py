"""What was done although its answer never arrived is not done again."""

import pytest

from tests.helpers.answers import Answer, Api
from tests.integration.faults.server import DynamoDBServer, Fault
from tests.integration.tables import Items, check_no_orphans

RENAMES = [{"name": "Renamed"}, {"name": "Renamed", "email": "john@example.com"}]
CONDITIONS = [None, "If-Match", "If-None-Match"]
LOST = [Fault.ANSWER_LOST, Fault.ANSWER_CUT]


def conditional(created: Answer, condition: str | None) -> dict[str, str | None]:
    """Headers under which a change of the created user is done once, and a second time it is not."""
    tag = created.headers["ETag"] if condition == "If-Match" else '"2"'
    return {"If-Match": None} | ({condition: tag} if condition else {})


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault.name)
class TestLostAnswer:
    """The SDK repeats the request in a way by which DynamoDB, or we, know it again."""

    @pytest.mark.parametrize("name", ["create-user", "create-user-idempotent"])
    def test_created_once_when_the_first_answer_is_lost(
        self, api: Api, server: DynamoDBServer, items: Items, fault: Fault, name: str
    ) -> None:
        server.faults = [fault, fault]
        answer = api(name)
        assert (answer.status, answer.json["user"]["version"]) == (201, 1)
        assert server.operations == 3 * ["TransactWriteItems"]
        tokens = {params["ClientRequestToken"] for _, params in server.requests}
        assert len(tokens) == 1
        assert len(items("UsersTable")) == 1
        check_no_orphans(items)

    @pytest.mark.parametrize("condition", CONDITIONS)
    @pytest.mark.parametrize("body", RENAMES)
    def test_renamed_once_when_the_first_answer_is_lost(
        self, api: Api, server: DynamoDBServer, fault: Fault, body: dict[str, str], condition: str | None
    ) -> None:
        created = api("create-user")
        headers = conditional(created, condition)
        server.requests.clear()
        server.faults = [fault, fault]
        answer = api("update-user", body=body, headers=headers)
        assert (answer.status, answer.json["user"]["version"]) == (200, 2)
        assert server.operations == 3 * ["UpdateItem"]
        revisions = {params["ExpressionAttributeValues"][":revision"]["S"] for _, params in server.requests}
        assert len(revisions) == 1
        read = api("get-user")
        user = read.json
        assert (user, read.headers["ETag"]) == (answer.json["user"], answer.headers["ETag"])
        assert user == {
            **created.json["user"],
            "name": "Renamed",
            "version": 2,
            "updatedAt": user["updatedAt"],
        }

    @pytest.mark.parametrize("condition", CONDITIONS)
    def test_moved_once_when_the_answer_of_the_transaction_is_lost(
        self, api: Api, server: DynamoDBServer, items: Items, fault: Fault, condition: str | None
    ) -> None:
        headers = conditional(api("create-user"), condition)
        server.requests.clear()
        server.faults = [None, fault, fault]
        answer = api("replace-user", headers=headers)
        assert (answer.status, answer.json["user"]["version"]) == (200, 2)
        assert server.operations == ["UpdateItem", *3 * ["TransactWriteItems"]]
        read = api("get-user")
        assert (read.json, read.headers["ETag"]) == (answer.json["user"], answer.headers["ETag"])
        check_no_orphans(items)

    @pytest.mark.parametrize("condition", CONDITIONS)
    def test_deleted_once_when_the_answer_of_the_transaction_is_lost(
        self, api: Api, server: DynamoDBServer, items: Items, fault: Fault, condition: str | None
    ) -> None:
        headers = conditional(api("create-user"), condition)
        server.requests.clear()
        server.faults = [None, fault, fault]
        assert api("delete-user", headers=headers).status == 200
        assert server.operations == ["UpdateItem", *3 * ["TransactWriteItems"]]
        assert items("UsersTable") == items("UserEmailsTable") == []

    @pytest.mark.parametrize("condition", CONDITIONS)
    def test_deleted_once_when_the_answer_of_the_mark_is_lost(
        self, api: Api, server: DynamoDBServer, items: Items, fault: Fault, condition: str | None
    ) -> None:
        headers = conditional(api("create-user"), condition)
        server.requests.clear()
        server.faults = [fault, fault]
        assert api("delete-user", headers=headers).status == 200
        assert server.operations == [*3 * ["UpdateItem"], "TransactWriteItems"]
        assert items("UsersTable") == items("UserEmailsTable") == []


class TestEveryAnswerLost:
    """When the SDK gives up, nobody knows whether it was done; a key makes it safe to ask again."""

    def test_the_client_can_repeat_when_there_is_a_key(
        self, api: Api, server: DynamoDBServer, items: Items
    ) -> None:
        server.faults = [Fault.ANSWER_LOST, Fault.ANSWER_LOST, Fault.ANSWER_LOST]
        assert api("create-user-idempotent").status == 503
        repeated = api("create-user-idempotent")
        assert (repeated.status, repeated.headers["Idempotency-Replayed"]) == (201, "true")
        assert len(items("UsersTable")) == 1
        check_no_orphans(items)
