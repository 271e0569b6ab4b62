"""Test access to the services of the consumers."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from tests.helpers.builders import a_user
from tests.helpers.environment import ACCOUNT, REGION
from tests.helpers.wire import Wire
from tests.integration.tables import repository
from users.domain.user import parse_time

SENDER = "welcome@example.com"
CREATED_AT = "2026-11-20T11:00:00.000Z"


def upload_key(number: int = 0, user_id: str = "123", created_at: str = CREATED_AT) -> str:
    """The key of a picture of a user created at `created_at`; larger numbers are of newer forms."""
    milliseconds = int(datetime.fromisoformat(created_at).timestamp() * 1000)
    return f"uploads/{user_id}/{milliseconds:012x}{number:020x}"


def thumbnails_of(key: str) -> list[str]:
    """The keys of an upload's thumbnails."""
    return [f"thumbnails/{size}/{key}" for size in ("small", "medium", "large")]


@dataclass
class Queue:
    """A queue, and all that has ever been read from it."""

    sqs: Any
    url: str
    _read: list[dict[str, Any]] = field(default_factory=list)

    def send(self, *bodies: str) -> None:
        """Put messages in."""
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """All messages so far, in order."""
        while received := self._receive():
            self._read += received
        return self._read

    @property
    def bodies(self) -> list[str]:
        """The bodies of all messages."""
        return [message["Body"] for message in self.messages]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The bodies as JSON."""
        return [json.loads(body) for body in self.bodies]

    @property
    def types(self) -> list[str]:
        """The attribute on which subscribers filter."""
        return [message["MessageAttributes"]["type"]["StringValue"] for message in self.messages]

    def _receive(self) -> list[dict[str, Any]]:
        response = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        received: list[dict[str, Any]] = response.get("Messages", [])
        for message in received:
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return received


def create_queue(sqs: Any, name: str, **attributes: str) -> Queue:
    """A new queue."""
    return Queue(sqs, sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])


def arn(queue: str) -> str:
    """The ARN of a queue."""
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"


def subscribe(sns: Any, sqs: Any, topic: str) -> Queue:
    """A new topic's subscriber, which gets messages as they were published."""
    raw, topic_arn = {"RawMessageDelivery": "true"}, sns.create_topic(Name=topic)["TopicArn"]
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=arn("Subscriber"), Attributes=raw)
    return create_queue(sqs, "Subscriber")


@dataclass(frozen=True)
class Bucket:
    """Objects, some of them with an earlier modification time."""

    s3: Any
    backend: Any
    name: str

    @property
    def keys(self) -> set[str]:
        """The keys of all objects."""
        return set(self.backend.buckets[self.name].keys)

    def put(self, key: str, content: bytes = b"x", *, at: datetime | None = None) -> None:
        """Write an object, at another time than now if one is given."""
        written = self.backend.put_object(self.name, key, content)
        written.last_modified = at or written.last_modified

    def put_many(self, keys: Iterable[str], *, at: datetime) -> None:
        """Write small objects."""
        for key in keys:
            self.put(key, at=at)

    def delete(self, key: str) -> None:
        """Remove an object."""
        self.s3.delete_object(Bucket=self.name, Key=key)

    def get(self, key: str) -> tuple[bytes, str]:
        """An object and its content type."""
        response = self.s3.get_object(Bucket=self.name, Key=key)
        return response["Body"].read(), response["ContentType"]


@dataclass(frozen=True)
class Mailbox:
    """Mail that was sent."""

    backend: Any

    @property
    def recipients(self) -> list[str]:
        """The recipients of mail, in order."""
        return [mail.destinations["ToAddresses"][0] for mail in self.backend.sent_messages]


@dataclass(frozen=True)
class Locks:
    """IdempotencyTable."""

    dynamodb: Any

    def age(self, seconds: int) -> None:
        """Let its records expire earlier, as if time had passed."""
        for item in self.dynamodb.scan(TableName="IdempotencyTable")["Items"]:
            for name, units in (("expiresAt", 1), ("in_progress_expiration", 1000)):
                item[name] = {"N": str(int(item[name]["N"]) - seconds * units)}
            self.dynamodb.put_item(TableName="IdempotencyTable", Item=item)


@dataclass(frozen=True)
class Users:
    """UsersTable."""

    dynamodb: Any

    def add(self, user_id: str, created_at: str = CREATED_AT) -> None:
        """Store a new user."""
        repository(self.dynamodb).create(a_user(user_id, created_at=parse_time(created_at)))

    def remove(self, user_id: str) -> None:
        """Delete a user."""
        repository(self.dynamodb).delete(user_id)

    def avatar(self, user_id: str) -> tuple[str | None, int]:
        """The key of a user's avatar, and the user's version."""
        item = self.item(user_id)
        return item.get("avatarKey", {}).get("S"), int(item["version"]["N"])

    def item(self, user_id: str) -> dict[str, Any]:
        """All that is stored of a user; empty when there is none."""
        response = self.dynamodb.get_item(TableName="UsersTable", Key={"userId": {"S": user_id}})
        return dict(response.get("Item", {}))


class Aws(NamedTuple):
    """What the consumers use, with fault injection."""

    bucket: Bucket
    topic: Queue
    dead_letters: Queue
    mailbox: Mailbox
    users: Users
    locks: Locks
    wire: Wire
