"""Spans of requests."""

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from tests.helpers.responses import Api
from tests.helpers.traces import Daemon, attributes


@pytest.mark.parametrize(("name", "status"), [("create-user", 201), ("get-user", 404)])
def test_a_span_has_the_operation_and_the_status(api: Api, daemon: Daemon, name: str, status: int) -> None:
    """X-Ray marks 4xx as an error by the status."""
    api(name)
    spans = {span.name: span for span in daemon.spans()}
    span = spans["## " + name.replace("-", "_")]
    assert attributes(span)["http.response.status_code"] == status
    assert span.status.code != Status.STATUS_CODE_ERROR
