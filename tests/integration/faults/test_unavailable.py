"""When DynamoDB fails, a client gets a response within seconds that says what to do."""

import socket
import time

import pytest

from lambda_common.clients import TOTAL_ATTEMPTS, client
from tests.helpers.logs import Logs
from tests.helpers.responses import Api, Response
from tests.integration.faults.server import DynamoDBServer, Fault, cancelled, refusal
from tests.integration.tables import Items

ROUTES = [
    *("create-user", "create-user-idempotent", "get-user", "find-user-by-email", "list-users"),
    *("replace-user", "update-user", "delete-user", "create-avatar-upload", "get-avatar"),
]
FAULTS = [
    *(Fault.THROTTLED, Fault.INTERNAL_ERROR, Fault.UNAVAILABLE_PAGE),
    *(Fault.UNREACHABLE, Fault.HANGS, Fault.CLOSES),
]
FUNCTION_TIMEOUT = 25


def check_unavailable(response: Response) -> None:
    """The response says to retry later, and nothing about the cause."""
    assert (response.status, response.problem) == (503, "unavailable")
    assert int(response.headers["Retry-After"]) > 0
    assert "john" not in response.text
    assert "dynamo" not in response.text.lower()


class TestUnavailable:
    """Faults that last become 503 after three attempts."""

    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
    @pytest.mark.parametrize("name", ROUTES)
    def test_503_when_the_fault_lasts(
        self, api: Api, server: DynamoDBServer, name: str, fault: Fault
    ) -> None:
        server.rule = lambda _operation, _params: fault
        check_unavailable(api(name))
        assert len(server.requests) == TOTAL_ATTEMPTS == 3

    @pytest.mark.parametrize("fault", [*FAULTS, Fault.RESPONSE_CUT], ids=lambda fault: fault.name)
    @pytest.mark.parametrize("name", ["create-user", "create-user-idempotent", "list-users"])
    def test_success_when_the_third_attempt_succeeds(
        self, api: Api, server: DynamoDBServer, name: str, fault: Fault
    ) -> None:
        server.faults = [fault, fault]
        assert api(name).status in {200, 201}
        assert len(server.requests) == TOTAL_ATTEMPTS

    @pytest.mark.parametrize("name", ["delete-user", "replace-user-in-body"])
    def test_503_when_the_second_call_of_a_request_fails(
        self, api: Api, server: DynamoDBServer, items: Items, name: str
    ) -> None:
        api("create-user")
        server.requests.clear()
        server.rule = lambda operation, _: Fault.THROTTLED if operation == "TransactWriteItems" else None
        check_unavailable(api(name))
        assert server.operations == ["UpdateItem", *3 * ["TransactWriteItems"]]
        assert [item["version"] for item in items("UsersTable")] == [{"N": "1"}]


class TestTimeouts:
    """With the timeouts of the function, the response comes before Lambda ends the function."""

    def test_503_in_time_when_dynamodb_hangs(self, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{silent.getsockname()[1]}")
            client.cache_clear()
            started = time.monotonic()
            response = api("get-user")
            client.cache_clear()
        check_unavailable(response)
        assert 3 < time.monotonic() - started < FUNCTION_TIMEOUT / 2

    def test_503_in_time_when_a_conflict_lasts(self, api: Api, slow_server: DynamoDBServer) -> None:
        slow_server.rule = lambda _operation, _params: cancelled("TransactionConflict", "None")
        started = time.monotonic()
        check_unavailable(api("create-user"))
        assert 4 < time.monotonic() - started < FUNCTION_TIMEOUT / 2
        assert len(slow_server.requests) < 60


class TestInternalError:
    """An error that is neither the client's nor temporary is one 500 that reveals nothing."""

    @pytest.mark.parametrize("name", ROUTES)
    def test_500_when_access_is_denied(self, api: Api, server: DynamoDBServer, logs: Logs, name: str) -> None:
        server.faults = [Fault.ACCESS_DENIED]
        response = api(name)
        assert (response.status, response.problem) == (500, "internal-error")
        assert not any(word in response.text for word in ("john", "Access", "Dynamo", "dynamo", "boto"))
        assert len(server.requests) == 1
        [error] = [line for line in logs.lines if line["level"] == "ERROR"]
        assert error["error_types"] == ["ClientError"]
        assert error["aws_errors"] == [f"{server.operations[0]} AccessDeniedException"]
        assert error["correlation_id"]
        assert "john" not in logs.text
        assert api("list-users").status == 200  # the next request is served

    @pytest.mark.parametrize(
        "code", ["ResourceNotFoundException", "ValidationException", "UnrecognizedClientException"]
    )
    def test_500_when_the_setup_is_wrong(self, api: Api, server: DynamoDBServer, code: str) -> None:
        server.rule = lambda _operation, _params: refusal(code)
        assert api("create-user").problem == "internal-error"
        assert len(server.requests) == 1
