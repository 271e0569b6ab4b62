"""Checks that this project logs, counts and traces each request.

If the format of logs, metrics or traces changes, change this file: no other module of `bench` depends on it.
"""

import json
import re
from base64 import b64decode
from collections.abc import Collection

_OTLP = b"T1S"  # begins sampled spans of OpenTelemetry, in base64; segment documents of X-Ray are JSON
_TRACE_OF_SPAN = re.compile(rb"\n\x10(.{16})\x12\x08", re.DOTALL)  # its first two fields: trace and span id
_TRACE_OF_SEGMENT = re.compile(rb'"trace_id": ?"1-(\w{8})-(\w{24})"')


class NotObservedError(Exception):
    """A request was not logged, counted or traced as in a deployment, so that the figures are not valid."""


def check_output(output: str, requests: Collection[str]) -> None:
    """Find the ids of requests in the log, and as many metrics in embedded metric format."""
    lines = [json.loads(line) for line in output.splitlines()]
    _check("logged", {line.get("correlation_id") for line in lines}, requests)
    if sum("_aws" in line for line in lines) < len(requests):
        raise NotObservedError(f"Fewer metrics than {len(requests)} requests")


def check_traces(traces: Collection[str], requests: Collection[str]) -> None:
    """Find the traces of requests, by the same ids."""
    _check("traced", traces, requests)


def trace_ids(datagram: bytes) -> set[str]:
    """The trace ids, in 32 hexadecimal digits, of a datagram to the X-Ray daemon."""
    _, _, body = datagram.partition(b"\n")
    if body.startswith(_OTLP):
        return {trace.hex() for trace in _TRACE_OF_SPAN.findall(b64decode(body.removeprefix(_OTLP)))}
    return {(time + rest).decode() for time, rest in _TRACE_OF_SEGMENT.findall(body)}


def _check(done: str, found: Collection[str], requests: Collection[str]) -> None:
    if missing := set(requests).difference(found):
        raise NotObservedError(f"{len(missing)} of {len(requests)} requests are not {done}")
