"""A fake X-Ray daemon: it receives OTLP as AWS's exporters send it over UDP."""

import base64
import json
import socket
from collections.abc import Iterator
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from lambda_common.tracing import flush

TRACE = "1-691f3c40-0a1b2c3d4e5f60718293a4b5"
PARENT = "53995c3f42cd8ad8"
HEADER = f"Root={TRACE};Parent={PARENT};Sampled=1;Lineage=1:a87bd80c:0"


class Daemon:
    """Receives datagrams: a header, the prefix of sampled spans, and protobuf in Base64."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def datagrams(self) -> Iterator[bytes]:
        """The datagrams received so far."""
        while True:
            try:
                header, payload = self._socket.recv(65536).split(b"\n", 1)
            except TimeoutError:
                return
            assert json.loads(header) == {"format": "json", "version": 1}
            assert payload.startswith(b"T1S")
            yield base64.b64decode(payload[3:])

    def spans(self) -> list[Span]:
        """All ended spans, after a flush."""
        flush()
        return self.received()

    def received(self) -> list[Span]:
        """The spans that were sent."""
        requests = [ExportTraceServiceRequest.FromString(data) for data in self.datagrams()]
        resources = [resource for request in requests for resource in request.resource_spans]
        return [one for resource in resources for scope in resource.scope_spans for one in scope.spans]

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


def value(encoded: AnyValue) -> Any:
    """The value of an attribute."""
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
