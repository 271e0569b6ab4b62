"""What follows a write: events, mail, and nothing that stays behind."""

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.e2e.awaiting import eventually
from tests.e2e.world import Bucket, Mailbox, Queues, Subscriber
from tools.local.stack import Stack

USERS = 200
CLIENTS = 4

type NewUser = Callable[[], dict[str, str]]


class TestWelcome:
    """A new user gets one mail."""

    def test_is_in_the_mailbox_within_15_seconds(
        self, api: httpx.Client, mailbox: Mailbox, new_user: NewUser
    ) -> None:
        body = new_user()
        assert api.post("/users", json=body).status_code == 201
        (mail,) = eventually(lambda: mailbox.to(body["email"]), seconds=15)
        assert mail["Source"] == "welcome@example.com"
        assert body["name"] not in mail["BodyText"]


class TestStory:
    """One id leads from a request through everything that it caused."""

    def test_is_told_by_the_logs_of_three_functions(
        self, api: httpx.Client, stack: Stack, mailbox: Mailbox, new_user: NewUser
    ) -> None:
        body = new_user()
        created = api.post("/users", json=body)
        eventually(lambda: mailbox.to(body["email"]))
        deleted = api.delete(f"/users/{body['userId']}")

        for answer in (created, deleted):
            request_id = answer.headers["x-request-id"]
            eventually(lambda request_id=request_id: len(self.operations(stack, request_id)) == 3)  # type: ignore[misc]

    def operations(self, stack: Stack, request_id: str) -> set[str]:
        """The operations that the log lines with this correlation id name."""
        logs = stack.aws.client("logs")
        pages = (
            logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            for group in stack.function_log_groups().values()
        )
        lines = [event["message"] for group in pages for page in group for event in page["events"]]
        return {json.loads(line)["operation"] for line in lines if request_id in line}


class TestEvents:
    """Every change is told once, in order."""

    def test_tell_the_life_of_each_user(
        self,
        api: httpx.Client,
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
            answers = list(pool.map(live, bodies))
        assert answers == [[201, 200, 200]] * USERS

        eventually(lambda: all(len(subscriber.of_user(body["userId"])) >= 3 for body in bodies), 120)
        for body in bodies:
            events = sorted(subscriber.of_user(body["userId"]), key=lambda event: int(event["sequence"]))
            assert [event["type"] for event in events] == ["user.created", "user.updated", "user.deleted"]
            assert [event["version"] for event in events] == [1, 2, 2]
            assert all(event["attribute"] == event["type"] for event in events)
            assert events[0]["data"]["email"] == body["email"]
            assert (events[1]["previous"]["name"], events[1]["data"]["name"]) == ("John Doe", "Jane Doe")
            assert "data" not in events[2]
        eventually(lambda: queues.waiting("UserEventsQueueUrl") == 0, 120)
        assert queues.dead_letters() == {}
        assert [len(mailbox.to(body["email"])) for body in bodies] == [1] * USERS


class TestPoison:
    """A message that makes no sense ends in the dead-letter queue and holds up nobody."""

    def test_does_not_touch_the_rest_of_its_batch(self, queues: Queues, mailbox: Mailbox) -> None:
        good = [self.event() for _ in range(8)]
        poison = ["not JSON", json.dumps({"type": "user.created"})]
        entries = [
            {"Id": str(index), "MessageBody": body}
            for index, body in enumerate([*map(json.dumps, good[:4]), *poison, *map(json.dumps, good[4:])])
        ]
        queues.client.send_message_batch(QueueUrl=queues.urls["UserEventsQueueUrl"], Entries=entries)

        eventually(lambda: queues.waiting("UserEventsDeadLetterQueueUrl") == 2)
        assert sorted(queues.drain("UserEventsDeadLetterQueueUrl")) == sorted(poison)
        assert [len(mailbox.to(event["data"]["email"])) for event in good] == [1] * 8
        assert queues.waiting("UserEventsQueueUrl") == 0

    def test_is_no_event_that_comes_again(self, queues: Queues, mailbox: Mailbox) -> None:
        event = self.event()
        for _ in range(5):
            queues.client.send_message(
                QueueUrl=queues.urls["UserEventsQueueUrl"], MessageBody=json.dumps(event)
            )
        eventually(lambda: queues.waiting("UserEventsQueueUrl") == 0)
        assert len(mailbox.to(event["data"]["email"])) == 1
        assert queues.dead_letters() == {}

    def event(self) -> dict[str, Any]:
        """A new user.created event."""
        unique = uuid.uuid4().hex
        time = "2026-11-20T12:00:00.000Z"
        user = {"userId": unique, "name": "John Doe", "email": f"{unique}@example.com", "version": 1}
        return {
            "id": unique,
            "type": "user.created",
            "time": time,
            "sequence": "1",
            "userId": unique,
            "version": 1,
            "correlationId": unique,
            "data": user | {"createdAt": time, "updatedAt": time},
        }


class TestDeletion:
    """A deleted user leaves no pictures."""

    def test_removes_uploads_and_thumbnails(
        self, api: httpx.Client, bucket: Bucket, existing_user: dict[str, str]
    ) -> None:
        user_id = existing_user["userId"]
        bucket.put(f"thumbnails/small/uploads/{user_id}/a", b"x")
        bucket.put(f"uploads/{user_id}/a", b"not a picture")
        assert api.delete(f"/users/{user_id}").status_code == 200
        eventually(lambda: not bucket.keys_of_user(user_id))
