"""Sends the messages of a dead-letter queue to their original destination."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from tools.deployment import Deployment
from tools.local.console import LocalRunError
from tools.operate.destinations import DESTINATIONS, KeptError, Message
from users.adapters.errors import error_code
from users.domain.errors import ServiceUnavailableError

HIDDEN_SECONDS = 900  # ten messages at a time, each of which takes at most the 60 seconds of its function


class DeadLetterQueue:
    """A source of messages. They stay invisible until the end of `with`, which returns those not deleted."""

    def __init__(self, aws: Any, url: str) -> None:
        self._sqs = aws.client("sqs")
        self._queue = {"QueueUrl": url}
        self._receipts: dict[str, str] = {}

    def size(self) -> int:
        """The approximate number of messages."""
        name = "ApproximateNumberOfMessages"
        return int(self._sqs.get_queue_attributes(**self._queue, AttributeNames=[name])["Attributes"][name])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for receipt in self._receipts.values():
            hidden = {"ReceiptHandle": receipt, "VisibilityTimeout": 0}
            with suppress(ClientError):  # it was deleted, but the response was lost
                self._sqs.change_message_visibility(**self._queue, **hidden)

    def __iter__(self) -> Iterator[Message]:
        """Each message once, except messages that arrive during the redrive, which have failed again."""
        start = time.time()
        while messages := self._sqs.receive_message(
            **self._queue,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp"],
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=1,  # to ask all servers of SQS
        ).get("Messages"):
            seen = set(self._receipts)
            self._receipts |= {message["MessageId"]: message["ReceiptHandle"] for message in messages}
            for message in messages:
                if message["MessageId"] not in seen and _sent_at(message) < start:
                    yield message

    def delete(self, message: Message) -> None:
        """Remove a message that was sent."""
        self._sqs.delete_message(**self._queue, ReceiptHandle=self._receipts[message["MessageId"]])
        del self._receipts[message["MessageId"]]


def _sent_at(message: Message) -> float:
    return int(message["Attributes"]["SentTimestamp"]) / 1000


def redrive(stack: Deployment, name: str) -> None:
    """Send each message, then delete it. A message is sent again if an interruption comes between the two."""
    resources, (send, *targets) = stack.resources(), DESTINATIONS[name]
    destination = [resources[target] for target in targets]
    sent = kept = 0
    try:
        with DeadLetterQueue(stack.aws, resources[name]) as queue:
            for message in queue:
                if reason := _failure(send, stack.aws, message, *destination):
                    print(f"  Kept: message {message['MessageId']} {reason}", flush=True)
                    kept += 1
                else:
                    queue.delete(message)
                    sent += 1
    finally:
        print(f"{sent} sent, {kept} kept", flush=True)


def _failure(send: Callable[..., None], *arguments: Any) -> str:
    """Send a message; return the reason why it was not sent, if there is one."""
    try:
        send(*arguments)
    except KeptError as error:
        return str(error)
    except ClientError as error:
        return f"is refused: {error_code(error)}"
    except (BotoCoreError, ServiceUnavailableError) as error:
        return f"is not sent: {type(error).__name__}"
    return ""


def confirmed(stack: Deployment, queue: str) -> str:
    """The logical id of a queue, also from its output, after the operator agreed to send its messages."""
    name, resources = queue.removesuffix("Url"), stack.resources()
    if name not in DESTINATIONS or name not in resources:
        queues = ", ".join(each for each in DESTINATIONS if each in resources)
        raise LocalRunError(f"Set QUEUE to a dead-letter queue of {stack.name}: {queues}.")
    size, (_, *targets) = DeadLetterQueue(stack.aws, resources[name]).size(), DESTINATIONS[name]
    print(f"About {size} messages of {name} in {stack.name} go to {' or '.join(targets)}.", flush=True)
    with suppress(EOFError):  # no terminal
        if os.environ.get("YES") == "1" or input("Send them? [y/N] ").lower() == "y":
            return name
    raise LocalRunError("Nothing is sent. To send without asking, set YES=1.")
