"""Logs and metrics."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from lambda_common.observability import Observability
from tests.answers import Context
from tests.builders import an_observability
from tests.logs import Logs
from tests.traces import Daemon, attributes, trace_of

SECRET = "john@example.com"


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Logs:
    """What is written."""
    return Logs(capsys)


def invoke(observability: Observability, request_id: str = "request") -> None:
    """One invocation that finishes a request."""
    with observability.invocation(Context("invocation")), observability.correlated(request_id):
        observability.count("UserCreated")
        observability.finished("op", "success", route="GET /x")


class TestInvocation:
    """What is recorded inside belongs to it."""

    def test_lines_carry_the_ids_when_inside(self, logs: Logs) -> None:
        observability = an_observability()
        invoke(observability, "first")
        invoke(observability, "second")
        assert [
            (line["correlation_id"], line["function_request_id"], line["cold_start"]) for line in logs.lines
        ] == [
            ("first", "invocation", True),
            ("second", "invocation", False),
        ]

    def test_lines_of_both_kinds_carry_the_same_keys(self, logs: Logs) -> None:
        """The logger writes the one kind, this module the other."""
        observability = an_observability()
        with observability.invocation(Context()), observability.correlated("request"):
            observability.finished("op", "success")
            observability.failed(RuntimeError())
        finished, failed = logs.lines
        common = {"level", "message", "timestamp", "service", "function_request_id", "cold_start"}
        assert common | {"correlation_id"} <= set(finished) & set(failed)
        assert finished["service"] == failed["service"]
        for line in (finished, failed):
            time_ = datetime.fromisoformat(line["timestamp"])
            assert time_.utcoffset() == timedelta(0)
            assert abs(time_ - datetime.now(UTC)) < timedelta(minutes=1)

    def test_no_line_carries_the_ids_when_outside(self, logs: Logs) -> None:
        observability = an_observability()
        invoke(observability)
        observability.failed(RuntimeError(SECRET))
        assert not {"correlation_id", "function_request_id", "cold_start"} & set(logs.lines[-1])

    def test_metrics_are_written_when_it_raises(self, logs: Logs) -> None:
        observability = an_observability()

        def fail() -> None:
            with observability.invocation(Context()), observability.correlated("r"):
                observability.finished("op", "bad")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert [metric["outcome"] for metric in logs.metrics] == ["bad"]

    def test_nothing_is_counted_twice(self, logs: Logs) -> None:
        observability = an_observability()
        for _ in range(3):
            invoke(observability)
        observability.finished("op", "success")
        assert [line["Operations"] for line in logs.metrics] == [1, 1, 1, 1]
        assert [line.get("UserCreated") for line in logs.metrics] == [1, 1, 1, None]


class TestCorrelation:
    """Within an invocation there may be several requests; what belongs to none of them has no id."""

    def test_each_line_has_the_id_of_its_request(self, logs: Logs) -> None:
        observability = an_observability()
        with observability.invocation(Context("invocation")):
            for request_id in ("first", "second"):
                with observability.correlated(request_id):
                    observability.finished("op", "success")
            observability.failed(RuntimeError())
        assert [line.get("correlation_id") for line in logs.lines] == ["first", "second", None]
        assert {line["function_request_id"] for line in logs.lines} == {"invocation"}

    def test_the_outer_id_is_back_when_the_inner_request_ends(self, logs: Logs) -> None:
        observability = an_observability()
        with observability.correlated("outer"):
            with observability.correlated("inner"):
                observability.finished("op", "success")
            observability.finished("op", "success")
        assert [line.get("correlation_id") for line in logs.lines] == ["inner", "outer"]

    def test_tells_whose_request_is_worked_on(self) -> None:
        observability = an_observability()
        ids = [observability.correlation_id()]
        with observability.correlated("outer"):
            ids.append(observability.correlation_id())
            with observability.correlated("inner"):
                ids.append(observability.correlation_id())
            ids.append(observability.correlation_id())
        ids.append(observability.correlation_id())
        assert ids == ["", "outer", "inner", "outer", ""]

    def test_ends_when_it_raises(self, logs: Logs) -> None:
        observability = an_observability()
        with pytest.raises(RuntimeError), observability.correlated("request"):
            raise RuntimeError
        observability.finished("op", "success")
        assert observability.correlation_id() == ""
        assert "correlation_id" not in logs.lines[0]


class TestFinished:
    """One line for a piece of work."""

    def test_tells_operation_outcome_and_what_else_is_known(self, logs: Logs) -> None:
        observability = an_observability()
        observability.finished("clean_up", "success", deleted=3)
        observability.finished("op", "bad")
        first, second = logs.lines
        assert (first["level"], first["message"]) == ("INFO", "Finished")
        assert (first["operation"], first["outcome"], first["deleted"]) == ("clean_up", "success", 3)
        assert (second["operation"], second["outcome"]) == ("op", "bad")
        assert "deleted" not in second


class TestMetrics:
    """The embedded metric format, within the log line."""

    def test_operations_are_counted_by_operation_and_outcome(self, logs: Logs) -> None:
        invoke(an_observability())
        [line] = logs.metrics
        operations, _ = line["_aws"]["CloudWatchMetrics"]
        assert operations["Namespace"] == "Tests"
        assert operations["Dimensions"] == [["service", "operation", "outcome"]]
        assert operations["Metrics"] == [{"Name": "Operations", "Unit": "Count"}]
        assert (line["operation"], line["outcome"], line["Operations"]) == ("op", "success", 1)

    def test_business_counts_stand_by_themselves(self, logs: Logs) -> None:
        invoke(an_observability())
        _, created = logs.metrics[0]["_aws"]["CloudWatchMetrics"]
        assert created["Dimensions"] == [["service"]]
        assert created["Metrics"] == [{"Name": "UserCreated", "Unit": "Count"}]
        assert logs.metrics[0]["UserCreated"] == 1

    def test_have_the_time_in_milliseconds(self, logs: Logs) -> None:
        before = time.time()
        invoke(an_observability())
        assert before - 1 <= logs.metrics[0]["_aws"]["Timestamp"] / 1000 <= time.time()

    def test_what_is_counted_twice_is_two(self, logs: Logs) -> None:
        observability = an_observability()
        for name in ("UserDeleted", "UserCreated", "UserDeleted"):
            observability.count(name)
        observability.finished("op", "success")
        [line] = logs.metrics
        _, counts = line["_aws"]["CloudWatchMetrics"]
        assert [metric["Name"] for metric in counts["Metrics"]] == ["UserDeleted", "UserCreated"]
        assert (line["UserDeleted"], line["UserCreated"]) == (2, 1)

    def test_odd_values_do_no_harm(self, logs: Logs) -> None:
        an_observability().finished("op", "success", when=datetime.now(UTC))
        assert logs.lines[0]["when"].startswith("20")


class TestFailed:
    """An error is recorded by its types and place."""

    def test_names_the_types_of_the_whole_chain(self, logs: Logs) -> None:
        error = RuntimeError(SECRET)
        error.__cause__ = KeyError(SECRET)
        error.__cause__.__context__ = ValueError(SECRET)
        an_observability().failed(error)
        [line] = logs.lines
        assert (line["level"], line["message"], line["aws_errors"]) == ("ERROR", "Failed", [])
        assert line["error_types"] == ["RuntimeError", "KeyError", "ValueError"]
        assert SECRET not in logs.text

    def test_names_what_aws_refused(self, logs: Logs) -> None:
        error = RuntimeError(SECRET)
        error.__cause__ = ClientError(
            {"Error": {"Code": "AccessDeniedException", "Message": SECRET}}, "PutItem"
        )
        an_observability().failed(error)
        [line] = logs.lines
        assert line["error_types"] == ["RuntimeError", "ClientError"]
        assert line["aws_errors"] == ["PutItem AccessDeniedException"]
        assert SECRET not in logs.text

    def test_names_the_operation_when_aws_gave_no_code(self, logs: Logs) -> None:
        an_observability().failed(ClientError({}, "PutItem"))
        assert logs.lines[0]["aws_errors"] == ["PutItem Unknown"]

    def test_ends_when_the_chain_is_a_circle(self, logs: Logs) -> None:
        first, second = RuntimeError(SECRET), KeyError(SECRET)
        first.__context__, second.__context__ = second, first
        an_observability().failed(first)
        assert logs.lines[0]["error_types"] == ["RuntimeError", "KeyError"]

    def test_ends_where_an_interrupt_was_the_cause(self, logs: Logs) -> None:
        error = RuntimeError(SECRET)
        error.__context__ = KeyboardInterrupt(SECRET)
        an_observability().failed(error)
        assert logs.lines[0]["error_types"] == ["RuntimeError"]

    def test_tells_where_it_was_raised(self, logs: Logs) -> None:
        try:
            raise RuntimeError(SECRET)  # noqa: TRY301 - the traceback is what this is about
        except RuntimeError as error:
            an_observability().failed(error)
        assert "test_tells_where_it_was_raised" in logs.lines[0]["stack"][0]


class TestTraces:
    """Each piece of work is a span, and the spans of an invocation are sent when it ends."""

    def test_a_request_tells_its_course_and_whose_it_was(self, daemon: Daemon, logs: Logs) -> None:
        observability = an_observability()
        with observability.invocation(Context()), observability.correlated("request"):
            observability.finished("get_user", "not-found", status=404)
        [received] = daemon.received()
        expected = {"operation": "get_user", "outcome": "not-found", "correlation_id": "request"}
        assert received.name == "## get_user"
        assert attributes(received).items() >= {**expected, "http.response.status_code": 404}.items()
        assert logs.lines[0]["xray_trace_id"] == trace_of(received)

    def test_work_that_raises_tells_the_type_alone(self, daemon: Daemon) -> None:
        here = an_observability()
        with pytest.raises(RuntimeError), here.invocation(Context()), here.work("make_thumbnails", "request"):
            raise RuntimeError(SECRET)
        [received] = daemon.received()
        assert (received.name, attributes(received)["outcome"]) == ("## make_thumbnails", "failed")
        assert attributes(received)["error.type"] == "RuntimeError"
        assert SECRET.encode() not in received.SerializeToString()
