"""Structured logs, metrics and traces (X-Ray), behind a face of our own.

The only module that knows what is behind it: to change the SDK of one, change this file. Messages are
constants with keys beside them. Neither logs nor traces ever hold bodies, names or e-mail addresses; that is
why exceptions are recorded by type and place, without their messages.

Each piece of work ends in one line that is its log line and, in CloudWatch's embedded metric format, its
metrics. It is written by hand: by way of a logger and a metrics library that line took 150 of the 1,450
microseconds of a warm request. What goes wrong is logged by Powertools' Logger, which is loaded when
something does: it takes a tenth of a cold start.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

from opentelemetry.trace import get_current_span

from lambda_common import tracing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aws_lambda_powertools.logging import Logger

    from lambda_common.settings import FunctionSettings

_ENCODER = json.JSONEncoder(separators=(",", ":"), default=str)


class LambdaContext(Protocol):
    """What we use of the context object that Lambda hands to a handler."""

    @property
    def aws_request_id(self) -> str:
        """The id of this invocation, the same when Lambda repeats it."""


class Observability:
    """One per function."""

    def __init__(self, settings: FunctionSettings) -> None:
        self._settings = settings
        self._is_cold_start = True
        self._keys: dict[str, Any] = {}
        self._counts: Counter[str] = Counter()
        self._reported: Exception | None = None

    @contextmanager
    def invocation(self, context: LambdaContext) -> Iterator[None]:
        """Around everything that one invocation does."""
        self._keys = {"function_request_id": context.aws_request_id, "cold_start": self._is_cold_start}
        self._is_cold_start = False
        try:
            yield
        except Exception as error:
            self.failed(error)
            raise
        finally:
            self._keys, self._reported = {}, None
            tracing.flush()

    @contextmanager
    def correlated(self, correlation_id: str) -> Iterator[None]:
        """What is recorded inside belongs to the request with this id: a piece of work, and a span."""
        outer = self._keys
        self._keys = {**outer, "correlation_id": correlation_id}
        try:
            with tracing.span("work", correlation_id=correlation_id):
                yield
        finally:
            self._keys = outer

    @contextmanager
    def work(self, operation: str, correlation_id: str) -> Iterator[Callable[..., None]]:
        """The same for an operation known before; gives its `finished`. An error makes it `failed`."""
        finished = partial(self.finished, operation)
        with self.correlated(correlation_id):
            get_current_span().update_name(f"## {operation}")
            try:
                yield finished
            except Exception as error:
                self.failed(error)
                finished("failed")
                raise

    def correlation_id(self) -> str:
        """The id of the request that is being worked on."""
        return str(self._keys.get("correlation_id", ""))

    def finished(self, operation: str, outcome: str, **keys: Any) -> None:
        """One line with its metrics for a piece of work, whose span gets its name and its outcome.

        Among the keys, `status` is that of an HTTP answer.
        """
        if "status" in keys:
            tracing.record_status(keys["status"])
        tracing.annotate(operation=operation, outcome=outcome)
        get_current_span().update_name(f"## {operation}")
        line = {
            "level": "INFO",
            "message": "Finished",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "service": self._settings.powertools_service_name,
            **self._keys,
            "xray_trace_id": tracing.invocation_header().partition(";")[0].removeprefix("Root="),
            "operation": operation,
            "outcome": outcome,
            **keys,
            **self._metrics(),
        }
        sys.stdout.write(f"{_ENCODER.encode(line)}\n")

    def count(self, name: str) -> None:
        """Add one to a count, such as `UserCreated`; it is written when the work is finished."""
        self._counts[name] += 1

    def _metrics(self) -> dict[str, Any]:
        counts, self._counts = self._counts, Counter()
        directives = [self._directive(["Operations"], ["service", "operation", "outcome"])]
        if counts:
            directives.append(self._directive(counts, ["service"]))
        now = int(time.time() * 1000)
        return {"_aws": {"Timestamp": now, "CloudWatchMetrics": directives}, "Operations": 1, **counts}

    def _directive(self, metrics: Iterable[str], dimensions: list[str]) -> dict[str, Any]:
        return {
            "Namespace": self._settings.powertools_metrics_namespace,
            "Dimensions": [dimensions],
            "Metrics": [{"Name": metric, "Unit": "Count"} for metric in metrics],
        }

    @cached_property
    def _logger(self) -> Logger:
        from aws_lambda_powertools.logging import Logger

        return Logger(
            service=self._settings.powertools_service_name,
            location=None,
            use_rfc3339=True,
            utc=True,
        )

    def failed(self, error: Exception) -> None:
        """Record an error that is not the client's, once: its types and where it came from, not its words."""
        if error is self._reported:
            return
        self._reported = error
        chain = [error]
        while following := chain[-1].__cause__ or chain[-1].__context__:
            if not isinstance(following, Exception) or following in chain:
                break
            chain.append(following)
        self._logger.error(
            "Failed",
            **self._keys,
            error_types=[type(link).__qualname__ for link in chain],
            aws_errors=[_aws_error(link) for link in chain if hasattr(link, "operation_name")],
            stack=traceback.format_list(traceback.extract_tb(chain[-1].__traceback__)),
        )


def _aws_error(error: Any) -> str:
    """What an AWS service refused, and its code: `PutItem AccessDeniedException`."""
    return f"{error.operation_name} {error.response.get('Error', {}).get('Code', 'Unknown')}"
