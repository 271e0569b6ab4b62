"""Logs and metrics of operations."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from lambda_common.observability import append_keys, correlation_id, log_failure, logger, metrics, operation
from tests.helpers.answers import Context
from tests.helpers.environment import function_environment
from tests.helpers.logs import Logs
from tests.helpers.markdown import PROJECT
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


def failing_operation() -> None:
    """An operation that an exception leaves."""
    with operation("op", "request"):
        raise RuntimeError(SECRET)


class TestOperation:
    """One line, and one set of metrics."""

    def test_logs_its_outcome_and_the_ids_of_request_and_invocation(self, logs: Logs) -> None:
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

    def test_keeps_nothing_of_the_operation_before(self, logs: Logs) -> None:
        with operation("op", "first"):
            append_keys(outcome="bad", deleted=3)
        with operation("op", "second"):
            assert correlation_id() == "second"
        first, second = logs.lines
        assert (first["outcome"], first["deleted"]) == ("bad", 3)
        assert (second["outcome"], second["correlation_id"]) == ("success", "second")
        assert "deleted" not in second

    def test_lines_outside_have_no_correlation_id(self, logs: Logs) -> None:
        with operation("op", "request"):
            pass
        assert correlation_id() == ""
        log_failure(RuntimeError())
        assert "correlation_id" not in logs.lines[-1]

    def test_an_exception_is_logged_without_its_message_and_raised(self, logs: Logs) -> None:
        with pytest.raises(RuntimeError):
            failing_operation()
        failed, finished = logs.lines
        assert (failed["message"], failed["correlation_id"]) == ("Failed", "request")
        assert (finished["operation"], finished["outcome"]) == ("op", "failed")
        assert SECRET not in logs.text

    def test_any_value_can_be_recorded(self, logs: Logs) -> None:
        with operation("op", "request"):
            append_keys(when=datetime.now(UTC))
        assert logs.lines[0]["when"].startswith("20")


class TestMetrics:
    """Each operation has its own dimensions."""

    def test_each_operation_is_counted_by_itself(self, logs: Logs) -> None:
        invocation(["first", "second"], Context())
        invocation(["third"], Context())
        assert [line["operation"] for line in logs.metrics] == ["first", "second", "third"]
        for line in logs.metrics:
            [directive] = line["_aws"]["CloudWatchMetrics"]
            assert directive["Namespace"] == metrics.namespace
            assert directive["Dimensions"] == [["operation", "outcome", "service"]]
            units = {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]}
            assert units == {"Operations": "Count", "Duration": "Milliseconds", "UserCreated": "Count"}
            assert (line["Operations"], line["UserCreated"], line["outcome"]) == ([1], [1], "success")
            assert 0 < line["Duration"][0] < 60_000

    def test_a_failed_operation_is_counted(self, logs: Logs) -> None:
        with pytest.raises(RuntimeError):
            metrics.log_metrics(lambda *_: failing_operation())({}, Context())
        assert [line["outcome"] for line in logs.metrics] == ["failed"]

    def test_what_precedes_an_operation_is_not_counted_with_it(self, logs: Logs) -> None:
        metrics.add_metric(name="StreamRecords", unit="Count", value=2)
        invocation(["first"], Context())
        assert [line.get("StreamRecords") for line in logs.emf] == [[2], None]
        assert "operation" not in logs.emf[0]


class TestLogFailure:
    """An error is recorded by its types and place."""

    def test_names_the_types_of_the_whole_chain(self, logs: Logs) -> None:
        error = RuntimeError(SECRET)
        error.__cause__ = KeyError(SECRET)
        error.__cause__.__context__ = ValueError(SECRET)
        log_failure(error)
        [line] = logs.lines
        assert (line["level"], line["message"], line["aws_errors"]) == ("ERROR", "Failed", [])
        assert line["error_types"] == ["RuntimeError", "KeyError", "ValueError"]
        assert SECRET not in logs.text

    @pytest.mark.parametrize(
        ("response", "code"),
        [
            ({"Error": {"Code": "AccessDeniedException", "Message": SECRET}}, "AccessDeniedException"),
            ({}, "Unknown"),
        ],
    )
    def test_names_what_aws_refused(self, logs: Logs, response: dict[str, dict[str, str]], code: str) -> None:
        error = RuntimeError(SECRET)
        error.__cause__ = ClientError(response, "PutItem")  # type: ignore[arg-type] # as AWS sends it
        log_failure(error)
        [line] = logs.lines
        assert line["error_types"] == ["RuntimeError", "ClientError"]
        assert line["aws_errors"] == [f"PutItem {code}"]
        assert SECRET not in logs.text

    def test_ends_when_the_chain_is_a_circle(self, logs: Logs) -> None:
        first, second = RuntimeError(SECRET), KeyError(SECRET)
        first.__context__, second.__context__ = second, first
        log_failure(first)
        assert logs.lines[0]["error_types"] == ["RuntimeError", "KeyError"]

    def test_names_the_place(self, logs: Logs) -> None:
        with pytest.raises(RuntimeError) as caught:
            failing_operation()
        log_failure(caught.value)
        assert "failing_operation" in logs.lines[-1]["stack"][-1]


class TestLogLevel:
    """POWERTOOLS_LOG_LEVEL decides what is logged."""

    @pytest.mark.parametrize(("level", "messages"), [("INFO", ["Finished", "Failed"]), ("ERROR", ["Failed"])])
    def test_decides(self, level: str, messages: list[str]) -> None:
        program = (
            "from lambda_common.observability import log_failure, operation\n"
            "with operation('op', 'request'): pass\n"
            "log_failure(RuntimeError())"
        )
        environment = function_environment("UsersApiFunction") | {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT / "layers/common"),
            "POWERTOOLS_LOG_LEVEL": level,
        }
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True
        )
        assert [message for message in ("Finished", "Failed") if f'"{message}"' in done.stdout] == messages


class TestTraces:
    """Each operation is a span, which is sent when the operation ends."""

    def test_a_span_has_the_outcome_and_the_id_of_the_request(self, daemon: Daemon) -> None:
        with operation("get_user", "request"):
            append_keys(outcome="user-not-found")
        [received] = daemon.received()
        expected = {"operation": "get_user", "outcome": "user-not-found", "correlation_id": "request"}
        assert received.name == "## get_user"
        assert attributes(received).items() >= expected.items()

    def test_a_failed_operation_has_the_type_of_the_error_alone(self, daemon: Daemon) -> None:
        with pytest.raises(RuntimeError):
            failing_operation()
        [received] = daemon.received()
        assert attributes(received).items() >= {"outcome": "failed", "error.type": "RuntimeError"}.items()
        assert SECRET.encode() not in received.SerializeToString()
