"""Logs, metrics and spans of operations."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambda_common.observability import (
    actor,
    append_keys,
    correlation_id,
    log_failure,
    logger,
    metrics,
    operation,
)
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.helpers.traces import Daemon, attributes

SECRET = "john@example.com"


@logger.inject_lambda_context
@metrics.log_metrics
def invocation(operations: list[str], _: Context) -> None:
    """Each operation is named like its request."""
    for name in operations:
        with operation(name, f"id of {name}"):
            append_keys(course=name)
            metrics.add_metric(name="UserCreated", unit="Count", value=1)


def failing_operation(*_: object) -> None:
    """An operation that raises an exception."""
    with operation("op", "request"):
        raise RuntimeError(SECRET)


class TestLogs:
    """One line for each operation, and one for each failure."""

    def test_line_has_the_outcome_and_the_ids_of_request_and_invocation(self, logs: Logs) -> None:
        invocation(["first"], Context("invocation"))
        [line] = logs.lines
        assert line.items() >= {
            "level": "INFO", "message": "Finished", "service": metrics.service,
            "operation": "first", "outcome": "success", "course": "first",
            "correlation_id": "id of first", "function_request_id": Context().aws_request_id,
        }.items()  # fmt: skip
        time = datetime.fromisoformat(line["timestamp"])
        assert time.utcoffset() == timedelta(0)
        assert abs(time - datetime.now(UTC)) < timedelta(minutes=1)

    def test_line_has_nothing_of_the_operation_before(self, logs: Logs) -> None:
        with operation("op", "first", actor="client"):
            assert actor() == "client"
            append_keys(outcome="bad", deleted=datetime.now(UTC))
        with operation("op", "second"):
            assert (correlation_id(), actor()) == ("second", "")
        first, second = logs.lines
        assert (first["outcome"], first["deleted"][:2]) == ("bad", "20")
        assert (second["outcome"], second["correlation_id"]) == ("success", "second")
        assert first["actor"] == "client"
        assert not {"deleted", "actor"} & set(second)
        assert correlation_id() == ""
        log_failure(RuntimeError())
        assert "correlation_id" not in logs.lines[-1]

    def test_exception_is_logged_without_its_message_and_raised(self, logs: Logs) -> None:
        with pytest.raises(RuntimeError):
            metrics.log_metrics(failing_operation)({}, Context())
        failed, finished = logs.lines
        assert (failed["message"], failed["correlation_id"]) == ("Failed", "request")
        assert "failing_operation" in failed["stack"][-1]
        assert (finished["operation"], finished["outcome"]) == ("op", "failed")
        assert [line["outcome"] for line in logs.metrics] == ["failed"]
        assert SECRET not in logs.text

    @pytest.mark.parametrize("response", [{"Error": {"Code": "Denied", "Message": SECRET}}, {}])
    def test_failure_has_the_types_of_the_chain_and_the_codes_of_aws(self, logs: Logs, response: Any) -> None:
        error = RuntimeError(SECRET)
        error.__cause__ = KeyError(SECRET)
        error.__cause__.__context__ = ClientError(response, "PutItem")
        log_failure(error)
        [line] = logs.lines
        assert (line["level"], line["message"]) == ("ERROR", "Failed")
        assert line["error_types"] == ["RuntimeError", "KeyError", "ClientError"]
        assert line["aws_errors"] == [f"PutItem {'Denied' if response else 'Unknown'}"]
        assert SECRET not in logs.text

    def test_failure_ends_when_the_chain_is_a_circle(self, logs: Logs) -> None:
        first, second = RuntimeError(), KeyError()
        first.__context__, second.__context__ = second, first
        log_failure(first)
        assert logs.lines[0]["error_types"] == ["RuntimeError", "KeyError"]


class TestMetrics:
    """Each operation has its own dimensions."""

    def test_each_operation_is_counted_by_itself(self, logs: Logs) -> None:
        invocation(["first", "second"], Context())
        invocation(["third"], Context())
        assert [line["operation"] for line in logs.metrics] == ["first", "second", "third"]
        for line in logs.metrics:
            [directive] = line["_aws"]["CloudWatchMetrics"]
            assert directive["Namespace"] == metrics.namespace == "ServerlessUsersApi"
            assert directive["Dimensions"] == [["operation", "outcome", "service"]]
            units = {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]}
            assert units == {"Operations": "Count", "Duration": "Milliseconds", "UserCreated": "Count"}
            assert (line["Operations"], line["UserCreated"], line["outcome"]) == ([1], [1], "success")
            assert 0 < line["Duration"][0] < 60_000

    def test_metrics_before_an_operation_do_not_have_its_dimensions(self, logs: Logs) -> None:
        metrics.add_metric(name="StreamRecords", unit="Count", value=2)
        invocation(["first"], Context())
        assert [line.get("StreamRecords") for line in logs.emf] == [[2], None]
        assert "operation" not in logs.emf[0]


class TestTraces:
    """Each operation is a span, which is sent when the operation ends."""

    def test_span_has_the_outcome_and_the_id_of_the_request(self, daemon: Daemon) -> None:
        with operation("get_user", "request"):
            append_keys(outcome="user-not-found")
        with pytest.raises(RuntimeError):
            failing_operation()
        done, failed = daemon.received()
        expected = {"operation": "get_user", "outcome": "user-not-found", "correlation_id": "request"}
        assert done.name == "## get_user"
        assert attributes(done).items() >= expected.items()
        assert attributes(failed).items() >= {"outcome": "failed", "error.type": "RuntimeError"}.items()
        assert SECRET.encode() not in failed.SerializeToString()
