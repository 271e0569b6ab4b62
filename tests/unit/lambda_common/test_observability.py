"""Logs, metrics and traces."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambda_common.observability import Observability
from tests.answers import Context
from tests.builders import an_observability
from tests.logs import Logs

ROOT = Path(__file__).parents[3]
SECRET = "john@example.com"
TRACED = f"""
from lambda_common.problems import Problem
from lambda_common.responses import Response
from lambda_common.router import Router
from tests.answers import Context
from tests.builders import an_observability
from tests.events import changed_event

def fine(request):
    return Response(200, {{}})

def broken(request):
    try:
        raise KeyError("{SECRET}")
    except KeyError as error:
        raise RuntimeError("{SECRET}") from error

def refused(request):
    raise LookupError("{SECRET}")

problems = {{LookupError: Problem(404, "nothing", "Nothing", "Nothing.")}}
observability = an_observability()
for endpoint in (fine, broken, refused):
    router = Router({{"/users/{{userId}}": {{"GET": endpoint}}}}, problems, observability)
    router.handle(changed_event("get-user", user_id="{SECRET}"), Context())
"""


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Logs:
    """What is written."""
    return Logs(capsys)


@pytest.fixture
def daemon() -> Iterator[socket.socket]:
    """What the X-Ray daemon hears."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.2)
        yield listener


def invoke(observability: Observability, request_id: str = "request") -> None:
    """One invocation that finishes a request."""
    with observability.invocation(Context("invocation"), correlation_id=request_id):
        observability.count("UserCreated")
        observability.finished(operation="op", route="GET /x", status=200, outcome="success")


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

    def test_no_line_carries_the_ids_when_outside(self, logs: Logs) -> None:
        observability = an_observability()
        invoke(observability)
        observability.failed(RuntimeError(SECRET))
        assert "correlation_id" not in logs.lines[-1]

    def test_metrics_are_written_when_it_raises(self, logs: Logs) -> None:
        observability = an_observability()

        def fail() -> None:
            with observability.invocation(Context(), correlation_id="r"):
                observability.finished(operation="op", route="GET /x", status=500, outcome="bad")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert [metric["outcome"] for metric in logs.metrics] == ["bad"]

    def test_nothing_is_counted_twice(self, logs: Logs) -> None:
        observability = an_observability()
        for _ in range(3):
            invoke(observability)
        assert [metric.get("Requests") for metric in logs.metrics if "Requests" in metric] == 3 * [[1.0]]
        assert [metric.get("UserCreated") for metric in logs.metrics if "UserCreated" in metric] == 3 * [
            [1.0]
        ]


class TestMetrics:
    """Lines in the embedded metric format."""

    def test_requests_are_counted_by_operation_and_outcome(self, logs: Logs) -> None:
        invoke(an_observability())
        _, requests = logs.metrics
        [directive] = requests["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "Tests"
        assert set(directive["Dimensions"][0]) == {"service", "operation", "outcome"}
        assert directive["Metrics"] == [{"Name": "Requests", "Unit": "Count"}]
        assert (requests["operation"], requests["outcome"], requests["Requests"]) == ("op", "success", [1.0])

    def test_business_counts_stand_by_themselves(self, logs: Logs) -> None:
        invoke(an_observability())
        [directive] = logs.metrics[0]["_aws"]["CloudWatchMetrics"]
        assert directive["Dimensions"] == [["service"]]
        assert directive["Metrics"] == [{"Name": "UserCreated", "Unit": "Count"}]


class TestFailed:
    """An error is recorded by its types and place."""

    def test_names_the_types_of_the_whole_chain(self, logs: Logs) -> None:
        error = RuntimeError(SECRET)
        error.__cause__ = KeyError(SECRET)
        error.__cause__.__context__ = ValueError(SECRET)
        an_observability().failed(error)
        [line] = logs.lines
        assert (line["level"], line["error_types"]) == ("ERROR", ["RuntimeError", "KeyError", "ValueError"])
        assert SECRET not in logs.text

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
    """With tracing on, as in Lambda, segments tell of the request and nothing of the people in it."""

    def documents(self, daemon: socket.socket) -> list[dict[str, Any]]:
        environment = {
            "PYTHONPATH": f"{ROOT}/src:{ROOT}/layers/common:{ROOT}",
            "LAMBDA_TASK_ROOT": str(ROOT / "src"),
            "AWS_LAMBDA_FUNCTION_NAME": "users",
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
            "_X_AMZN_TRACE_ID": "Root=1-691f3c40-0a1b2c3d4e5f60718293a4b5;Parent=53995c3f42cd8ad8;Sampled=1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        subprocess.run(
            [sys.executable, "-c", TRACED], env=environment, check=True, capture_output=True, cwd=ROOT
        )
        documents = []
        while True:
            try:
                documents.append(json.loads(daemon.recv(65536).split(b"\n", 1)[1]))
            except TimeoutError:
                return documents

    def test_tell_operation_and_outcome_and_no_more(self, daemon: socket.socket) -> None:
        documents = self.documents(daemon)
        text = json.dumps(documents)
        assert len(documents) >= 3
        assert SECRET not in text
        assert all(f'"## {name}"' in text for name in ("handler", "fine", "broken", "refused"))
        annotations = [document["annotations"] for document in documents if "annotations" in document]
        assert [(a["operation"], a["outcome"]) for a in annotations] == [
            ("fine", "success"),
            ("broken", "internal-error"),
            ("refused", "nothing"),
        ]
        assert [a["ColdStart"] for a in annotations] == [True, False, False]
