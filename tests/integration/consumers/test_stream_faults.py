"""When SNS or the dead-letter queue fails, no change is lost, and none is published twice."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.helpers.consumers import Record, from_position, inserts, position
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.helpers.wire import PASSING, refusal
from tests.integration.consumers.services import Aws, Queue
from users.consumers.user_stream import lambda_handler

FUNCTION = "UserStreamFunction"


def handle(records: list[Record]) -> dict[str, Any]:
    """The response to records."""
    response: dict[str, Any] = lambda_handler({"Records": records}, Context())
    return response


def going_on_from(number: int) -> dict[str, Any]:
    """The response that makes Lambda continue at one of `inserts`."""
    return {"batchItemFailures": [{"itemIdentifier": position(number)}]}


def users_in(queue: Queue) -> list[int]:
    """The numbers of the users with events in a queue."""
    return [int(event["userId"]) for event in queue.documents]


class TestRefusedEntry:
    """An event that SNS refuses while it accepts the others goes to the dead-letter queue."""

    @pytest.mark.parametrize("count", [1, 2, 10, 25])
    def test_dead_lettered_and_the_others_are_published_once(self, aws: Aws, logs: Logs, count: int) -> None:
        bad = count // 2
        aws.wire.refuse("PublishBatch", lambda entry: json.loads(entry["Message"])["userId"] == str(bad))
        assert handle(inserts(count)) == {"batchItemFailures": []}
        assert users_in(aws.topic) == [number for number in range(count) if number != bad]
        assert users_in(aws.dead_letters) == [bad]
        assert aws.dead_letters.documents[0]["type"] == "user.created"
        assert [(line["correlation_id"], line["outcome"]) for line in logs.lines] == [
            (f"request-{number}", "dead_lettered" if number == bad else "success") for number in range(count)
        ]

    def test_not_lost_when_the_dead_letter_queue_fails(self, aws: Aws) -> None:
        records = inserts(12)
        aws.wire.refuse("PublishBatch", lambda entry: json.loads(entry["Message"])["userId"] == "11")
        aws.wire.fail("SendMessage", PASSING["throttled"])
        response = handle(records)
        assert response == going_on_from(10)
        assert handle(from_position(records, response)) == {"batchItemFailures": []}
        assert users_in(aws.dead_letters) == [11]
        assert users_in(aws.topic)[:10] == list(range(10))
        assert set(users_in(aws.topic)[10:]) == {10}


class TestFailedCall:
    """A call that fails as a whole: Lambda continues from the first event that is not published."""

    @pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
    def test_names_the_first_event_that_is_not_published(
        self, aws: Aws, logs: Logs, fault: Exception
    ) -> None:
        records = inserts(35)
        aws.wire.fail("PublishBatch", None, None, fault)
        response = handle(records)
        assert response == going_on_from(20)
        assert aws.wire.count("PublishBatch") == 3
        assert users_in(aws.topic) == list(range(20))
        assert "ERROR" in {line["level"] for line in logs.lines}
        assert "john" not in logs.text.lower()

        assert handle(from_position(records, response)) == {"batchItemFailures": []}
        assert users_in(aws.topic) == list(range(35))
        assert aws.dead_letters.messages == []

    def test_every_event_is_published_once_however_often_calls_fail(self, aws: Aws) -> None:
        left = inserts(100)
        aws.wire.fail("PublishBatch", *[None, PASSING["internal-error"]] * 9)
        while left:
            left = from_position(left, handle(left))
        assert users_in(aws.topic) == list(range(100))
        assert aws.dead_letters.messages == []

    def test_only_the_rest_is_published_after_an_internal_error(self, aws: Aws) -> None:
        records = inserts(20)
        aws.wire.fail("PublishBatch", None, refusal("AuthorizationError", 403))
        handle(from_position(records, handle(records)))
        assert users_in(aws.topic) == list(range(20))

    def test_raises_internal_errors_when_nothing_is_published(self, aws: Aws) -> None:
        aws.wire.fail("PublishBatch", refusal("AuthorizationError", 403))
        with pytest.raises(ClientError):
            handle(inserts(20))
        assert users_in(aws.topic) == []


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize(("count", "bad", "start"), [(15, 12, 10), (5, 2, 0)])
def test_a_malformed_record_is_not_lost_when_the_dead_letter_queue_fails(
    aws: Aws, fault: Exception, count: int, bad: int, start: int
) -> None:
    """And nothing is published twice: malformed records of a batch go first."""
    records = inserts(count)
    del records[bad]["dynamodb"]["NewImage"]["email"]
    aws.wire.fail("SendMessage", fault)
    response = handle(records)
    assert response == going_on_from(start)
    assert handle(from_position(records, response)) == {"batchItemFailures": []}
    assert aws.dead_letters.documents == [records[bad]]
    assert users_in(aws.topic) == [number for number in range(count) if number != bad]
