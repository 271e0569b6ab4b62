"""Changes in the users table become events on the topic, each once and in order."""

import json
from datetime import datetime
from math import ceil
from typing import Any

import pytest

from tests.helpers.consumers import Record, inserts, position, stream_record
from tests.helpers.events import load_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.helpers.wire import Wire
from tests.integration.consumers.services import Queue
from users.consumers.user_stream import lambda_handler

FUNCTION = "UserStreamFunction"
DONE: dict[str, Any] = {"batchItemFailures": []}


def handle(*records: Record) -> dict[str, Any]:
    """The response to records."""
    response: dict[str, Any] = lambda_handler({"Records": list(records)}, Context())
    return response


class TestEvents:
    """Each kind of change is an event of its own type."""

    @pytest.mark.parametrize(
        ("name", "kind", "version", "names"),
        [
            ("stream-insert", "user.created", 1, {"data": "John Doe"}),
            ("stream-modify", "user.updated", 2, {"data": "Jane Doe", "previous": "John Doe"}),
            ("stream-remove", "user.deleted", 2, {"previous": "Jane Doe"}),
        ],
    )
    def test_describe_the_change(
        self, topic: Queue, name: str, kind: str, version: int, names: dict[str, str]
    ) -> None:
        record = stream_record(name)
        image = record["dynamodb"].get("NewImage") or record["dynamodb"]["OldImage"]
        assert lambda_handler(load_event(name), Context()) == DONE
        [event] = topic.documents
        assert topic.types == [event["type"]] == [kind]
        assert {key: event[key]["name"] for key in ("data", "previous") if key in event} == names
        assert (event["id"], event["userId"], event["version"]) == (record["eventID"], "123", version)
        created_at = record["dynamodb"]["ApproximateCreationDateTime"]
        assert datetime.fromisoformat(event["time"]).timestamp() == created_at
        assert event["sequence"] == record["dynamodb"]["SequenceNumber"]
        assert (event["correlationId"], event["actor"]) == (image["correlationId"]["S"], image["actor"]["S"])

    def test_hold_the_user_as_the_api_shows_it(self, topic: Queue) -> None:
        image = stream_record()["dynamodb"]["NewImage"]
        handle(stream_record())
        names = ("userId", "name", "email", "createdAt", "updatedAt")
        assert topic.documents[0]["data"] == {name: image[name]["S"] for name in names} | {"version": 1}

    def test_come_in_the_order_of_the_changes(self, topic: Queue) -> None:
        assert lambda_handler(load_event("stream-batch"), Context()) == DONE
        assert topic.types == ["user.created", "user.updated", "user.deleted"]
        sequences = [int(event["sequence"]) for event in topic.documents]
        assert sequences == sorted(sequences)

    def test_contain_the_avatar(self, topic: Queue) -> None:
        record = stream_record("stream-modify")
        record["dynamodb"]["NewImage"]["avatarKey"] = {"S": f"uploads/123/{'0b' * 16}"}
        handle(record)
        assert topic.documents[0]["data"]["avatarKey"] == f"uploads/123/{'0b' * 16}"
        assert "avatarKey" not in topic.documents[0]["previous"]

    def test_have_the_same_id_when_delivered_again(self, topic: Queue) -> None:
        for _ in range(5):
            handle(stream_record())
        assert {event["id"] for event in topic.documents} == {stream_record()["eventID"]}

    @pytest.mark.parametrize("actor", [{}, {"actor": {"S": ""}}])
    def test_a_change_without_correlation_id_and_actor_is_published(
        self, topic: Queue, actor: dict[str, dict[str, str]]
    ) -> None:
        record = stream_record()
        del record["dynamodb"]["NewImage"]["correlationId"], record["dynamodb"]["NewImage"]["actor"]
        record["dynamodb"]["NewImage"] |= actor
        assert handle(record) == DONE
        [event] = topic.documents
        assert (event["correlationId"], "actor" in event) == ("", False)


class TestMarks:
    """A record that only changes the correlation id is not an event."""

    def test_are_not_published(self, topic: Queue, dead_letters: Queue, wire: Wire) -> None:
        assert lambda_handler(load_event("stream-mark"), Context()) == DONE
        assert wire.calls == []
        assert topic.messages == dead_letters.messages == []

    def test_a_change_that_left_the_version_alone_is_published(self, topic: Queue) -> None:
        record = stream_record("stream-mark")
        record["dynamodb"]["NewImage"]["name"] = {"S": "Changed By Hand"}
        assert handle(record) == DONE
        assert [event["data"]["name"] for event in topic.documents] == ["Changed By Hand"]


