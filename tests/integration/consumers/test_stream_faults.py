"""When SNS or the dead-letter queue fails, no change is lost, and what is out does not go out again."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.helpers.answers import Context
from tests.helpers.consumers import Record, from_position, inserts, position
from tests.helpers.logs import Logs
from tests.helpers.wire import PASSING, Wire, refusal
from tests.integration.consumers.surroundings import Queue
from users.consumers.user_stream import lambda_handler

FUNCTION = "UserStreamFunction"


def handle(records: list[Record]) -> dict[str, Any]:
    """The answer to records."""
    answer: dict[str, Any] = lambda_handler({"Records": records}, Context())
    return answer


def going_on_from(number: int) -> dict[str, Any]:
    """The answer that asks for all from one of `inserts` on."""
    return {"batchItemFailures": [{"itemIdentifier": position(number)}]}


def published(topic: Queue) -> list[int]:
    """The numbers of the users of whom something was published."""
    return [int(event["userId"]) for event in topic.documents]


def dead_lettered(dead_letters: Queue) -> list[int]:
    """The numbers of the users of whom an event went there."""
    return [int(event["userId"]) for event in dead_letters.documents]


class TestRefusedEntry:
    """An event that SNS refuses while it takes the others waits for a person."""

    @pytest.mark.parametrize("count", [1, 2, 10, 25])
    def test_goes_to_the_dead_letter_queue_and_the_others_go_out_once(
        self, topic: Queue, dead_letters: Queue, wire: Wire, count: int
    ) -> None:
        bad = count // 2
        wire.refuse("PublishBatch", lambda entry: json.loads(entry["Message"])["userId"] == str(bad))
        assert handle(inserts(count)) == {"batchItemFailures": []}
        assert published(topic) == [number for number in range(count) if number != bad]
        assert dead_lettered(dead_letters) == [bad]
        assert dead_letters.documents[0]["type"] == "user.created"

    def test_is_not_lost_when_the_dead_letter_queue_fails(
        self, topic: Queue, dead_letters: Queue, wire: Wire
    ) -> None:
        records = inserts(12)
        wire.refuse("PublishBatch", lambda entry: json.loads(entry["Message"])["userId"] == "11")
        wire.fail("SendMessage", PASSING["throttled"])
        answer = handle(records)
        assert answer == going_on_from(10)
        assert handle(from_position(records, answer)) == {"batchItemFailures": []}
        assert dead_lettered(dead_letters) == [11]
        assert published(topic)[:10] == list(range(10))
        assert set(published(topic)[10:]) == {10}

    def test_is_told_in_the_log(self, topic: Queue, dead_letters: Queue, wire: Wire, logs: Logs) -> None:
        wire.refuse("PublishBatch", lambda entry: json.loads(entry["Message"])["userId"] == "1")
        handle(inserts(2))
        assert [(line["correlation_id"], line["outcome"]) for line in logs.lines] == [
            ("request-0", "success"),
            ("request-1", "dead_lettered"),
        ]
        assert len(topic.messages) == len(dead_letters.messages) == 1


class TestFailedCall:
    """A call that fails as a whole: Lambda goes on from the first event that is not out."""

    @pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
    def test_names_the_first_event_that_is_not_out(
        self, topic: Queue, dead_letters: Queue, wire: Wire, fault: Exception
    ) -> None:
        records = inserts(35)
        wire.fail("PublishBatch", None, None, fault)
        answer = handle(records)
        assert answer == going_on_from(20)
        assert wire.count("PublishBatch") == 3
        assert published(topic) == list(range(20))

        assert handle(from_position(records, answer)) == {"batchItemFailures": []}
        assert published(topic) == list(range(35))
        assert dead_letters.messages == []

    def test_every_event_goes_out_once_however_long_it_takes(
        self, topic: Queue, dead_letters: Queue, wire: Wire
    ) -> None:
        left = inserts(100)
        wire.fail("PublishBatch", *[None, PASSING["internal-error"]] * 9)
        while left:
            left = from_position(left, handle(left))
        assert published(topic) == list(range(100))
        assert dead_letters.messages == []

    def test_is_told_in_the_log(self, topic: Queue, wire: Wire, logs: Logs) -> None:
        wire.fail("PublishBatch", PASSING["throttled"])
        handle(inserts(1))
        assert topic.messages == []
        assert logs.lines, "an operator has to see that nothing goes out"
        assert "john" not in logs.text.lower()

    def test_does_not_publish_again_what_is_out_when_it_is_our_own_fault(
        self, topic: Queue, wire: Wire
    ) -> None:
        records = inserts(20)
        wire.fail("PublishBatch", None, refusal("AuthorizationError", 403))
        try:
            left = from_position(records, handle(records))
        except Exception:  # noqa: BLE001 - then Lambda delivers the whole batch again
            left = records
        handle(left)
        assert published(topic) == list(range(20))

    def test_is_raised_when_it_is_our_own_fault_and_nothing_is_out(self, topic: Queue, wire: Wire) -> None:
        wire.fail("PublishBatch", refusal("AuthorizationError", 403))
        with pytest.raises(ClientError):
            handle(inserts(20))
        assert published(topic) == []


class TestMalformedRecord:
    """What cannot be read is not lost when the dead-letter queue fails."""

    @pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
    def test_comes_again_when_the_dead_letter_queue_fails(
        self, topic: Queue, dead_letters: Queue, wire: Wire, fault: Exception
    ) -> None:
        records = inserts(15)
        del records[12]["dynamodb"]["NewImage"]["email"]
        wire.fail("SendMessage", fault)
        answer = handle(records)
        assert answer == going_on_from(10)
        assert handle(from_position(records, answer)) == {"batchItemFailures": []}
        assert dead_letters.documents == [records[12]]
        assert set(published(topic)) == set(range(15)) - {12}
        assert published(topic)[:10] == list(range(10))

    def test_others_go_out_once_when_the_dead_letter_queue_fails_at_first(
        self, topic: Queue, dead_letters: Queue, wire: Wire
    ) -> None:
        records = inserts(5)
        del records[2]["dynamodb"]["NewImage"]["email"]
        wire.fail("SendMessage", PASSING["internal-error"])
        handle(from_position(records, handle(records)))
        assert published(topic) == [0, 1, 3, 4]
        assert len(dead_letters.messages) == 1
