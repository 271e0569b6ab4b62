"""Events of changes, and their effects: mail, and the deletion of images."""

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.e2e.polling import eventually
from tests.e2e.services import Bucket, Mailbox, Queues, Subscriber
from tests.helpers import pictures
from tools.local.stack import Stack

USERS = 200
CLIENTS = 4

type NewUser = Callable[[], dict[str, str]]


def new_event() -> dict[str, Any]:
    """A new user.created event."""
    unique, time = uuid.uuid4().hex, "2026-11-20T12:00:00.000Z"
    user = {"userId": unique, "name": "John Doe", "email": f"{unique}@example.com", "version": 1}
    ids = {"id": unique, "userId": unique, "correlationId": unique}
    what = {"type": "user.created", "time": time, "sequence": "1", "version": 1}
    return ids | what | {"data": user | {"createdAt": time, "updatedAt": time}}


def operations(stack: Stack, request_id: str) -> set[str]:
    """The operations in the log lines with this correlation id."""
    logs = stack.aws.client("logs")
    pages = (
        logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for group in stack.function_log_groups().values()
    )
    lines = [event["message"] for group in pages for page in group for event in page["events"]]
    return {json.loads(line)["operation"] for line in lines if request_id in line}


class TestEvents:
    """Every change is published once, in order."""

    def test_a_new_user_gets_a_mail_within_15_seconds_and_logs_have_one_id(
        self, api: httpx.Client, stack: Stack, mailbox: Mailbox, new_user: NewUser
    ) -> None:
        body = new_user() | {"name": "Zoë"}
        created = api.post("/users", json=body)
        assert created.status_code == 201
        [mail] = eventually(lambda: mailbox.to(body["email"]), seconds=15)
        assert mail["Source"] == "welcome@example.com"
        assert "Zoë" not in mail["BodyText"]
        deleted = api.delete(f"/users/{body['userId']}")
        for response in (created, deleted):
            request_id = response.headers["x-request-id"]
            eventually(lambda request_id=request_id: len(operations(stack, request_id)) == 3)  # type: ignore[misc]

    def test_subscribers_get_the_life_of_each_user(  # noqa: PLR0913, PLR0917 - fixtures
        self,
        api: httpx.Client,
        stack: Stack,
        subscriber: Subscriber,
        mailbox: Mailbox,
        queues: Queues,
        new_user: NewUser,
    ) -> None:
        bodies = [new_user() for _ in range(USERS)]

        def live(body: dict[str, str]) -> list[int]:
            path = f"/users/{body['userId']}"
            return [
                api.post("/users", json=body).status_code,
                api.patch(path, json={"name": "Jane Doe"}).status_code,
                api.delete(path).status_code,
            ]

        with ThreadPoolExecutor(CLIENTS) as pool:
            assert list(pool.map(live, bodies)) == [[201, 200, 200]] * USERS
        eventually(lambda: all(len(subscriber.of_user(body["userId"])) >= 3 for body in bodies), 120)
        for body in bodies:
            events = sorted(subscriber.of_user(body["userId"]), key=lambda event: int(event["sequence"]))
            assert [event["type"] for event in events] == ["user.created", "user.updated", "user.deleted"]
            assert [event["version"] for event in events] == [1, 2, 2]
            assert all(event["attribute"] == event["type"] for event in events)
            assert {event["actor"] for event in events} == {stack.client_credentials()[0]}
            assert events[0]["data"]["email"] == body["email"]
            assert (events[1]["previous"]["name"], events[1]["data"]["name"]) == ("John Doe", "Jane Doe")
            assert "data" not in events[2]
        eventually(lambda: queues.waiting("UserEventsQueueUrl") == 0, 120)
        assert queues.dead_letters() == {}
        assert [len(mailbox.to(body["email"])) for body in bodies] == [1] * USERS

    def test_a_deleted_user_leaves_no_images(
        self, api: httpx.Client, bucket: Bucket, existing_user: dict[str, str]
    ) -> None:
        user_id = existing_user["userId"]
        bucket.put(f"thumbnails/small/uploads/{user_id}/expired", b"x")
        bucket.put(f"uploads/{user_id}/a", pictures.saved(pictures.quadrants(), "PNG"))
        eventually(lambda: len(bucket.keys_of_user(user_id)) == 5)
        assert api.delete(f"/users/{user_id}").status_code == 200
        eventually(lambda: not bucket.keys_of_user(user_id))


class TestQueue:
    """Each message is processed by itself, and has its effect once."""

    def test_only_messages_that_are_not_valid_go_to_the_dead_letter_queue(
        self, queues: Queues, mailbox: Mailbox
    ) -> None:
        good, poison = [new_event() for _ in range(8)], ["not JSON", json.dumps({"type": "user.created"})]
        bodies = [*map(json.dumps, good[:4]), *poison, *map(json.dumps, good[4:])]
        entries = [{"Id": str(index), "MessageBody": body} for index, body in enumerate(bodies)]
        queues.client.send_message_batch(QueueUrl=queues.urls["UserEventsQueueUrl"], Entries=entries)

        eventually(lambda: queues.waiting("UserEventsDeadLetterQueueUrl") == 2)
        assert sorted(queues.drain("UserEventsDeadLetterQueueUrl")) == sorted(poison)
        assert [len(mailbox.to(event["data"]["email"])) for event in good] == [1] * 8
        assert queues.waiting("UserEventsQueueUrl") == 0

    def test_one_mail_when_an_event_arrives_five_times(self, queues: Queues, mailbox: Mailbox) -> None:
        event, url = new_event(), queues.urls["UserEventsQueueUrl"]
        for _ in range(5):
            queues.client.send_message(QueueUrl=url, MessageBody=json.dumps(event))
        eventually(lambda: queues.waiting("UserEventsQueueUrl") == 0)
        assert len(mailbox.to(event["data"]["email"])) == 1
        assert queues.dead_letters() == {}
