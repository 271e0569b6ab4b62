"""Traces, as the X-Ray daemon receives them."""

import pytest
from opentelemetry import trace
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from lambda_common import tracing
from lambda_common.tracing import annotate, continue_trace, flush, record_status, span
from tests.helpers.traces import HEADER, PARENT, TRACE, Daemon, attributes, trace_of

SECRET = "john@example.com"
OTHER_TRACE = "1-700f3c40-0a1b2c3d4e5f60718293a4b5"
OTHER_HEADER = f"Root={OTHER_TRACE};Parent=64aa5c3f42cd8ad8;Sampled=1"
NOT_SAMPLED = HEADER.replace("Sampled=1", "Sampled=0")


class TestSpan:
    """A span belongs to the invocation or to the span around it."""

    def test_belongs_to_the_span_around_it_or_to_the_invocation(
        self, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with span("outer"), span("inner"):
            assert trace.get_current_span().is_recording()
        assert trace.get_current_span() is trace.INVALID_SPAN
        monkeypatch.setenv("_X_AMZN_TRACE_ID", OTHER_HEADER)
        with span("other"):
            pass
        inner, outer, other = daemon.spans()
        assert (outer.name, trace_of(outer), outer.parent_span_id.hex()) == ("outer", TRACE, PARENT)
        assert 0 < outer.start_time_unix_nano <= outer.end_time_unix_nano
        assert outer.status.code == Status.STATUS_CODE_UNSET
        assert (inner.name, trace_of(inner), inner.parent_span_id) == ("inner", TRACE, outer.span_id)
        assert trace_of(other) == OTHER_TRACE

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

    @pytest.mark.parametrize(("status", "code"), [(200, 0), (404, 0), (500, Status.STATUS_CODE_ERROR)])
    def test_an_http_status_is_recorded(self, daemon: Daemon, status: int, code: int) -> None:
        """X-Ray marks a 4xx as an error by itself; in OpenTelemetry it is not an error of the server."""
        with span("work"):
            record_status(status)
        [received] = daemon.spans()
        assert (attributes(received)["http.response.status_code"], received.status.code) == (status, code)

    def test_many_spans_take_several_datagrams(self, daemon: Daemon) -> None:
        with span("outer"):
            for number in range(3 * tracing.MAX_SPANS):
                with span("inner", correlation_id=f"{number:100}", operation="o" * 100):
                    pass
        assert [one.name for one in daemon.spans()] == [*["inner"] * 3 * tracing.MAX_SPANS, "outer"]


class TestNothingIsSent:
    """Nothing is sent or loaded without sampling, and no request fails because of tracing."""

    def work(self) -> None:
        """All that creates spans."""
        with span("work", operation="o") as current:
            assert not current.is_recording()
            annotate(outcome="success")
            record_status(500)
        with pytest.raises(KeyError), span("work"):
            raise KeyError

    @pytest.mark.parametrize("header", [NOT_SAMPLED, "", "Root=1;Parent=2;Sampled=1", f"Root={TRACE}", "odd"])
    def test_when_the_invocation_is_not_sampled(
        self, daemon: Daemon, monkeypatch: pytest.MonkeyPatch, header: str
    ) -> None:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
        self.work()
        assert daemon.spans() == []
        assert not tracing.provider.cache_info().currsize, "the SDK is loaded for nothing"

    @pytest.mark.usefixtures("daemon")
    def test_when_there_is_no_daemon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_XRAY_DAEMON_ADDRESS")
        self.work()
        flush()

    @pytest.mark.usefixtures("daemon")
    @pytest.mark.parametrize("address", ["255.255.255.255:2000", "127.0.0.1", "127.0.0.1:x", ""])
    def test_when_the_daemon_cannot_be_reached(self, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
        for _ in range(2):
            with span("work"):
                pass
            flush()


def test_a_message_is_in_the_trace_of_its_sender(daemon: Daemon) -> None:
    """Without a valid sender, the span around it stays the parent."""
    with span("batch"):
        for header in (OTHER_HEADER, "", "odd"):
            with continue_trace(header), span("message"):
                pass
    message, *without_sender, batch = daemon.spans()
    assert (trace_of(message), message.parent_span_id.hex()) == (OTHER_TRACE, "64aa5c3f42cd8ad8")
    assert [each.parent_span_id for each in without_sender] == 2 * [batch.span_id]
    assert trace_of(batch) == TRACE
