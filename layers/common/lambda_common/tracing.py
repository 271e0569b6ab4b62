"""Traces: subsegments of the segment that Lambda makes of an invocation, sent to X-Ray's daemon beside it.

Written by hand because AWS's X-Ray SDK gets security fixes alone since February 2026 and none from February
2027 on, and because it costs an eighth of a cold start and a fifth of a warm read. What X-Ray takes:
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
"""

import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import Any

_PROTOCOL = b'{"format":"json","version":1}\n'
_TRACE_VARIABLE = "_X_AMZN_TRACE_ID"  # Lambda sets it anew for each invocation
_DAEMON_VARIABLE = "AWS_XRAY_DAEMON_ADDRESS"  # what only acts as Lambda may not have it
_BAD_REQUEST, _TOO_MANY_REQUESTS, _INTERNAL_ERROR = 400, 429, 500
# What services answer with a 400 when they are asked too often.
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
MAX_PARTS = 50  # a document has to fit into a datagram of 64 KiB; a call takes about 400 bytes of it

type Trace = Mapping[str, str]
"""The fields of a trace header: Root is the trace, Parent the segment or subsegment that work belongs to."""


class Subsegment:
    """A piece of work within a sampled invocation; with a parent it is a part of the parent's work."""

    def __init__(self, name: str, trace: Trace, parent: "Subsegment | None" = None, **members: Any) -> None:
        self._trace = trace
        self._parent = parent
        self._id = os.urandom(8).hex()
        self._members = {"id": self._id, "name": name, "start_time": time.time(), **members}
        self._parts: list[dict[str, Any]] = []

    def trace(self) -> Trace:
        """The trace as what is called from here sees it. Lambda's recursion guard is handed on within it."""
        return {**self._trace, "Parent": self._id}

    def update(self, **members: Any) -> None:
        """Set members of the document."""
        self._members.update(members)

    def add(self, member: str, values: Mapping[str, str | int | bool]) -> None:
        """Add to a member of the document that holds several values."""
        self._members.setdefault(member, {}).update(values)

    def finish(self) -> None:
        """Hand it to the parent, or send it with its parts."""
        self.update(end_time=time.time())
        if self._parts:
            self.update(subsegments=self._parts)
        if self._parent is None or not self._parent.takes(self._members):
            self._send()

    def takes(self, part: dict[str, Any]) -> bool:
        """Whether a finished part goes out with this; False when there are too many."""
        if len(self._parts) == MAX_PARTS:
            return False
        self._parts.append(part)
        return True

    def _send(self) -> None:
        """A trace that cannot be sent is lost: no request may fail because of it."""
        where = {"type": "subsegment", "trace_id": self._trace["Root"], "parent_id": self._trace["Parent"]}
        with suppress(OSError, ValueError):
            daemon_socket().sendto(_PROTOCOL + json.dumps(where | self._members).encode(), _daemon_address())


_current: ContextVar[Subsegment | None] = ContextVar("current_subsegment", default=None)


@contextmanager
def subsegment(name: str = "work") -> Iterator[None]:
    """Around a piece of work, in an invocation that is sampled.

    Of an error that passes through, the type is recorded and not the message, which may hold what a
    client sent.
    """
    work = _begin(name)
    if work is None:
        yield
        return
    token = _current.set(work)
    try:
        yield
    except Exception as error:
        work.update(fault=True, cause=_cause(type(error).__qualname__))
        raise
    finally:
        _current.reset(token)
        work.finish()


def rename(name: str) -> None:
    """Name the current subsegment, once it is known what it does."""
    if current := _current.get():
        current.update(name=name)


def annotate(**annotations: str | int | bool) -> None:
    """Add to the current subsegment what traces can be searched by."""
    if current := _current.get():
        current.add("annotations", annotations)


def answered(status: int) -> None:
    """Mark the current subsegment with what an HTTP status means: 4xx the client's error, 5xx our fault."""
    if (current := _current.get()) and status >= _BAD_REQUEST:
        current.update(**_kind_of_error(status))


def trace_id() -> str:
    """The id of the invocation's trace, sampled or not; "" where there is none."""
    return _header().get("Root", "")


def trace_calls(client: Any) -> None:
    """Make a subsegment of each call of an SDK client, and hand the trace on to the service."""
    client.meta.events.register("before-call", _begin_call)
    client.meta.events.register("after-call", _end_call)
    client.meta.events.register("after-call-error", _fail_call)


def _begin_call(model: Any, params: Any, context: dict[str, Any], **_: Any) -> None:
    aws = {"operation": model.name, "region": context["client_region"]}
    call = _begin(model.service_model.service_id, namespace="aws", aws=aws)
    if call is None:
        return
    context["subsegment"] = call
    params["headers"]["X-Amzn-Trace-Id"] = ";".join(f"{key}={value}" for key, value in call.trace().items())


def _end_call(parsed: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
    call: Subsegment | None = context.pop("subsegment", None)
    if call is None:
        return
    answer = parsed.get("ResponseMetadata", {})
    status, code = answer.get("HTTPStatusCode", 0), parsed.get("Error", {}).get("Code", "")
    call.add("aws", {"retries": answer.get("RetryAttempts", 0), "request_id": answer.get("RequestId", "")})
    call.update(http={"response": {"status": status}})
    if "Error" in parsed:
        call.update(cause=_cause(code, remote=True), **_kind_of_error(status, code))
    call.finish()


def _fail_call(exception: Exception, context: dict[str, Any], **_: Any) -> None:
    call: Subsegment | None = context.pop("subsegment", None)
    if call is not None:
        call.update(fault=True, cause=_cause(type(exception).__qualname__))
        call.finish()


def _kind_of_error(status: int, code: str = "") -> dict[str, bool]:
    if status >= _INTERNAL_ERROR:
        return {"fault": True}
    return {"error": True, "throttle": status == _TOO_MANY_REQUESTS or code in _THROTTLED}


def _cause(kind: str, *, remote: bool = False) -> dict[str, Any]:
    return {"exceptions": [{"id": os.urandom(8).hex(), "type": kind, "remote": remote}]}


def _begin(name: str, **members: Any) -> Subsegment | None:
    """A subsegment where work that begins now belongs; None when that is not sampled, or has no daemon."""
    if parent := _current.get():
        return Subsegment(name, parent.trace(), parent, **members)
    trace = _header()
    sampled = trace.get("Sampled") == "1" and trace.keys() >= {"Root", "Parent"}
    return Subsegment(name, trace, **members) if sampled and _DAEMON_VARIABLE in os.environ else None


def _header() -> Trace:
    header = os.environ.get(_TRACE_VARIABLE, "")
    return dict(field.split("=", 1) for field in header.split(";") if "=" in field)


def _daemon_address() -> tuple[str, int]:
    host, _, port = os.environ[_DAEMON_VARIABLE].rpartition(":")
    return host, int(port)


@cache
def daemon_socket() -> socket.socket:
    """The one socket for traces."""
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setblocking(False)  # noqa: FBT003 - the way the standard library has it
    return sender
