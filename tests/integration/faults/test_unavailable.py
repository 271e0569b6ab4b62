"""Whatever DynamoDB does, a client hears within seconds, and can tell what to do."""

import time
from typing import TYPE_CHECKING

import pytest

from lambda_common.clients import TOTAL_ATTEMPTS
from tests.helpers.answers import Answer, Api
from tests.helpers.logs import Logs
from tests.integration.faults.server import DynamoDBServer, Fault, refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROUTES = [
    "create-user",
    "create-user-idempotent",
    "get-user",
    "find-user-by-email",
    "list-users",
    "replace-user",
    "update-user",
    "delete-user",
    "create-avatar-upload",
    "get-avatar",
]
FAULTS = [Fault.THROTTLED, Fault.INTERNAL_ERROR, Fault.UNAVAILABLE_PAGE, Fault.HANGS, Fault.CLOSES]
FUNCTION_TIMEOUT = 25


def check_unavailable(answer: Answer) -> None:
    """The answer says to come back later, and nothing of what happened inside."""
    assert (answer.status, answer.problem) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert "john" not in answer.text
    assert "dynamo" not in answer.text.lower()


class TestUnavailable:
    """Faults that last become 503 after three attempts."""

    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
    @pytest.mark.parametrize("name", ROUTES)
    def test_answers_503_when_the_fault_lasts(
        self, api: Api, request: pytest.FixtureRequest, name: str, fault: Fault
    ) -> None:
        patience = "hurried_server" if fault is Fault.HANGS else "server"
        server: DynamoDBServer = request.getfixturevalue(patience)
        server.rule = lambda _operation, _params: fault
        check_unavailable(api(name))
        assert TOTAL_ATTEMPTS == 3
        assert len(server.requests) == TOTAL_ATTEMPTS

    @pytest.mark.parametrize("fault", [*FAULTS, Fault.ANSWER_CUT], ids=lambda fault: fault.name)
    @pytest.mark.parametrize("name", ["create-user", "create-user-idempotent", "list-users"])
    def test_succeeds_when_the_third_attempt_does(
        self, api: Api, server: DynamoDBServer, name: str, fault: Fault
    ) -> None:
        server.faults = [fault, fault]
        assert api(name).status in {200, 201}
        assert len(server.requests) == TOTAL_ATTEMPTS

    def test_answers_503_when_nobody_listens(self, api: Api, server: DynamoDBServer) -> None:
        server.stop()
        check_unavailable(api("get-user"))

    def test_answers_503_when_the_second_call_of_a_request_fails(
        self, api: Api, server: DynamoDBServer, dynamodb: "DynamoDBClient"
    ) -> None:
        api("create-user")
        server.requests.clear()
        server.rule = lambda operation, _params: (
            Fault.THROTTLED if operation == "TransactWriteItems" else None
        )
        for name in ("delete-user", "replace-user-in-body"):
            check_unavailable(api(name))
        assert server.operations == [
            "UpdateItem",
            *3 * ["TransactWriteItems"],
            "UpdateItem",
            *3 * ["TransactWriteItems"],
        ]
        assert dynamodb.scan(TableName="UsersTable")["Items"][0]["version"] == {"N": "1"}


class TestPatience:
    """With the timeouts that the function really has, the answer comes before Lambda ends the function."""

    def test_answers_in_time_when_dynamodb_hangs(self, api: Api, slow_server: DynamoDBServer) -> None:
        slow_server.rule = lambda _operation, _params: Fault.HANGS
        started = time.monotonic()
        check_unavailable(api("get-user"))
        assert len(slow_server.requests) == TOTAL_ATTEMPTS
        assert 3 < time.monotonic() - started < FUNCTION_TIMEOUT / 2

    def test_answers_in_time_when_others_are_always_in_the_way(
        self, api: Api, slow_server: DynamoDBServer
    ) -> None:
        reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
        conflict = refusal("TransactionCanceledException", CancellationReasons=reasons)
        slow_server.rule = lambda _operation, _params: conflict
        started = time.monotonic()
        check_unavailable(api("create-user"))
        assert 4 < time.monotonic() - started < FUNCTION_TIMEOUT / 2
        assert len(slow_server.requests) < 60


class TestRefusedByAws:
    """What is not for the client to mend, nor passing, is one 500 with nothing of the inside."""

    @pytest.mark.parametrize("name", ROUTES)
    def test_answers_500_when_access_is_denied(
        self, api: Api, server: DynamoDBServer, logs: Logs, name: str
    ) -> None:
        server.rule = lambda _operation, _params: Fault.ACCESS_DENIED
        answer = api(name)
        assert (answer.status, answer.problem) == (500, "internal-error")
        assert not any(word in answer.text for word in ("john", "Access", "Dynamo", "dynamo", "boto"))
        assert len(server.requests) == 1
        [error] = [line for line in logs.lines if line["level"] == "ERROR"]
        assert error["error_types"] == ["ClientError"]
        assert error["aws_errors"] == [f"{server.operations[0]} AccessDeniedException"]
        assert error["correlation_id"]
        assert "john" not in logs.text

    @pytest.mark.parametrize(
        "code", ["ResourceNotFoundException", "ValidationException", "UnrecognizedClientException"]
    )
    def test_answers_500_when_the_setup_is_wrong(self, api: Api, server: DynamoDBServer, code: str) -> None:
        server.rule = lambda _operation, _params: refusal(code)
        answer = api("create-user")
        assert (answer.status, answer.problem) == (500, "internal-error")
        assert len(server.requests) == 1

    def test_the_next_request_is_served_when_one_failed(self, api: Api, server: DynamoDBServer) -> None:
        server.faults = [Fault.ACCESS_DENIED]
        assert [api("create-user").status for _ in range(2)] == [500, 201]
