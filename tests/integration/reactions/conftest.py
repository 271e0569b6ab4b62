"""An account of moto with what template.yaml gives the functions behind the API."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.ses.models import ses_backends

from lambda_common.aws import client
from tests.environment import ACCOUNT, REGION, prepare
from tests.template import create_tables

BUCKET = f"users-images-{ACCOUNT}-{REGION}"
CONTEXT: Any = SimpleNamespace(aws_request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef")
PROGRAMS = {
    "UserStreamFunction": "users.handlers.user_stream",
    "UserEventsFunction": "users.handlers.user_events",
    "ThumbnailsFunction": "users.handlers.thumbnails",
    "CleanupFunction": "users.handlers.cleanup",
}

type Handler = Callable[[Any], Any]


class World:
    """What can be seen in the account."""

    def __init__(self) -> None:
        for service in ("dynamodb", "s3", "sns", "sqs", "sesv2"):
            setattr(self, service, boto3.client(service, region_name=REGION))
        self.dynamodb: Any
        self.s3: Any
        self.sns: Any
        self.sqs: Any
        self.sesv2: Any
        create_tables(self.dynamodb)
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        topic = self.sns.create_topic(Name="UserEventsTopic")["TopicArn"]
        self.heard_queue = self.sqs.create_queue(QueueName="heard")["QueueUrl"]
        self.dead_letters_queue = self.sqs.create_queue(QueueName="UserStreamDeadLetterQueue")["QueueUrl"]
        self.sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard",
            Attributes={"RawMessageDelivery": "true"},
        )
        self.sesv2.create_email_identity(EmailIdentity="welcome@example.com")

    def heard(self) -> list[dict[str, Any]]:
        """What was published, taken off the queue."""
        return [json.loads(body) for body in self.take(self.heard_queue)]

    def dead_letters(self) -> list[str]:
        """What the stream consumer parked, taken off the queue."""
        return self.take(self.dead_letters_queue)

    def take(self, queue: str) -> list[str]:
        """Every message of a queue."""
        bodies = []
        while messages := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(message["Body"])
        return bodies

    def mails(self) -> list[str]:
        """To whom mail was sent, one entry for each mail."""
        backend = ses_backends[ACCOUNT][REGION]
        return [address for mail in backend.sent_messages for address in mail.destinations["ToAddresses"]]

    def keys(self) -> list[str]:
        """The objects in the bucket."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def put(self, key: str, body: bytes = b"x") -> None:
        """Write an object."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def add_user(self, user_id: str) -> None:
        """Store a user in version 1."""
        time = "2026-11-20T12:00:00.000Z"
        texts = {"userId": user_id, "name": "John Doe", "email": "j@example.com"}
        item: Any = {
            name: {"S": text} for name, text in (texts | {"createdAt": time, "updatedAt": time}).items()
        }
        self.dynamodb.put_item(TableName="UsersTable", Item=item | {"version": {"N": "1"}})

    def user(self, user_id: str) -> dict[str, str]:
        """The attributes of a user; empty when there is none."""
        item = self.dynamodb.get_item(TableName="UsersTable", Key={"userId": {"S": user_id}}).get("Item", {})
        return {name: next(iter(value.values())) for name, value in item.items()}


@pytest.fixture
def world(dynamodb: Any) -> Iterator[World]:
    """An account with nothing in it. The tables that the other tests share are there again after it."""
    client.cache_clear()
    moto_api_backend.reset()
    yield World()
    moto_api_backend.reset()
    create_tables(dynamodb)
    client.cache_clear()


@pytest.fixture
def function(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Handler]:  # noqa: ARG001 - is there
    """The handler of a function, with its variables as template.yaml gives them or as told."""

    def start(name: str, **variables: str) -> Handler:
        module = __import__(PROGRAMS[name], fromlist=["lambda_handler"])
        prepare(monkeypatch, name)
        for variable, value in variables.items():
            monkeypatch.setenv(variable, value)
        return lambda event: module.lambda_handler(event, CONTEXT)

    return start


class Calls:
    """What the functions' client of a service is asked, and what it answers in the real one's stead."""

    def __init__(self, service: str) -> None:
        self.made: list[str] = []
        self._events = client(service).meta.events
        self._service = service
        self._events.register_first(f"before-call.{service}", self._note)

    def _note(self, model: Any, **_: Any) -> None:
        self.made.append(model.name)

    @contextmanager
    def failing(self, operation: str, code: str = "InternalFailure", status: int = 500) -> Iterator[None]:
        """The operation is refused."""
        answer = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
        with self.answering(operation, answer, status):
            yield

    @contextmanager
    def answering(self, operation: str, answer: dict[str, Any], status: int = 200) -> Iterator[None]:
        """The operation is not done and has this answer."""

        def reply(**_: Any) -> Any:
            self.made.append(operation)
            return SimpleNamespace(status_code=status), answer

        name = f"before-call.{self._service}.{operation}"
        self._events.register(name, reply)
        try:
            yield
        finally:
            self._events.unregister(name, reply)
