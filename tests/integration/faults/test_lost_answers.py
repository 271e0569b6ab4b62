"""What was done although its answer never arrived is not done again."""

import pytest

from tests.answers import Api
from tests.integration.faults.server import DynamoDBServer, Fault
from tests.integration.tables import Items, check_no_orphans

RENAMES = [{"name": "Renamed"}, {"name": "Renamed", "email": "john@example.com"}]
LOST = [Fault.ANSWER_LOST, Fault.ANSWER_CUT]


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

    @pytest.mark.parametrize("tags", [None, '"1"'])
    @pytest.mark.parametrize("body", RENAMES)
    def test_renamed_once_when_the_first_answer_is_lost(
        self, api: Api, server: DynamoDBServer, fault: Fault, body: dict[str, str], tags: str | None
    ) -> None:
        created = api("create-user").json["user"]
        server.requests.clear()
        server.faults = [fault, fault]
        answer = api("update-user", body=body, headers={"If-Match": tags})
        assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
        assert server.operations == 3 * ["UpdateItem"]
        write_ids = {params["ExpressionAttributeValues"][":writeId"]["S"] for _, params in server.requests}
        assert len(write_ids) == 1
        user = api("get-user").json
        assert user == answer.json["user"]
        assert user == {**created, "name": "Renamed", "version": 2, "updatedAt": user["updatedAt"]}

    @pytest.mark.parametrize("tags", [None, '"1"'])
    def test_moved_once_when_the_answer_of_the_transaction_is_lost(
        self, api: Api, server: DynamoDBServer, items: Items, fault: Fault, tags: str | None
    ) -> None:
        api("create-user")
        server.requests.clear()
        server.faults = [None, fault, fault]
        answer = api("replace-user", headers={"If-Match": tags})
        assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
        assert server.operations == ["UpdateItem", *3 * ["TransactWriteItems"]]
        assert api("get-user").json == answer.json["user"]
        check_no_orphans(items)

    @pytest.mark.parametrize("tags", [None, '"1"'])
    def test_deleted_once_when_the_answer_of_the_transaction_is_lost(
        self, api: Api, server: DynamoDBServer, items: Items, fault: Fault, tags: str | None
    ) -> None:
        api("create-user")
        server.requests.clear()
        server.faults = [None, fault, fault]
        assert api("delete-user", headers={"If-Match": tags}).status == 200
        assert server.operations == ["UpdateItem", *3 * ["TransactWriteItems"]]
        assert items("UsersTable") == items("UserEmailsTable") == []

    @pytest.mark.parametrize("tags", [None, '"1"'])
    def test_deleted_once_when_the_answer_of_the_mark_is_lost(
        self, api: Api, server: DynamoDBServer, items: Items, fault: Fault, tags: str | None
    ) -> None:
        api("create-user")
        server.requests.clear()
        server.faults = [fault, fault]
        assert api("delete-user", headers={"If-Match": tags}).status == 200
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
