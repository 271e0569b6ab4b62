"""Spans of the calls that a client makes."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from lambda_common.tracing import continue_trace, span
from tests.helpers.traces import HEADER, PARENT, TRACE, Daemon, attributes, trace_of

SECRET = "john@example.com"


def scan(dynamodb: Any) -> None:
    """A call that is refused: there is no such table."""
    with pytest.raises(ClientError):
        dynamodb.scan(TableName=SECRET.replace("@", "_"))


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
            "aws.request_id": "",
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

    @pytest.mark.usefixtures("daemon")
    def test_the_service_is_told_the_trace_and_the_lineage(self, dynamodb: Any) -> None:
        """By botocore itself. By the lineage, Lambda detects functions that call each other in a loop."""
        sent = []
        dynamodb.meta.events.register("before-send", lambda request, **_: sent.append(request.headers))
        dynamodb.list_tables()
        assert sent[0]["X-Amzn-Trace-Id"].decode() == HEADER

    def test_nothing_is_sent_when_the_invocation_is_not_sampled(
        self, daemon: Daemon, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER.replace("Sampled=1", "Sampled=0"))
        dynamodb.list_tables()
        scan(dynamodb)
        assert daemon.spans() == []

    def test_nothing_is_sent_when_the_message_is_not_sampled(self, daemon: Daemon, dynamodb: Any) -> None:
        with continue_trace(HEADER.replace("Sampled=1", "Sampled=0")):
            dynamodb.list_tables()
        assert daemon.spans() == []
