"""Work that fails, in logs and metrics."""

import pytest

from tests.answers import Context
from tests.builders import an_observability
from tests.logs import Logs

SECRET = "john@example.com"


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Logs:
    """What is written."""
    return Logs(capsys)


class TestWork:
    """A piece of work that says itself when it has finished."""

    def test_an_error_is_logged_once_and_counted_with_the_request_that_it_belongs_to(
        self, logs: Logs
    ) -> None:
        observability = an_observability()
        with (
            pytest.raises(RuntimeError),
            observability.invocation(Context("invocation")),
            observability.work("op", "request"),
        ):
            raise RuntimeError(SECRET)
        failed, finished = logs.lines
        assert (failed["message"], failed["correlation_id"]) == ("Failed", "request")
        assert (finished["operation"], finished["outcome"], finished["correlation_id"]) == (
            "op",
            "failed",
            "request",
        )
        assert finished["Operations"] == 1

    def test_what_fails_outside_of_it_is_logged_too(self, logs: Logs) -> None:
        observability = an_observability()
        with pytest.raises(RuntimeError), observability.invocation(Context("invocation")):
            raise RuntimeError(SECRET)
        [line] = logs.lines
        assert (line["message"], line["function_request_id"]) == ("Failed", "invocation")
        assert SECRET not in logs.text
