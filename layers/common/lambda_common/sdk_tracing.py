"""A span for each call that a boto3 client makes.

OpenTelemetry's own instrumentation of botocore records the text of errors, and loads four more packages.
"""

from collections.abc import Mapping
from typing import Any

from opentelemetry.propagators.aws.aws_xray_propagator import TRACE_HEADER_KEY
from opentelemetry.trace import Span, SpanKind, set_span_in_context

from lambda_common.tracing import PROPAGATOR, invocation_header, record_error, start_span


def trace_calls(client: Any) -> None:
    """Trace each call of a client, and hand the trace on to the service."""
    client.meta.events.register("before-call", _start_call)
    client.meta.events.register("after-call", _end_call)
    client.meta.events.register("after-call-error", _fail_call)


def _start_call(model: Any, params: Any, context: dict[str, Any], **_: Any) -> None:
    service = model.service_model.service_id
    attributes = {
        "rpc.system": "aws-api",
        "rpc.service": service,
        "rpc.method": model.name,
        "aws.region": context["client_region"],
    }
    if call := start_span(service, attributes, SpanKind.CLIENT):
        context["span"] = call
        _hand_on(call, params["headers"])


def _hand_on(call: Span, headers: dict[str, str]) -> None:
    """Lineage, by which Lambda detects functions that call each other in a loop, is not the propagator's."""
    PROPAGATOR.inject(headers, set_span_in_context(call))
    lineage = [field for field in invocation_header().split(";") if field.startswith("Lineage=")]
    headers[TRACE_HEADER_KEY] = ";".join([headers[TRACE_HEADER_KEY], *lineage])


def _end_call(parsed: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
    call: Span | None = context.pop("span", None)
    if call is None:
        return
    response = parsed.get("ResponseMetadata", {})
    call.set_attributes(
        {
            "http.response.status_code": response.get("HTTPStatusCode", 0),
            "aws.request_id": response.get("RequestId", ""),
            "aws.xray.retries": response.get("RetryAttempts", 0),
        }
    )
    if "Error" in parsed:
        record_error(call, parsed["Error"].get("Code", "Unknown"))
    call.end()


def _fail_call(exception: Exception, context: dict[str, Any], **_: Any) -> None:
    call: Span | None = context.pop("span", None)
    if call is not None:
        record_error(call, type(exception).__qualname__)
        call.end()
