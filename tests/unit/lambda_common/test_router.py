"""From an event to an endpoint and back."""

from collections.abc import Callable
from typing import Any

import pytest

from lambda_common.observability import Observability
from lambda_common.problems import Problem, ProblemTable
from lambda_common.requests import Request
from lambda_common.responses import Response
from lambda_common.router import Router
from tests.answers import Answer, Api
from tests.builders import an_observability
from tests.events import changed_event
from tests.logs import Logs

SECRET = "john@example.com"
PROBLEMS: ProblemTable = {
    LookupError: Problem(404, "nothing", "Nothing", "Nothing there."),
    TimeoutError: Problem(503, "later", "Later", "Come back.", headers={"Retry-After": "1"}),
}


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Logs:
    """What is written."""
    return Logs(capsys)


def answer_of(endpoint: Callable[[Request], Response], observability: Observability | None = None) -> Answer:
    """The answer when this endpoint is behind GET /users."""
    router = Router({"/users": {"GET": endpoint}}, PROBLEMS, observability or an_observability())
    return Api(router.handle).send(changed_event("list-users"))


def raising(error: Exception) -> Callable[[Request], Response]:
    """An endpoint that raises."""

    def broken(_request: Request) -> Response:
        raise error

    return broken


class TestUnforeseenError:
    """What nobody foresaw is one 500 with nothing of the inside."""

    @pytest.mark.parametrize(
        "error", [RuntimeError(SECRET), ValueError(SECRET), RecursionError(SECRET), AssertionError(SECRET)]
    )
    def test_answers_500_with_the_request_id_and_no_more(self, error: Exception) -> None:
        answer = answer_of(raising(error))
        assert (answer.status, answer.problem) == (500, "internal-error")
        assert SECRET not in answer.text
        assert type(error).__name__ not in answer.text

    def test_is_logged_by_type_and_place_without_its_words(self, logs: Logs) -> None:
        def broken(_request: Request) -> Response:
            try:
                return {"a": Response(200)}[SECRET]
            except KeyError as error:
                raise RuntimeError(SECRET) from error

        answer_of(broken)
        [error] = [line for line in logs.lines if line["level"] == "ERROR"]
        assert error["error_types"] == ["RuntimeError", "KeyError"]
        assert any("broken" in frame for frame in error["stack"])
        assert error["correlation_id"] == changed_event("list-users")["requestContext"]["requestId"]
        assert SECRET not in logs.text

    def test_is_counted_as_such(self, logs: Logs) -> None:
        answer_of(raising(RuntimeError(SECRET)))
        [metric] = logs.metrics
        assert (metric["operation"], metric["outcome"]) == ("broken", "internal-error")

    def test_the_next_request_is_served(self, logs: Logs) -> None:
        observability = an_observability()
        answer_of(raising(RuntimeError(SECRET)), observability)
        assert answer_of(lambda _: Response(200, {}), observability).status == 200
        assert [line["status"] for line in logs.lines if "status" in line] == [500, 200]


class TestForeseenError:
    """An error of the table is its answer."""

    @pytest.mark.parametrize(("error", "status"), [(KeyError(SECRET), 404), (TimeoutError(SECRET), 503)])
    def test_answers_as_the_table_says(self, logs: Logs, error: Exception, status: int) -> None:
        answer = answer_of(raising(error))
        assert (answer.status, answer.headers.get("Retry-After")) == (status, "1" if status == 503 else None)
        assert SECRET not in answer.text + logs.text

    def test_is_no_error_in_the_log_when_it_is_the_clients(self, logs: Logs) -> None:
        answer_of(raising(KeyError(SECRET)))
        assert [line["level"] for line in logs.lines] == ["INFO"]


class TestHeaders:
    """What an endpoint says of its answer stays."""

    def test_those_of_the_endpoint_win(self) -> None:
        headers: dict[str, Any] = {"Cache-Control": "private, no-cache", "ETag": '"1"'}
        answer = answer_of(lambda _: Response(200, {}, headers))
        assert answer.headers.items() >= headers.items()
