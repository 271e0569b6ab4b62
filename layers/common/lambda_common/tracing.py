"""Traces with the OpenTelemetry API, sent to the X-Ray daemon of the execution environment.

Only this module depends on the SDK: AWS's lite SDK, which the first sampled invocation loads. Spans do not
contain messages of errors, which can contain input of clients.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from opentelemetry import context as context_api
from opentelemetry import trace
from opentelemetry.propagators.aws.aws_xray_propagator import TRACE_HEADER_KEY, AwsXRayPropagator
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind, StatusCode
from opentelemetry.util.types import Attributes, AttributeValue

ANNOTATIONS = ("operation", "outcome", "correlation_id")
"""The attributes that X-Ray indexes, for searches; on failed spans also `error.type`."""

_INDEXED = {"aws.xray.annotations": ANNOTATIONS}
PROPAGATOR = AwsXRayPropagator()
MAX_SPANS = 50  # of 300 to 600 bytes each, in one datagram of at most 64 KiB
_INTERNAL_SERVER_ERROR = 500


@contextmanager
def span(name: str, **attributes: AttributeValue) -> Iterator[Span]:
    """Create a span and make it the current one. An exception is recorded with its type."""
    started = start_span(name, {**_INDEXED, **attributes})
    if started is None:
        yield INVALID_SPAN
        return
    with trace.use_span(started, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield started
        except Exception as error:
            record_error(started, type(error).__qualname__)
            raise


def start_span(name: str, attributes: Attributes, kind: SpanKind = SpanKind.INTERNAL) -> Span | None:
    """Start a child of the current span, or of the invocation. None if the trace is not sampled."""
    context = context_api.get_current()
    if trace.get_current_span(context) is INVALID_SPAN:
        context = PROPAGATOR.extract({TRACE_HEADER_KEY: invocation_header()}, context)
    sampled = trace.get_current_span(context).get_span_context().trace_flags.sampled
    if not sampled or "AWS_XRAY_DAEMON_ADDRESS" not in os.environ:
        return None
    started: Span = provider().get_tracer(__name__).start_span(name, context, kind, attributes)
    return started


def annotate(**attributes: AttributeValue) -> None:
    """Add attributes to the current span."""
    trace.get_current_span().set_attributes(attributes)


def record_status(status: int) -> None:
    """Add an HTTP status to the current span: X-Ray marks 4xx as an error and 5xx as a fault."""
    current = trace.get_current_span()
    current.set_attribute("http.response.status_code", status)
    if status >= _INTERNAL_SERVER_ERROR:
        current.set_status(StatusCode.ERROR)


def record_error(failed: Span, error_type: str) -> None:
    """Mark a span as failed."""
    failed.set_status(StatusCode.ERROR)
    failed.set_attributes({"aws.xray.annotations": (*ANNOTATIONS, "error.type"), "error.type": error_type})
    failed.add_event("exception", {"exception.type": error_type})


@contextmanager
def continue_trace(header: str) -> Iterator[None]:
    """Continue the trace of an X-Ray trace header, such as a message's AWSTraceHeader.

    The sender becomes the parent. OpenTelemetry's conventions allow that if each message of a batch has its
    own span. The lite SDK does not support links, and Lambda links its own segments to the senders.
    """
    context = PROPAGATOR.extract({TRACE_HEADER_KEY: header}, context_api.get_current())
    token = context_api.attach(context)
    try:
        yield
    finally:
        context_api.detach(token)


def invocation_header() -> str:
    """The trace header of the invocation. Lambda sets it for each invocation."""
    return os.environ.get("_X_AMZN_TRACE_ID", "")


def flush() -> None:
    """Send ended spans, because Lambda can freeze the process after the invocation."""
    if provider.cache_info().currsize:
        provider().force_flush()


@cache
def provider() -> Any:
    """The provider of tracers. Without a valid address of the daemon, it drops spans."""
    from amazon.opentelemetry.distro import opentelemetry_lite_sdk as sdk  # type: ignore[import-untyped]

    class Batches(sdk.BatchingSpanProcessor):  # type: ignore[misc]
        def on_end(self, span: Span) -> None:
            super().on_end(span)
            if len(self._spans) >= MAX_SPANS:
                self.force_flush()

    made = sdk.TracerProvider({"service.name": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")})
    with suppress(ValueError):
        made.add_span_processor(Batches(sdk.UdpSpanExporter(os.environ["AWS_XRAY_DAEMON_ADDRESS"])))
    return made
