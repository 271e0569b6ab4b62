"""Batches of the events queue: each message is processed independently."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.helpers.consumers import RECEIVES, EventSource, messages, user_event
from tests.helpers.events import Event, load_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.helpers.wire import PASSING
from tests.integration.consumers.services import Aws, Queue, arn, create_queue
from users.consumers.user_events import lambda_handler

FUNCTION = "UserEventsFunction"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
POISON = ("not JSON", json.dumps({"type": "user.created"}))


@pytest.fixture
def dead_letters(clients: dict[str, Any]) -> Queue:
    """UserEventsDeadLetterQueue."""
    return create_queue(clients["sqs"], "UserEventsDeadLetterQueue")


@pytest.fixture
def queue(clients: dict[str, Any], dead_letters: Queue) -> Queue:  # noqa: ARG001 - the target
    """UserEventsQueue."""
    redrive = {"deadLetterTargetArn": arn("UserEventsDeadLetterQueue"), "maxReceiveCount": RECEIVES}
    return create_queue(clients["sqs"], "UserEventsQueue", RedrivePolicy=json.dumps(redrive))


@pytest.fixture
def source(queue: Queue) -> EventSource:
    """Lambda between the queue and the function."""
    return EventSource(queue.sqs, queue.url, lambda_handler)


def welcomed(count: int) -> list[str]:
    """The addresses of the first users of events/user_events/user-events.json, all of them new."""
    events = [user_event(number) for number in range(count)]
    return [event["data"]["email"] for event in events]


class TestPoison:
    """Invalid messages go to the dead-letter queue and do not block others."""

    def test_two_end_as_dead_letters_and_eight_take_effect_once(
        self, queue: Queue, aws: Aws, source: EventSource
    ) -> None:
        good = [json.dumps(user_event(number)) for number in range(8)]
        queue.send(*good[:3], POISON[0], *good[3:6], POISON[1], *good[6:])
        source.deliver()
        assert sorted(aws.mailbox.recipients) == sorted(welcomed(8))
        assert sorted(aws.dead_letters.bodies) == sorted(POISON)
        assert queue.messages == []

    @pytest.mark.parametrize(
        "body",
        [
            *POISON,
            "",
            "[]",
            "null",
            json.dumps(user_event(type="user.renamed")),
            json.dumps(user_event(version="1")),
            json.dumps(user_event(time="yesterday")),
            json.dumps(user_event(data=None)),
            json.dumps({name: value for name, value in user_event().items() if name != "data"}),
            json.dumps(user_event(unknown=True)),
            json.dumps({"event": "image_processed", "originalKey": "uploads/1", "thumbnails": []}),
        ],
    )
    def test_is_named_alone_and_counted(self, aws: Aws, logs: Logs, body: str) -> None:
        response = lambda_handler(messages(user_event(0), body, user_event(1)), Context())
        assert response == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
        assert aws.mailbox.recipients == welcomed(2)
        assert aws.wire.count("SendEmail") == 2
        [error] = [line for line in logs.lines if line["level"] == "ERROR"]
        assert error["error_types"] == ["ValidationError"]
        assert error["stack"]
        outcomes = [metric["outcome"] for metric in logs.metrics]
        assert outcomes == [line["outcome"] for line in logs.lines if line["level"] == "INFO"]
        assert outcomes == ["success", "failed", "success"]
        assert not [word for word in ("John", "Jane", "example.com", "yesterday") if word in logs.text]

    def test_is_logged_under_the_id_of_its_request_or_else_of_the_message(self, logs: Logs) -> None:
        event = messages(POISON[0], user_event(kind="user.updated", correlationId=""), POISON[1])
        for record in event["Records"]:
            record["messageAttributes"] = {}
        attribute = {"stringValue": "request-1", "dataType": "String"}
        event["Records"][2]["messageAttributes"] = {"correlationId": attribute}
        assert len(lambda_handler(event, Context())["batchItemFailures"]) == 2
        ids = [line["correlation_id"] for line in logs.lines]
        assert ids == [*2 * ["message-0"], "message-1", *2 * ["request-1"]]


class TestReplay:
    """The same delivery again changes nothing."""

    def test_five_deliveries_in_any_order_are_as_one(self, aws: Aws) -> None:
        event: Event = load_event("user-events")
        for _ in range(5):
            event["Records"].reverse()
            assert lambda_handler(event, Context()) == {"batchItemFailures": []}
        assert sorted(aws.mailbox.recipients) == sorted(welcomed(8))
        assert aws.bucket.keys == set()

    def test_copies_within_a_batch_are_as_one(self, aws: Aws) -> None:
        response = lambda_handler(messages(*[user_event()] * 5), Context())
        assert response == {"batchItemFailures": []}
        assert aws.mailbox.recipients == welcomed(1)

    def test_other_events_have_no_effect(self, aws: Aws, logs: Logs) -> None:
        event = user_event(kind="user.updated")
        assert lambda_handler(messages(event), Context()) == {"batchItemFailures": []}
        assert aws.wire.calls == []
        assert aws.mailbox.recipients == []
        assert [line["outcome"] for line in logs.lines] == ["ignored"]


class TestFaults:
    """After a temporary failure of AWS, each message takes effect once."""

    @pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
    @pytest.mark.parametrize(
        "operation", ["PutItem", "UpdateItem", "SendEmail", "ListObjectsV2", "DeleteObjects"]
    )
    def test_all_take_effect_once_after_it(
        self, queue: Queue, aws: Aws, source: EventSource, operation: str, fault: Exception
    ) -> None:
        event = load_event("user-events")
        queue.send(*[record["body"] for record in event["Records"]])
        gone = json.loads(event["Records"][8]["body"])["userId"]
        aws.bucket.put(f"uploads/{gone}/a", at=LONG_AGO)
        aws.wire.break_down(operation, fault)
        source.deliver(rounds=RECEIVES - 1)
        aws.wire.recover()
        source.deliver()
        assert sorted(aws.mailbox.recipients) == sorted(welcomed(8))
        assert aws.bucket.keys == set()
        assert aws.dead_letters.messages == []

    def test_what_lasts_ends_as_dead_letters(self, queue: Queue, aws: Aws, source: EventSource) -> None:
        body = json.dumps(user_event())
        queue.send(body)
        aws.wire.break_down("SendEmail", PASSING["throttled"])
        source.deliver()
        assert aws.dead_letters.bodies == [body]
        assert aws.mailbox.recipients == []
        assert aws.wire.count("SendEmail") == RECEIVES
