"""Logger, Metrics and the record of each operation, shared by every function.

Messages are constants with keys. Logs and traces do not contain bodies, names or email addresses. Therefore
unexpected exceptions are logged with their types and places, but without their messages.
"""

from __future__ import annotations

import json
import time
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics

from lambda_common import tracing

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENCODER = json.JSONEncoder(separators=(",", ":"), default=str)

# json_deserializer=str prevents the formatter from decoding and re-encoding each message.
logger = Logger(
    json_serializer=_ENCODER.encode, json_deserializer=str, location=None, use_rfc3339=True, utc=True
)
metrics = Metrics()

_result: dict[str, Any] = {}


@contextmanager
def operation(
    name: str, correlation_id: str, actor: str = "", *, start: float | None = None
) -> Iterator[None]:
    """Record one use case of a request: a span, a log line, and metrics by operation and outcome.

    `actor` is the id of the client that made the request; "" if no client did.

    `append_keys` sets the outcome and further keys of the line. An exception is logged and sets the outcome
    to `failed`. `start` is the `time.perf_counter()` of work that began before, in other threads.
    """
    if metrics.metric_set:
        metrics.flush_metrics()  # of the previous operation: all metrics of a set have the same dimensions
    start = start or time.perf_counter()
    _result.clear()
    logger.append_keys(correlation_id=correlation_id, actor=actor or None)
    try:
        with tracing.span(f"## {name}", operation=name):
            try:
                yield
            except Exception as error:
                log_failure(error)
                append_keys(outcome="failed")
                raise
            finally:
                _finish(name, 1000 * (time.perf_counter() - start))
    finally:
        logger.append_keys(correlation_id=None, actor=None)  # lines between operations belong to no request
        tracing.flush()


def append_keys(**keys: Any) -> None:
    """Add keys to the line of the current operation. The default `outcome` is `success`."""
    _result.update(keys)


def correlation_id() -> str:
    """The id of the request to which the current operation belongs."""
    return logger.get_correlation_id() or ""


def actor() -> str:
    """The id of the client that made this request; "" if no client did."""
    return logger.get_current_keys().get("actor") or ""


def _finish(name: str, milliseconds: float) -> None:
    keys = {"operation": name, "outcome": "success"} | _result
    tracing.annotate(correlation_id=correlation_id(), outcome=keys["outcome"])
    logger.info("Finished", **keys)
    metrics.add_dimension(name="operation", value=name)
    metrics.add_dimension(name="outcome", value=keys["outcome"])
    metrics.add_metric(name="Operations", unit="Count", value=1)
    metrics.add_metric(name="Duration", unit="Milliseconds", value=milliseconds)


def log_failure(error: BaseException) -> None:
    """Log an unexpected error with its types and its place, but without messages, which can contain input."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    logger.error(
        "Failed",
        error_types=[type(link).__qualname__ for link in chain],
        aws_errors=[_aws_error(link) for link in chain if hasattr(link, "operation_name")],
        stack=traceback.format_list(traceback.extract_tb(chain[-1].__traceback__)),
    )


def _aws_error(error: Any) -> str:
    """The operation of an AWS service that failed, and its error code: `PutItem AccessDeniedException`."""
    return f"{error.operation_name} {error.response.get('Error', {}).get('Code', 'Unknown')}"
