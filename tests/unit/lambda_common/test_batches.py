"""Batches from queues."""

import pytest
from opentelemetry.trace import get_current_span

from lambda_common.batches import Message, process_messages
from tests.answers import Context
from tests.builders import an_observability
from tests.logs import Logs

SECRET = "john@example.com"


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Logs:
    """What is written."""
    return Logs(capsys)


def handle(message: Message) -> None:
    """Fails with what is in the message's body, if that is something."""
    if message["body"]:
        raise RuntimeError(message["body"])


def failed_of(*bodies: str) -> list[dict[str, str]]:
    """What is answered for messages whose ids are their places."""
    event = {"Records": [{"messageId": str(place), "body": body} for place, body in enumerate(bodies)]}
    answer = process_messages(event, Context("invocation"), handle, an_observability())
    assert set(answer) == {"batchItemFailures"}
    failures: list[dict[str, str]] = answer["batchItemFailures"]
    return failures


class TestProcessMessages:
    """Each message stands for itself."""

    def test_names_none_when_all_succeed(self) -> None:
        assert failed_of("", "", "") == []

    def test_names_those_that_failed_and_handles_the_others(self) -> None:
        assert failed_of("", "x", "", "x") == [{"itemIdentifier": "1"}, {"itemIdentifier": "3"}]

    def test_names_all_when_all_fail(self) -> None:
        assert failed_of("x", "x") == [{"itemIdentifier": "0"}, {"itemIdentifier": "1"}]

    def test_logs_each_failure_without_its_words(self, logs: Logs) -> None:
        failed_of(SECRET, "", SECRET)
        assert [line["error_types"] for line in logs.lines] == 2 * [["RuntimeError"]]
        assert {line["function_request_id"] for line in logs.lines} == {"invocation"}
        assert SECRET not in logs.text

    def test_each_is_in_the_trace_of_its_sender(self) -> None:
        header = "Root=1-{0:08x}-{0:024x};Parent={0:016x};Sampled=1"
        records = [
            {"messageId": str(sender), "attributes": {"AWSTraceHeader": header.format(sender)}}
            for sender in (1, 2)
        ]
        seen = []
        process_messages(
            {"Records": [*records, {"messageId": "3", "attributes": {}}]},
            Context(),
            lambda _: seen.append(get_current_span().get_span_context().span_id),
            an_observability(),
        )
        assert seen == [1, 2, 0]