class TestCalls:
    """SNS accepts ten messages per call."""

    @pytest.mark.parametrize("count", [1, 9, 10, 11, 20, 95, 100])
    def test_are_as_few_as_can_be(self, topic: Queue, wire: Wire, count: int) -> None:
        assert handle(*inserts(count)) == DONE
        assert wire.count("PublishBatch") == len(wire.calls) == ceil(count / 10)
        assert [event["userId"] for event in topic.documents] == [str(number) for number in range(count)]

    def test_marks_take_no_room(self, topic: Queue, wire: Wire) -> None:
        mark = stream_record("stream-mark")
        assert handle(*[record for insert in inserts(10) for record in (mark, insert)]) == DONE
        assert wire.count("PublishBatch") == 1
        assert len(topic.messages) == 10


class TestMalformed:
    """A malformed record goes unchanged to the dead-letter queue and does not block others."""

    @pytest.mark.parametrize("missing", ["name", "email", "version", "createdAt", "userId"])
    def test_goes_to_the_dead_letter_queue_when_the_item_is_no_user(
        self, topic: Queue, dead_letters: Queue, missing: str
    ) -> None:
        records = inserts(12)
        del records[3]["dynamodb"]["NewImage"][missing]
        assert handle(*records) == DONE
        assert dead_letters.documents == [records[3]]
        assert [event["userId"] for event in topic.documents] == [str(n) for n in range(12) if n != 3]

    @pytest.mark.parametrize(
        ("attribute", "value"),
        [
            ("version", {"N": "one"}),
            ("version", {"S": "1"}),
            ("createdAt", {"S": "yesterday"}),
            ("name", {"N": "1"}),
        ],
    )
    def test_goes_to_the_dead_letter_queue_when_a_value_is_of_another_kind(
        self, topic: Queue, dead_letters: Queue, attribute: str, value: dict[str, str]
    ) -> None:
        record = stream_record()
        record["dynamodb"]["NewImage"][attribute] = value
        assert handle(record) == DONE
        assert dead_letters.documents == [record]
        assert topic.messages == []

    def test_goes_to_the_dead_letter_queue_when_the_user_is_missing(
        self, topic: Queue, dead_letters: Queue
    ) -> None:
        record = stream_record("stream-modify")
        del record["dynamodb"]["NewImage"]
        assert handle(record) == DONE
        assert dead_letters.documents == [record]
        assert topic.messages == []

    def test_goes_to_the_dead_letter_queue_when_neither_image_has_a_version(
        self, dead_letters: Queue
    ) -> None:
        record = stream_record("stream-modify")
        for image in ("NewImage", "OldImage"):
            del record["dynamodb"][image]["version"]
        assert handle(record) == DONE
        assert dead_letters.documents == [record]

    def test_goes_to_the_dead_letter_queue_when_nothing_else_is_there(
        self, wire: Wire, dead_letters: Queue
    ) -> None:
        record = stream_record() | {"eventName": "UNKNOWN"}
        assert handle(record) == DONE
        assert dead_letters.documents == [record]
        assert wire.count("PublishBatch") == 0


class TestLogs:
    """Each event has a log line with the id of its request, and without personal data."""

    def test_have_the_events(self, topic: Queue, dead_letters: Queue, logs: Logs) -> None:
        records = inserts(3)
        del records[1]["dynamodb"]["NewImage"]["name"]
        handle(*records)
        lines = [(line["outcome"], line["correlation_id"], line.get("event_id")) for line in logs.lines]
        assert sorted(lines, key=str) == [
            ("dead_lettered", position(1), None),
            ("success", "request-0", "event-0"),
            ("success", "request-2", "event-2"),
        ]
        assert len(topic.messages) == 2
        assert len(dead_letters.messages) == 1

    @pytest.mark.parametrize("name", ["stream-insert", "stream-modify", "stream-remove", "stream-batch"])
    def test_hold_no_names_and_no_addresses(self, topic: Queue, logs: Logs, name: str) -> None:
        lambda_handler(load_event(name), Context())
        assert topic.messages
        assert not [word for word in ("John", "Jane", "Mary", "example.com") if word in logs.text]

    def test_count_events_by_outcome(self, topic: Queue, logs: Logs) -> None:
        handle(*inserts(2))
        operations = [metric for metric in logs.metrics if "Operations" in metric]
        assert [(metric["operation"], metric["outcome"]) for metric in operations] == 2 * [
            ("publish_event", "success")
        ]
        assert json.dumps(operations).count("@") == 0
        assert topic.types == 2 * ["user.created"]
        assert position(0) not in logs.text
