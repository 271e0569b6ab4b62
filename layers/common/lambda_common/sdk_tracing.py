"""A span for each call of a boto3 client.

OpenTelemetry's instrumentation of botocore records messages of errors and loads four more packages.
"""

from collections.abc import Mapping
from typing import Any

from opentelemetry.trace import Span, SpanKind

from lambda_common.tracing import record_error, start_span


def trace_calls(client: Any) -> None:
    """Trace each call of a client. botocore itself propagates the trace of the invocation to the service."""
    client.meta.events.register("before-call", _start_call)
    client.meta.events.register("after-call", _end_call)
    client.meta.events.register("after-call-error", _fail_call)


def _start_call(model: Any, context: dict[str, Any], **_: Any) -> None:
    service = model.service_model.service_id
    attributes = {"rpc.system": "aws-api", "rpc.service": service, "rpc.method": model.name}
    context["span"] = start_span(service, attributes, SpanKind.CLIENT)


def _end_call(parsed: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
    call: Span | None = context.pop("span", None)
    if call is None:
        return
    response = parsed.get("ResponseMetadata", {})
    call.set_attribute("http.response.status_code", response.get("HTTPStatusCode", 0))
    call.set_attribute("aws.request_id", response.get("RequestId", ""))
    if retries := response.get("RetryAttempts"):
        call.set_attribute("aws.xray.retries", retries)
    if "Error" in parsed:
        record_error(call, parsed["Error"].get("Code", "Unknown"))
    call.end()


def _fail_call(exception: Exception, context: dict[str, Any], **_: Any) -> None:
    call: Span | None = context.pop("span", None)
    if call is not None:
        record_error(call, type(exception).__qualname__)
        call.end()
