"""Structured logs, metrics (EMF) and traces (X-Ray), behind a face of our own.

The only module that knows the SDKs behind it: to change one, change this file. Log messages are
constants with keys beside them. Neither logs nor traces ever hold bodies, names or e-mail addresses;
that is why exceptions are recorded by type and place, without their messages.
"""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.tracing import Tracer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambda_common.settings import FunctionSettings


class LambdaContext(Protocol):
    """What we use of the context object that Lambda hands to a handler."""

    @property
    def aws_request_id(self) -> str:
        """The id of this invocation, the same when Lambda repeats it."""


class Observability:
    """One per function."""

    def __init__(self, settings: FunctionSettings) -> None:
        self._service = service = settings.powertools_service_name
        self._namespace = settings.powertools_metrics_namespace
        self._logger = Logger(service=service, level=settings.powertools_log_level, location=None)
        self._tracer = Tracer(service=service, patch_modules=("botocore",))
        self._is_cold_start = True
        self._correlation_id = ""

    @contextmanager
    def invocation(self, context: LambdaContext) -> Iterator[None]:
        """Around everything that one invocation does."""
        cold_start, self._is_cold_start = self._is_cold_start, False
        keys = {"function_request_id": context.aws_request_id, "cold_start": cold_start}
        with self._logger.append_context_keys(**keys), self.trace("handler"):
            self._tracer.put_annotation("ColdStart", cold_start)
            yield

    @contextmanager
    def correlated(self, correlation_id: str) -> Iterator[None]:
        """What is recorded inside belongs to the request with this id."""
        outer, self._correlation_id = self._correlation_id, correlation_id
        try:
            with self._logger.append_context_keys(correlation_id=correlation_id):
                self._tracer.put_annotation("correlation_id", correlation_id)
                yield
        finally:
            self._correlation_id = outer
            if outer:
                self._logger.append_keys(correlation_id=outer)

    def correlation_id(self) -> str:
        """The id of the request that is being worked on."""
        return self._correlation_id

    @contextmanager
    def trace(self, name: str) -> Iterator[None]:
        """A subsegment around a piece of work. X-Ray would record the message of an error that it sees."""
        raised = None
        with self._tracer.provider.in_subsegment(name=f"## {name}"):
            try:
                yield
            except Exception as error:  # noqa: BLE001 - raised again below, where X-Ray does not see it
                raised = error
        if raised:
            raise raised

    def finished(self, operation: str, outcome: str, **keys: Any) -> None:
        """One line, one count and two annotations for a piece of work."""
        self._logger.info("Finished", operation=operation, outcome=outcome, **keys)
        self._tracer.put_annotation("operation", operation)
        self._tracer.put_annotation("outcome", outcome)
        self.count("Operations", operation=operation, outcome=outcome)

    def count(self, name: str, **dimensions: str) -> None:
        """Add one to a count, such as `UserCreated`."""
        with single_metric(
            name,
            MetricUnit.Count,
            1,
            namespace=self._namespace,
            default_dimensions={"service": self._service, **dimensions},
        ):
            pass

    def failed(self, error: Exception) -> None:
        """Record an error that is not the client's: its types and where it came from, not its words."""
        chain = [error]
        while following := chain[-1].__cause__ or chain[-1].__context__:
            if not isinstance(following, Exception) or following in chain:
                break
            chain.append(following)
        self._logger.error(
            "Failed",
            error_types=[type(link).__qualname__ for link in chain],
            aws_errors=[_aws_error(link) for link in chain if hasattr(link, "operation_name")],
            stack=traceback.format_list(traceback.extract_tb(chain[-1].__traceback__)),
        )


def _aws_error(error: Any) -> str:
    """What an AWS service refused, and its code: `PutItem AccessDeniedException`."""
    return f"{error.operation_name} {error.response.get('Error', {}).get('Code', 'Unknown')}"
