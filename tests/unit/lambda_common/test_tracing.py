"""Traces, as the X-Ray daemon receives them."""

import base64
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from lambda_common import aws, tracing
from lambda_common.tracing import annotate, continue_trace, flush, record_status, span
from tests.environment import REGION

SECRET = "john@example.com"
TRACE = "1-691f3c40-0a1b2c3d4e5f60718293a4b5"
PARENT = "53995c3f42cd8ad8"
HEADER = f"Root={TRACE};Parent={PARENT};Sampled=1;Lineage=1:a87bd80c:0"
OTHER_TRACE = "1-700f3c40-0a1b2c3d4e5f60718293a4b5"
OTHER_HEADER = f"Root={OTHER_TRACE};Parent=64aa5c3f42cd8ad8;Sampled=1"
NOT_SAMPLED = HEADER.replace("Sampled=1", "Sampled=0")


class Daemon:
    """Receives OTLP as AWS's exporters send it: a header, a mark of sampled spans, base64 of protobuf."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def datagrams(self) -> Iterator[bytes]:
        """Those that came, until none comes any more."""
        while True:
            try:
                header, payload = self._socket.recv(65536).split(b"\n", 1)
            except TimeoutError:
                return
            assert json.loads(header) == {"format": "json", "version": 1}
            assert payload.startswith(b"T1S")
            yield base64.b64decode(payload[3:])

    def spans(self) -> list[Span]:
        """All spans of them."""
        flush()
        requests = [ExportTraceServiceRequest.FromString(data) for data in self.datagrams()]
        resources = [resource for request in requests for resource in request.resource_spans]
        return [one for resource in resources for scope in resource.scope_spans for one in scope.spans]

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """The daemon of an invocation that is sampled."""
    daemon = Daemon()
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", daemon.address)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "users")
    yield daemon
    daemon.close()
    forget_sdk()


def forget_sdk() -> None:
    """As in a new process, whose daemon may be another."""
    if tracing.provider.cache_info().currsize:
        tracing.provider().shutdown()
        tracing.provider.cache_clear()


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


def value(encoded: AnyValue) -> Any:
    """What is in an attribute."""
    kind = encoded.WhichOneof("value")
    if kind == "array_value":
        return [value(element) for element in encoded.array_value.values]
    return getattr(encoded, kind) if kind else ""


def attributes(of: Span | Span.Event) -> dict[str, Any]:
    """The attributes of a span or an event."""
    return {attribute.key: value(attribute.value) for attribute in of.attributes}


def trace_of(received: Span) -> str:
    """The trace id as X-Ray writes it."""
    return f"1-{received.trace_id.hex()[:8]}-{received.trace_id.hex()[8:]}"


class TestSpan:
    """A span belongs to the invocation or to the span around it."""

    def test_belongs_to_the_invocation_when_it_is_the_outermost(self, daemon: Daemon) -> None:
        with span("work"):
            pass
        [received] = daemon.spans()
        assert (received.name, trace_of(received), received.parent_span_id.hex()) == ("work", TRACE, PARENT)
        assert 0 < received.start_time_unix_nano <= received.end_time_unix_nano
        assert received.status.code == Status.STATUS_CODE_UNSET

    def test_belongs_to_the_span_around_it(self, daemon: Daemon) -> None:
        with span("outer"), span("inner"):
            pass
        inner, outer = daemon.spans()
        assert (inner.name, outer.name) == ("inner", "outer")
        assert inner.parent_span_id == outer.span_id
        assert inner.trace_id == outer.trace_id

    def test_each_invocation_has_its_own_trace(self, daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
        for header in (HEADER, OTHER_HEADER):
            monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
            with span("work"):
                pass
        assert [trace_of(received) for received in daemon.spans()] == [TRACE, OTHER_TRACE]

    def test_annotations_are_attributes_that_x_ray_indexes(self, daemon: Daemon) -> None:
        with span("work", correlation_id="request", odd=True):
            annotate(operation="create_user", outcome="success")
        [received] = daemon.spans()
        annotations = {"correlation_id": "request", "operation": "create_user", "outcome": "success"}
        indexed = [*tracing.ANNOTATIONS]
        assert attributes(received) == {**annotations, "odd": True, "aws.xray.annotations": indexed}
        assert set(annotations) <= set(indexed)

    def test_an_exception_is_recorded_by_its_type_alone(self, daemon: Daemon) -> None:
        with pytest.raises(KeyError), span("work"):
            raise KeyError(SECRET)
        [received] = daemon.spans()
        assert received.status == Status(code=Status.STATUS_CODE_ERROR)
        assert attributes(received)["error.type"] == "KeyError"
        assert [attributes(event) for event in received.events] == [{"exception.type": "KeyError"}]
        assert SECRET.encode() not in received.SerializeToString()

    @pytest.mark.parametrize(
        ("status", "code"), [(200, Status.STATUS_CODE_UNSET), (404, 0), (500, Status.STATUS_CODE_ERROR)]
    )
    def test_an_http_status_is_recorded(self, daemon: Daemon, status: int, code: int) -> None:
        """X-Ray makes an error of a 4xx by itself; to OpenTelemetry it is none of the server's."""
        with span("work"):
            record_status(status)
        [received] = daemon.spans()
        assert (attributes(received)["http.response.status_code"], received.status.code) == (status, code)

    def test_many_spans_take_several_datagrams(self, daemon: Daemon) -> None:
        with span("outer"):
            for number in range(3 * tracing.MAX_SPANS):
                with span("inner", correlation_id=f"{number:100}", operation="o" * 100):
                    pass
        received = daemon.spans()
        assert [one.name for one in received] == [*["inner"] * 3 * tracing.MAX_SPANS, "outer"]

    @pytest.mark.usefixtures("daemon")
    def test_nothing_is_current_afterwards(self) -> None:
        with span("work"):
            assert trace.get_current_span().is_recording()
        assert trace.get_current_span() is trace.INVALID_SPAN


