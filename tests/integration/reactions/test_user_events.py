"""Events take effect once, although they may come twice, late or not at all the first time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.environment import ACCOUNT, REGION
from tests.events import load_event
from tests.integration.reactions.conftest import Calls, Handler, World

SENDER = "welcome@example.com"
NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture
def consume(function: Callable[..., Handler]) -> Handler:
    """UserEventsFunction with a sender."""
    return function("UserEventsFunction", SENDER_EMAIL_ADDRESS=SENDER)


def batch(*numbers: int, **changes: Any) -> dict[str, Any]:
    """Some messages of the file, with other values in their events."""
    records = [load_event("user-events")["Records"][number] for number in numbers]
    for record in records:
        record["body"] = json.dumps(json.loads(record["body"]) | changes)
    return {"Records": records}


def failed(answer: dict[str, Any]) -> int:
    """How many messages are to come again."""
    return len(answer["batchItemFailures"])


class TestWelcome:
    """New users get one mail."""

    def test_goes_to_each_new_user(self, consume: Handler, world: World) -> None:
        assert consume(load_event("user-events")) == NOTHING_FAILED
        assert world.mails() == [f"john{number}@example.com" for number in range(8)]

    def test_goes_once_however_often_the_event_comes(self, consume: Handler, world: World) -> None:
        for _ in range(5):
            assert consume(batch(0, 0)) == NOTHING_FAILED
        assert world.mails() == ["john0@example.com"]

    @pytest.mark.parametrize(
        ("code", "status"),
        [("TooManyRequestsException", 429), ("InternalFailure", 500), ("MessageRejected", 400)],
    )
    def test_goes_once_when_ses_failed_before(
        self, consume: Handler, world: World, code: str, status: int
    ) -> None:
        with Calls("sesv2").failing("SendEmail", code, status):
            assert failed(consume(batch(0, 1))) == 2
        assert world.mails() == []
        assert consume(batch(0, 1)) == NOTHING_FAILED
        assert sorted(world.mails()) == ["john0@example.com", "john1@example.com"]

    def test_waits_while_another_delivery_is_at_it(self, consume: Handler, world: World) -> None:
        answers = []
        calls = Calls("sesv2")

        def deliver_again(**_: Any) -> None:
            calls._events.unregister("before-call.sesv2.SendEmail", deliver_again)  # noqa: SLF001 - of the same tests
            answers.append(consume(batch(0)))

        calls._events.register("before-call.sesv2.SendEmail", deliver_again)  # noqa: SLF001
        assert consume(batch(0)) == NOTHING_FAILED
        assert failed(answers[0]) == 1
        assert world.mails() == ["john0@example.com"]

    def test_is_sent_although_the_note_fails_and_perhaps_again(self, consume: Handler, world: World) -> None:
        with Calls("dynamodb").failing("PutItem"):
            assert failed(consume(batch(0))) == 1
        assert world.mails() == []

    def test_is_sent_to_international_domains(self, consume: Handler, world: World) -> None:
        data = json.loads(load_event("user-events")["Records"][0]["body"])["data"]
        consume(batch(0, data=data | {"email": "john@bücher.example"}))
        assert world.mails() == ["john@xn--bcher-kva.example"]

    def test_is_not_sent_without_a_sender(
        self, function: Callable[..., Handler], world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        consume = function("UserEventsFunction", POWERTOOLS_SERVICE_NAME="without-a-sender")
        assert consume(batch(0)) == NOTHING_FAILED
        assert world.mails() == []
        assert '"outcome":"no_sender_configured"' in capsys.readouterr().out


class TestDeletion:
    """The pictures of a deleted user go."""

    def keys(self, user_id: str) -> list[str]:
        """An upload and its thumbnails."""
        sizes = ("large", "medium", "small")
        return [*(f"thumbnails/{size}/uploads/{user_id}/a" for size in sizes), f"uploads/{user_id}/a"]

    def test_removes_uploads_and_thumbnails_of_this_user_alone(self, consume: Handler, world: World) -> None:
        for user_id in ("user-8", "user-80"):
            for key in self.keys(user_id):
                world.put(key)
        later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
        for _ in range(2):
            assert consume(batch(8, time=later)) == NOTHING_FAILED
        assert world.keys() == self.keys("user-80")

    def test_leaves_what_was_written_after_it(self, consume: Handler, world: World) -> None:
        for key in self.keys("user-8"):
            world.put(key)
        assert consume(batch(8)) == NOTHING_FAILED
        assert world.keys() == self.keys("user-8")

    @pytest.mark.parametrize("operation", ["ListObjectsV2", "DeleteObjects"])
    def test_comes_again_when_s3_fails(self, consume: Handler, world: World, operation: str) -> None:
        world.put("uploads/user-8/a")
        later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
        with Calls("s3").failing(operation):
            assert failed(consume(batch(8, time=later))) == 1
        assert consume(batch(8, time=later)) == NOTHING_FAILED
        assert world.keys() == []

    def test_comes_again_when_s3_keeps_an_object(self, consume: Handler, world: World) -> None:
        world.put("uploads/user-8/a")
        later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
        with Calls("s3").answering("DeleteObjects", {"Errors": [{"Key": "uploads/user-8/a"}]}):
            assert failed(consume(batch(8, time=later))) == 1


class TestOtherMessages:
    """What is of no interest is let go; what makes no sense ends in the dead-letter queue."""

    def test_update_is_ignored(self, consume: Handler, world: World) -> None:
        assert consume(batch(0, type="user.updated")) == NOTHING_FAILED
        assert world.mails() == []

    def test_creation_without_a_user_is_nobody_to_greet(self, consume: Handler, world: World) -> None:
        event = batch(0)
        body = json.loads(event["Records"][0]["body"])
        del body["data"]
        event["Records"][0]["body"] = json.dumps(body)
        assert consume(event) == NOTHING_FAILED
        assert world.mails() == []

    def test_poison_ends_in_the_dead_letter_queue_and_the_rest_has_its_effect(
        self, consume: Handler, world: World
    ) -> None:
        queue, dead = self.queues(world)
        good = [load_event("user-events")["Records"][number]["body"] for number in range(8)]
        for body in [*good[:4], "not JSON", '{"type": "user.created"}', *good[4:]]:
            world.sqs.send_message(QueueUrl=queue, MessageBody=body)

        while messages := world.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            records = [{"messageId": one["MessageId"], "body": one["Body"]} for one in messages]
            again = {item["itemIdentifier"] for item in consume({"Records": records})["batchItemFailures"]}
            for message in messages:
                if message["MessageId"] not in again:
                    world.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

        assert sorted(world.mails()) == [f"john{number}@example.com" for number in range(8)]
        assert sorted(world.take(dead)) == ["not JSON", '{"type": "user.created"}']

    def queues(self, world: World) -> tuple[str, str]:
        """A queue that gives up after three receives, and where it puts what it gave up."""
        dead = world.sqs.create_queue(QueueName="dead")["QueueUrl"]
        redrive = {"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead", "maxReceiveCount": 3}
        attributes = {"RedrivePolicy": json.dumps(redrive), "VisibilityTimeout": "0"}
        return world.sqs.create_queue(QueueName="events", Attributes=attributes)["QueueUrl"], dead


class TestLogs:
    """The lines lead from event to request, and name nobody."""

    def test_carry_the_correlation_id_and_no_address(
        self, function: Callable[..., Handler], capsys: pytest.CaptureFixture[str]
    ) -> None:
        # A logger of a new name writes where capsys reads.
        service = {"POWERTOOLS_SERVICE_NAME": "reactions-to-events"}
        consume = function("UserEventsFunction", SENDER_EMAIL_ADDRESS=SENDER, **service)
        poison = {"messageId": "x", "body": "john0@example.com"}
        consume({"Records": [*load_event("user-events")["Records"], poison]})
        written = capsys.readouterr().out
        assert '"correlation_id":"0f8c1d2e-3b4a-4c5d-8e6f-7a8b9c0d2000"' in written
        assert '"error_types":["ValidationError"]' in written
        assert "@example.com" not in written
        assert "John Doe" not in written
