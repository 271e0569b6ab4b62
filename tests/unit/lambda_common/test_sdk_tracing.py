"""Spans of the calls that a client makes."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from lambda_common.clients import client
from lambda_common.tracing import continue_trace, span
from tests.helpers.traces import HEADER, PARENT, TRACE, Daemon, attributes, trace_of

SECRET = "john_example.com"
NOT_SAMPLED = HEADER.replace("Sampled=1", "Sampled=0")


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    """The client that functions use, over a DynamoDB without tables."""
    with mock_aws():
        client.cache_clear()
        yield client("dynamodb")
    client.cache_clear()


def scan(dynamodb: Any) -> None:
    """A call that is refused: there is no such table."""
    with pytest.raises(ClientError):
        dynamodb.scan(TableName=SECRET)


def test_span_has_service_operation_and_status(daemon: Daemon, dynamodb: Any) -> None:
    """It belongs to the span around it."""
    with span("work"):
        dynamodb.list_tables()
    call, work = daemon.spans()
    assert (call.name, call.kind, call.parent_span_id) == ("DynamoDB", Span.SPAN_KIND_CLIENT, work.span_id)
    assert attributes(call).pop("aws.request_id")
    assert attributes(call) | {"aws.request_id": ""} == {
        "rpc.system": "aws-api", "rpc.service": "DynamoDB", "rpc.method": "ListTables",
        "aws.request_id": "", "http.response.status_code": 200,
    }  # fmt: skip
    assert call.status.code == Status.STATUS_CODE_UNSET


def test_span_belongs_to_the_invocation_outside_of_a_span(daemon: Daemon, dynamodb: Any) -> None:
    """A refusal is an error with its code; by the status, X-Ray makes an error of it."""
    scan(dynamodb)
    [call] = daemon.spans()
    assert (trace_of(call), call.parent_span_id.hex()) == (TRACE, PARENT)
    assert call.status == Status(code=Status.STATUS_CODE_ERROR)
    assert attributes(call)["http.response.status_code"] == 400
    assert attributes(call)["error.type"] == "ResourceNotFoundException"
    assert "error.type" in attributes(call)["aws.xray.annotations"]
    assert SECRET.encode() not in call.SerializeToString()


def test_span_has_code_and_retries_when_the_service_fails(daemon: Daemon, dynamodb: Any) -> None:
    """But not the message."""
    response = {
        "Error": {"Code": "InternalServerError", "Message": SECRET},
        "ResponseMetadata": {"HTTPStatusCode": 500, "RetryAttempts": 2},
    }
    http = type("Http", (), {"status_code": 500})
    dynamodb.meta.events.register_last("before-call", lambda **_: (http, response))
    scan(dynamodb)
    [call] = daemon.spans()
    expected = {"http.response.status_code": 500, "error.type": "InternalServerError", "aws.xray.retries": 2}
    assert attributes(call).items() >= expected.items()
    assert SECRET.encode() not in call.SerializeToString()


def test_span_has_the_type_of_the_error_when_there_is_no_response(daemon: Daemon, dynamodb: Any) -> None:
    """As when the service cannot be reached."""

    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://example.com")

    dynamodb.meta.events.register("request-created.dynamodb.ListTables", unreachable)
    with pytest.raises(EndpointConnectionError):
        dynamodb.list_tables()
    [call] = daemon.spans()
    assert call.status == Status(code=Status.STATUS_CODE_ERROR)
    assert attributes(call)["error.type"] == "EndpointConnectionError"


def test_nothing_is_sent_when_invocation_or_message_is_not_sampled(
    daemon: Daemon, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors neither."""
    with continue_trace(NOT_SAMPLED):
        dynamodb.list_tables()
    monkeypatch.setenv("_X_AMZN_TRACE_ID", NOT_SAMPLED)
    dynamodb.list_tables()
    scan(dynamodb)
    assert daemon.spans() == []