class TestNothingIsSent:
    """Traces cost nothing when they are not wanted, and no request fails because of them."""

    def work(self, dynamodb: Any) -> None:
        """All that makes spans."""
        with span("work", operation="o") as current:
            assert not current.is_recording()
            annotate(outcome="success")
            record_status(500)
            dynamodb.list_tables()
            scan(dynamodb)
        with pytest.raises(KeyError), span("work"):
            raise KeyError

    @pytest.mark.parametrize("header", [NOT_SAMPLED, "", "Root=1;Parent=2;Sampled=1", f"Root={TRACE}", "odd"])
    def test_when_the_invocation_is_not_sampled(
        self, daemon: Daemon, dynamodb: Any, monkeypatch: pytest.MonkeyPatch, header: str
    ) -> None:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
        self.work(dynamodb)
        assert daemon.spans() == []
        assert not tracing.provider.cache_info().currsize, "the SDK is loaded for nothing"

    def test_when_the_message_is_not_sampled(self, daemon: Daemon, dynamodb: Any) -> None:
        with continue_trace(NOT_SAMPLED):
            self.work(dynamodb)
        assert daemon.spans() == []

    @pytest.mark.usefixtures("daemon")
    def test_when_there_is_no_daemon(self, dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_XRAY_DAEMON_ADDRESS")
        self.work(dynamodb)
        flush()

    @pytest.mark.usefixtures("daemon")
    @pytest.mark.parametrize("address", ["255.255.255.255:2000", "127.0.0.1", "127.0.0.1:x", ""])
    def test_when_the_daemon_cannot_be_reached(self, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
        for _ in range(2):
            with span("work"):
                pass
            flush()


class TestContinueTrace:
    """The spans of a message are in the trace of its sender."""

    def test_the_sender_is_the_parent(self, daemon: Daemon) -> None:
        with continue_trace(OTHER_HEADER), span("message"):
            pass
        with span("batch"):
            pass
        message, batch = daemon.spans()
        assert (trace_of(message), message.parent_span_id.hex()) == (OTHER_TRACE, "64aa5c3f42cd8ad8")
        assert trace_of(batch) == TRACE

    @pytest.mark.parametrize("header", ["", "odd"])
    def test_the_invocation_stays_the_parent_without_a_sender(self, daemon: Daemon, header: str) -> None:
        with span("batch"), continue_trace(header), span("message"):
            pass
        message, batch = daemon.spans()
        assert message.parent_span_id == batch.span_id


class TestCalls:
    """Each call of an AWS service is a span."""

    def test_tells_service_operation_and_status(self, daemon: Daemon, dynamodb: Any) -> None:
        with span("work"):
            dynamodb.list_tables()
        call, work = daemon.spans()
        assert (call.name, call.kind, call.parent_span_id) == (
            "DynamoDB",
            Span.SPAN_KIND_CLIENT,
            work.span_id,
        )
        assert attributes(call).pop("aws.request_id")
        assert attributes(call) | {"aws.request_id": ""} == {
            "rpc.system": "aws-api",
            "rpc.service": "DynamoDB",
            "rpc.method": "ListTables",
            "aws.region": REGION,
            "aws.request_id": "",
            "aws.xray.retries": 0,
            "http.response.status_code": 200,
        }
        assert call.status.code == Status.STATUS_CODE_UNSET

    def test_belongs_to_the_invocation_outside_of_a_span(self, daemon: Daemon, dynamodb: Any) -> None:
        dynamodb.list_tables()
        [call] = daemon.spans()
        assert (trace_of(call), call.parent_span_id.hex()) == (TRACE, PARENT)

    def test_a_refusal_is_an_error_of_its_code(self, daemon: Daemon, dynamodb: Any) -> None:
        """By the status, X-Ray makes an error of it."""
        scan(dynamodb)
        [call] = daemon.spans()
        assert call.status == Status(code=Status.STATUS_CODE_ERROR)
        assert attributes(call)["http.response.status_code"] == 400
        assert attributes(call)["error.type"] == "ResourceNotFoundException"
        assert "error.type" in attributes(call)["aws.xray.annotations"]
        assert SECRET.replace("@", "_").encode() not in call.SerializeToString()

    @pytest.mark.parametrize(
        ("status", "code"), [(500, "InternalServerError"), (400, "ProvisionedThroughputExceededException")]
    )
    def test_tells_code_and_retries_of_what_failed(
        self, daemon: Daemon, dynamodb: Any, status: int, code: str
    ) -> None:
        response = {
            "Error": {"Code": code, "Message": SECRET},
            "ResponseMetadata": {"HTTPStatusCode": status, "RetryAttempts": 2},
        }
        http = type("Http", (), {"status_code": status})
        dynamodb.meta.events.register_last("before-call", lambda **_: (http, response))
        scan(dynamodb)
        [call] = daemon.spans()
        assert attributes(call)["http.response.status_code"] == status
        assert (attributes(call)["error.type"], attributes(call)["aws.xray.retries"]) == (code, 2)
        assert SECRET.encode() not in call.SerializeToString()

    def test_no_response_is_an_error_of_its_type(self, daemon: Daemon, dynamodb: Any) -> None:
        def unreachable(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://example.com")

        dynamodb.meta.events.register("request-created.dynamodb.ListTables", unreachable)
        with pytest.raises(EndpointConnectionError):
            dynamodb.list_tables()
        [call] = daemon.spans()
        assert call.status == Status(code=Status.STATUS_CODE_ERROR)
        assert attributes(call)["error.type"] == "EndpointConnectionError"

    def test_the_service_is_told_the_trace_and_the_lineage(self, daemon: Daemon, dynamodb: Any) -> None:
        """By its lineage, Lambda detects functions that call each other in a loop."""
        sent = []
        dynamodb.meta.events.register("before-send", lambda request, **_: sent.append(request.headers))
        dynamodb.list_tables()
        [call] = daemon.spans()
        header = sent[0]["X-Amzn-Trace-Id"].decode()
        assert header == f"Root={TRACE};Parent={call.span_id.hex()};Sampled=1;Lineage=1:a87bd80c:0"
