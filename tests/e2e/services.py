"""Services of the stack, accessed without its API: events, mail, objects, queues."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.helpers.consumers import user_event
from tools.local.stack import Stack
from tools.local.workspace import REGION, Workspace

type Event = dict[str, Any]


def signature(workspace: Workspace, service: str, url: str) -> dict[str, str]:
    """The headers of a GET that is signed with the workspace's keys."""
    request = AWSRequest("GET", url, headers={})
    SigV4Auth(Credentials(*workspace.keys().values()), service, REGION).add_auth(request)
    return dict(request.headers)


def welcome(address: str) -> str:
    """The event of a new user with this address."""
    event = user_event(id=uuid.uuid4().hex)
    return json.dumps(event | {"data": event["data"] | {"email": address}})


def arn_of_queue(sqs: Any, url: str) -> str:
    """The ARN of a queue."""
    response = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(response["Attributes"]["QueueArn"])


class Subscriber:
    """A queue that is subscribed to the topic, and all its messages in order of arrival."""

    def __init__(self, stack: Stack) -> None:
        self._sqs = stack.aws.client("sqs")
        self._queue = self._sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        arn = arn_of_queue(self._sqs, self._queue)
        statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
        statement |= {"Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sqs.set_queue_attributes(QueueUrl=self._queue, Attributes={"Policy": policy})
        stack.aws.client("sns").subscribe(
            TopicArn=stack.outputs()["UserEventsTopicArn"],
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
        )
        self._heard: list[Event] = []

    def heard(self) -> list[Event]:
        """All events so far, each with its message attribute as `attribute`."""
        while messages := self._receive():
            for message in messages:
                attribute = message["MessageAttributes"]["type"]["StringValue"]
                self._heard.append(json.loads(message["Body"]) | {"attribute": attribute})
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return self._heard

    def of_user(self, user_id: str) -> list[Event]:
        """The events of one user."""
        return [event for event in self.heard() if event.get("userId") == user_id]

    def of_picture(self, key: str) -> list[Event]:
        """The notifications of one upload."""
        return [event for event in self.heard() if event.get("originalKey") == key]

    def _receive(self) -> list[dict[str, Any]]:
        response = self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        return list(response.get("Messages", []))


class Mailbox:
    """The mail that the local SES has sent."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def to(self, address: str) -> list[dict[str, Any]]:
        """The mails to an address."""
        url = f"{self._workspace.endpoint}/_ministack/ses/messages"
        response = httpx.get(url, headers=signature(self._workspace, "ministack", url), timeout=10)
        accounts = response.json()["messages"].values()
        return [mail for account in accounts for mail in account if address in mail["To"]]


class Bucket:
    """The objects in the bucket of pictures."""

    def __init__(self, stack: Stack) -> None:
        self.client = stack.aws.client("s3")
        self.name = stack.outputs()["ImagesBucketName"]

    def keys(self, prefix: str = "") -> list[str]:
        """The keys below a prefix."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def keys_of_user(self, user_id: str) -> list[str]:
        """Uploads and thumbnails of a user."""
        return [key for key in self.keys() if f"uploads/{user_id}/" in key]

    def put(self, key: str, body: bytes) -> None:
        """Write an object without the API."""
        self.client.put_object(Bucket=self.name, Key=key, Body=body)

    def get(self, key: str) -> bytes:
        """Read an object."""
        body: bytes = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        return body


class Queues:
    """The queues of the stack."""

    def __init__(self, stack: Stack) -> None:
        self.client = stack.aws.client("sqs")
        self.urls = stack.outputs()

    def send(self, output: str, *bodies: str) -> None:
        """Send messages to a queue."""
        for body in bodies:
            self.client.send_message(QueueUrl=self.urls[output], MessageBody=body)

    def waiting(self, output: str) -> int:
        """The number of messages of a queue, including those in flight."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.client.get_queue_attributes(QueueUrl=self.urls[output], AttributeNames=names)
        return sum(int(attributes["Attributes"][name]) for name in names)

    def dead_letters(self) -> dict[str, int]:
        """The dead-letter queues that are not empty."""
        counts = {name: self.waiting(name) for name in self.urls if name.endswith("DeadLetterQueueUrl")}
        return {name: count for name, count in counts.items() if count}

    def drain(self, output: str) -> Iterator[str]:
        """Receive and delete all messages of a queue."""
        while True:
            response = self.client.receive_message(QueueUrl=self.urls[output], MaxNumberOfMessages=10)
            messages = response.get("Messages", [])
            if not messages:
                return
            for message in messages:
                self.client.delete_message(QueueUrl=self.urls[output], ReceiptHandle=message["ReceiptHandle"])
                yield message["Body"]
