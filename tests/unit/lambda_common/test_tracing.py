"""Traces, as X-Ray's daemon hears them."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from lambda_common import aws, tracing
from lambda_common.problems import Problem, ProblemTable
from lambda_common.requests import Request
from lambda_common.responses import Response
from lambda_common.router import Router
from tests.answers import Context
from tests.builders import an_observability
from tests.environment import REGION
from tests.events import changed_event

SECRET = "john@example.com"
TRACE = "1-691f3c40-0a1b2c3d4e5f60718293a4b5"
PARENT = "53995c3f42cd8ad8"
HEADER = f"Root={TRACE};Parent={PARENT};Sampled=1;Lineage=1:a87bd80c:0"

type Heard = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """What the daemon has heard of an invocation that is sampled."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(0.2)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{daemon.getsockname()[1]}")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER)
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "users")
        yield lambda: list(documents(daemon))
        tracing.daemon_socket().close()
        tracing.daemon_socket.cache_clear()


def documents(daemon: socket.socket) -> Iterator[dict[str, Any]]:
    """Until nothing comes any more."""
    while True:
        try:
            header, document = daemon.recv(65536).split(b"\n", 1)
        except TimeoutError:
            return
        assert json.loads(header) == {"format": "json", "version": 1}
        yield json.loads(document)


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    """The client that functions use, over a DynamoDB without tables."""
    with mock_aws():
        aws.client.cache_clear()
        yield aws.client("dynamodb")
    aws.client.cache_clear()


def scan(dynamodb: Any) -> None:
    """A call that is refused: there is no such table."""
    with pytest.raises(ClientError):
        dynamodb.scan(TableName=SECRET.replace("@", "_"))


class TestRequests:
    """A request is a subsegment that tells its course and nothing of the people in it."""

    def answer(self, endpoint: Callable[[Request], Response]) -> None:
        problems: ProblemTable = {LookupError: Problem(404, "nothing", "Nothing", "Nothing.")}
        router = Router({"/users/{userId}": {"GET": endpoint}}, problems, an_observability())
        router.handle(changed_event("get-user", user_id=SECRET), Context())

    def test_tells_operation_outcome_and_whose_request(self, heard: Heard) -> None:
        def fine(_: Request) -> Response:
            return Response(200, {})

        self.answer(fine)
        [document] = heard()
        assert (document["type"], document["name"]) == ("subsegment", "## fine")
        assert (document["trace_id"], document["parent_id"]) == (TRACE, PARENT)
        assert document["start_time"] <= document["end_time"]
        request_id = changed_event("get-user")["requestContext"]["requestId"]
        assert document["annotations"] == {
            "correlation_id": request_id,
            "function_request_id": Context().aws_request_id,
            "cold_start": True,
            "operation": "fine",
            "outcome": "success",
        }

    @pytest.mark.parametrize(
        ("error", "outcome", "kind"),
        [(RuntimeError, "internal-error", "fault"), (LookupError, "nothing", "error")],
    )
    def test_says_whose_fault_it_was_and_nothing_of_an_errors_text(
        self, heard: Heard, error: type[Exception], outcome: str, kind: str
    ) -> None:
        def broken(_: Request) -> Response:
            raise error(SECRET)

        self.answer(broken)
        [document] = heard()
        assert document["annotations"]["outcome"] == outcome
        assert [name for name in ("fault", "error") if document.get(name)] == [kind]
        assert SECRET not in json.dumps(document)

    def test_nothing_is_sent_when_the_invocation_is_not_sampled(
        self, heard: Heard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER.replace("Sampled=1", "Sampled=0"))
        self.answer(lambda _: Response(200, {}))
        monkeypatch.delenv("_X_AMZN_TRACE_ID")
        self.answer(lambda _: Response(200, {}))
        assert heard() == []

    @pytest.mark.usefixtures("heard")
    def test_succeeds_when_the_trace_cannot_be_sent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for address in ("255.255.255.255:2000", "127.0.0.1", "127.0.0.1:x", ""):
            monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
            self.answer(lambda _: Response(200, {}))

    @pytest.mark.usefixtures("heard")
    def test_succeeds_where_there_is_no_daemon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_XRAY_DAEMON_ADDRESS")
        self.answer(lambda _: Response(200, {}))

    def test_the_log_names_the_trace(self, heard: Heard, capsys: pytest.CaptureFixture[str]) -> None:
        self.answer(lambda _: Response(200, {}))
        assert json.loads(capsys.readouterr().out)["xray_trace_id"] == heard()[0]["trace_id"] == TRACE


