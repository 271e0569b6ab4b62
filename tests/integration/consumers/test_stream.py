"""Changes in the users table become events on the topic, each once and in order."""

from datetime import datetime
from math import ceil
from typing import Any

import pytest

from tests.helpers.consumers import Record, inserts, position, stream_record
from tests.helpers.events import load_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.integration.consumers.services import Aws
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
        ("name", "kind", "names"),
        [
            ("stream-insert", "user.created", {"data": "John Doe"}),
            ("stream-modify", "user.updated", {"data": "Jane Doe", "previous": "John Doe"}),
            ("stream-remove", "user.deleted", {"previous": "Jane Doe"}),
        ],
    )
    def test_describe_the_change_which_logs_do_not(
        self, aws: Aws, logs: Logs, name: str, kind: str, names: dict[str, str]
    ) -> None:
        record = stream_record(name)
        image = record["dynamodb"].get("NewImage") or record["dynamodb"]["OldImage"]
        assert lambda_handler(load_event(name), Context()) == DONE
        [event] = aws.topic.documents
        assert aws.topic.types == [event["type"]] == [kind]
        ids = [message["MessageAttributes"]["correlationId"]["StringValue"] for message in aws.topic.messages]
        assert ids == [event["correlationId"]]
        assert {key: event[key]["name"] for key in ("data", "previous") if key in event} == names
        version = int(image["version"]["N"])
        assert (event["id"], event["userId"], event["version"]) == (record["eventID"], "123", version)
        created_at = record["dynamodb"]["ApproximateCreationDateTime"]
        assert datetime.fromisoformat(event["time"]).timestamp() == created_at
        assert event["sequence"] == record["dynamodb"]["SequenceNumber"]
        assert (event["correlationId"], event["actor"]) == (image["correlationId"]["S"], image["actor"]["S"])
        assert not [word for word in ("John", "Jane", "Mary", "example.com") if word in logs.text]

    def test_hold_the_user_as_the_api_shows_it(self, aws: Aws) -> None:
        image = stream_record()["dynamodb"]["NewImage"]
        handle(stream_record())
        names = ("userId", "name", "email", "createdAt", "updatedAt")
        assert aws.topic.documents[0]["data"] == {name: image[name]["S"] for name in names} | {"version": 1}

    def test_come_in_the_order_of_the_changes(self, aws: Aws) -> None:
        assert lambda_handler(load_event("stream-batch"), Context()) == DONE
        assert aws.topic.types == ["user.created", "user.updated", "user.deleted"]
        sequences = [int(event["sequence"]) for event in aws.topic.documents]
        assert sequences == sorted(sequences)

    @pytest.mark.parametrize("actor", [{}, {"actor": {"S": ""}}])
    def test_a_change_without_correlation_id_and_actor_is_published(
        self, aws: Aws, actor: dict[str, dict[str, str]]
    ) -> None:
        record = stream_record()
        del record["dynamodb"]["NewImage"]["correlationId"], record["dynamodb"]["NewImage"]["actor"]
        record["dynamodb"]["NewImage"] |= actor
        assert handle(record) == DONE
        [event] = aws.topic.documents
        assert (event["correlationId"], "actor" in event) == ("", False)


class TestMarks:
    """A record that only changes the correlation id is not an event."""

    def test_are_not_published(self, aws: Aws) -> None:
        assert lambda_handler(load_event("stream-mark"), Context()) == DONE
        assert aws.wire.calls == []
        assert aws.topic.messages == aws.dead_letters.messages == []

    def test_a_change_that_left_the_version_alone_is_published(self, aws: Aws) -> None:
        record = stream_record("stream-mark")
        record["dynamodb"]["NewImage"]["name"] = {"S": "Changed By Hand"}
        assert handle(record) == DONE
        assert [event["data"]["name"] for event in aws.topic.documents] == ["Changed By Hand"]


class TestCalls:
    """SNS accepts ten messages per call."""

    @pytest.mark.parametrize("count", [1, 9, 10, 11, 20, 95, 100])
    def test_are_as_few_as_can_be(self, aws: Aws, count: int) -> None:
        assert handle(*inserts(count)) == DONE
        assert aws.wire.count("PublishBatch") == len(aws.wire.calls) == ceil(count / 10)
        assert [event["userId"] for event in aws.topic.documents] == [str(number) for number in range(count)]

    def test_marks_take_no_room(self, aws: Aws) -> None:
        mark = stream_record("stream-mark")
        assert handle(*[record for insert in inserts(10) for record in (mark, insert)]) == DONE
        assert aws.wire.count("PublishBatch") == 1
        assert len(aws.topic.messages) == 10


def changed(attributes: dict[str, Any], image: str = "NewImage") -> Record:
    """A record of a change with other attributes in an image; None: absent."""
    record = stream_record("stream-modify")
    item = record["dynamodb"][image] | attributes
    record["dynamodb"][image] = {name: value for name, value in item.items() if value is not None}
    return record


class TestMalformed:
    """A malformed record goes unchanged to the dead-letter queue and does not block others."""

    @pytest.mark.parametrize(
        "record",
        [
            *(changed({name: None}) for name in ("name", "email", "version", "createdAt", "userId")),
            *(changed({"version": value}) for value in ({"N": "one"}, {"S": "1"})),
            *(changed({"name": {"N": "1"}}), changed({"createdAt": {"S": "yesterday"}})),
            *(changed({"version": None}, "OldImage"), stream_record() | {"eventName": "UNKNOWN"}),
            stream_record("stream-remove") | {"eventName": "MODIFY"},  # without the new image
        ],
    )
    def test_goes_to_the_dead_letter_queue(self, aws: Aws, record: Record) -> None:
        records = inserts(12)
        records[3] = record
        assert handle(*records) == DONE
        assert aws.dead_letters.documents == [record]
        assert [event["userId"] for event in aws.topic.documents] == [str(n) for n in range(12) if n != 3]


class TestLogs:
    """Each event has a log line with the id of its request, and without personal data."""

    def test_have_the_events(self, aws: Aws, logs: Logs) -> None:
        records = inserts(3)
        del records[1]["dynamodb"]["NewImage"]["name"]
        handle(*records)
        lines = [(line["outcome"], line["correlation_id"], line.get("event_id")) for line in logs.lines]
        assert sorted(lines, key=str) == [
            ("dead_lettered", position(1), None),
            ("success", "request-0", "event-0"),
            ("success", "request-2", "event-2"),
        ]
        assert len(aws.topic.messages) == 2
        assert len(aws.dead_letters.messages) == 1

    def test_count_events_by_outcome(self, aws: Aws, logs: Logs) -> None:
        handle(*inserts(2))
        outcomes = [(metric["operation"], metric["outcome"]) for metric in logs.metrics]
        assert outcomes == 2 * [("publish_event", "success")]
        assert aws.topic.types == 2 * ["user.created"]
        assert position(0) not in logs.text
