"""What the benchmark takes for logs, metrics and traces of a request."""

import json
from base64 import b64encode

import pytest

from tools.bench.observability import NotObservedError, check_output, check_traces, trace_ids

REQUEST, OTHER = "691f3c400a1b2c3d4e5f60718293a403", "0" * 32
LOG = json.dumps({"message": "Finished", "correlation_id": REQUEST})
METRICS = json.dumps({"_aws": {"Timestamp": 1}, "Operations": 1})
HEADER = b'{"format":"json","version":1}\n'


class TestOutput:
    """Each request has a line and metrics, in one JSON document or in two."""

    def test_passes_when_each_request_is_logged_and_counted(self) -> None:
        check_output(f"{LOG}\n{METRICS}\n", [REQUEST])
        check_output(json.dumps(json.loads(LOG) | json.loads(METRICS)), [REQUEST])

    @pytest.mark.parametrize("output", ["", LOG, METRICS, LOG.replace(REQUEST, OTHER) + "\n" + METRICS])
    def test_fails_when_a_log_line_or_metrics_are_missing(self, output: str) -> None:
        with pytest.raises(NotObservedError):
            check_output(output, [REQUEST])


class TestTraces:
    """Each request has a trace that X-Ray samples."""

    def test_reads_segment_documents_of_x_ray(self) -> None:
        segment = json.dumps({"name": "work", "trace_id": f"1-{REQUEST[:8]}-{REQUEST[8:]}"})
        assert trace_ids(HEADER + segment.encode()) == {REQUEST}

    @pytest.mark.parametrize(("prefix", "traces"), [(b"T1S", {REQUEST}), (b"T1U", set())])
    def test_reads_sampled_spans_of_opentelemetry(self, prefix: bytes, traces: set[str]) -> None:
        span = b"\x12\x30\n\x10" + bytes.fromhex(REQUEST) + b"\x12\x08" + bytes(8)
        assert trace_ids(HEADER + prefix + b64encode(span)) == traces

    def test_fails_when_a_trace_is_missing(self) -> None:
        check_traces({REQUEST, OTHER}, [REQUEST])
        with pytest.raises(NotObservedError, match="1 of 2 requests are not traced"):
            check_traces({OTHER}, [REQUEST, OTHER])