class TestSubsegment:
    """Around a piece of work."""

    def test_an_error_that_passes_through_makes_it_a_fault_of_this_type(self, heard: Heard) -> None:
        with pytest.raises(KeyError), tracing.subsegment("work"):
            raise KeyError(SECRET)
        [document] = heard()
        assert document["fault"]
        assert [exception["type"] for exception in document["cause"]["exceptions"]] == ["KeyError"]
        assert SECRET not in json.dumps(document)

    def test_parts_come_within_it(self, heard: Heard) -> None:
        with tracing.subsegment("outer"), tracing.subsegment("inner"):
            tracing.annotate(where="inside")
        [outer] = heard()
        [inner] = outer["subsegments"]
        assert (outer["name"], inner["name"], inner["annotations"]) == ("outer", "inner", {"where": "inside"})

    def test_parts_come_by_themselves_when_they_are_many(self, heard: Heard) -> None:
        """Everything arrives, and no datagram is larger than the daemon takes."""
        with tracing.subsegment("outer"):
            for _ in range(tracing.MAX_PARTS + 3):
                with tracing.subsegment("inner"):
                    pass
        *alone, outer = heard()
        assert len(outer["subsegments"]) == tracing.MAX_PARTS
        assert [part["name"] for part in alone] == 3 * ["inner"]
        assert {part["parent_id"] for part in alone} == {outer["id"]}


class TestCalls:
    """Each call of AWS is a part of the work that it is made for."""

    def test_tells_service_operation_and_status(self, heard: Heard, dynamodb: Any) -> None:
        with tracing.subsegment("work"):
            dynamodb.list_tables()
        [[call]] = [document["subsegments"] for document in heard()]
        assert (call["name"], call["namespace"], call["http"]) == (
            "DynamoDB",
            "aws",
            {"response": {"status": 200}},
        )
        assert call["aws"] | {"request_id": ""} == {
            "operation": "ListTables",
            "region": REGION,
            "retries": 0,
            "request_id": "",
        }
        assert "fault" not in call
        assert "error" not in call

    def test_belongs_to_the_invocation_when_made_outside_of_work(self, heard: Heard, dynamodb: Any) -> None:
        dynamodb.list_tables()
        [call] = heard()
        assert (call["name"], call["parent_id"], call["type"]) == ("DynamoDB", PARENT, "subsegment")

    def test_a_refusal_is_an_error_of_its_code(self, heard: Heard, dynamodb: Any) -> None:
        with tracing.subsegment("work"):
            scan(dynamodb)
        [[call]] = [document["subsegments"] for document in heard()]
        assert (call["error"], call["throttle"], call["http"]["response"]["status"]) == (True, False, 400)
        assert call["cause"]["exceptions"][0]["type"] == "ResourceNotFoundException"

    @pytest.mark.parametrize(
        ("status", "code", "flags"),
        [
            (500, "Odd", {"fault": True}),
            (429, "Odd", {"error": True, "throttle": True}),
            (400, "ProvisionedThroughputExceededException", {"error": True, "throttle": True}),
        ],
    )
    def test_tells_whose_fault_it_was(
        self, heard: Heard, dynamodb: Any, status: int, code: str, flags: dict[str, bool]
    ) -> None:
        answer = {
            "Error": {"Code": code},
            "ResponseMetadata": {"HTTPStatusCode": status, "RetryAttempts": 2},
        }
        http = type("Http", (), {"status_code": status})
        dynamodb.meta.events.register_last("before-call", lambda **_: (http, answer))
        scan(dynamodb)
        [call] = heard()
        assert call.items() >= flags.items()
        assert call["aws"]["retries"] == 2

    def test_no_answer_is_a_fault(self, heard: Heard, dynamodb: Any) -> None:
        def unreachable(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://example.com")

        dynamodb.meta.events.register("request-created.dynamodb.ListTables", unreachable)
        with pytest.raises(EndpointConnectionError):
            dynamodb.list_tables()
        [call] = heard()
        assert call["fault"]
        assert call["cause"]["exceptions"][0]["type"] == "EndpointConnectionError"

    def test_the_service_is_told_the_trace_and_the_way_here(self, heard: Heard, dynamodb: Any) -> None:
        """Lineage is how Lambda recognizes functions that call each other in a circle."""
        sent = []
        dynamodb.meta.events.register("before-send", lambda request, **_: sent.append(request.headers))
        dynamodb.list_tables()
        [call] = heard()
        header = sent[0]["X-Amzn-Trace-Id"].decode()
        assert header == f"Root={TRACE};Parent={call['id']};Sampled=1;Lineage=1:a87bd80c:0"

    def test_nothing_is_sent_when_the_invocation_is_not_sampled(
        self, heard: Heard, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER.replace("Sampled=1", "Sampled=0"))
        scan(dynamodb)
        dynamodb.list_tables()
        assert heard() == []
