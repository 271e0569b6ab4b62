"""Where `make redrive` sends the messages of each dead-letter queue."""

import json
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from users.adapters.sns import SnsEventPublisher
from users.domain.events import UserEvent

type Message = dict[str, Any]
"""A message as SQS returns it."""


class KeptError(Exception):
    """A message stays in its queue. The text says why, without values of the message."""


def to_queue(aws: Any, message: Message, queue: str) -> None:
    """Return an event with its attributes to the queue whose consumer failed."""
    _event(message)
    attributes = message.get("MessageAttributes", {})
    aws.client("sqs").send_message(QueueUrl=queue, MessageBody=message["Body"], MessageAttributes=attributes)


def to_function(aws: Any, message: Message, function: str) -> None:
    """Repeat an asynchronous invocation. Those of a schedule have no payload."""
    scheduled = "SCHEDULE_ARN" in message.get("MessageAttributes", {})
    match {"requestPayload": {}} if scheduled else _document(message):
        case {"requestPayload": payload}:
            _invoke(aws, function, payload, InvocationType="Event")
        case _:
            raise KeptError("is not a failed invocation")


def to_topic_or_function(aws: Any, message: Message, topic: str, function: str) -> None:
    """Publish an event that SNS rejected, or let the function process a batch that Lambda discarded."""
    match _document(message):
        case {
            "detail-type": "Object Created",
            "detail": {"bucket": {"name": bucket}, "object": {"key": key}},
        }:
            _retry(aws, function, {"Bucket": bucket, "Key": key})
        case {"eventName": _}:
            raise KeptError("is a change that cannot be published")
        case _:
            publisher = SnsEventPublisher(aws.client("sns"), topic_arn=topic)
            if publisher.publish([_event(message)]):
                raise KeptError("is rejected by SNS")


DESTINATIONS: dict[str, tuple[Callable[..., None], *tuple[str, ...]]] = {
    "UserEventsDeadLetterQueue": (to_queue, "UserEventsQueue"),
    "WebhookDeadLetterQueue": (to_queue, "WebhookQueue"),
    "UserStreamDeadLetterQueue": (to_topic_or_function, "UserEventsTopic", "UserStreamFunction"),
    "ThumbnailsDeadLetterQueue": (to_function, "ThumbnailsFunction"),
    "CleanupDeadLetterQueue": (to_function, "CleanupFunction"),
}
"""The function that sends a message of the queue, and the resources that receive it."""


def _document(message: Message) -> Any:
    try:
        return json.loads(message["Body"])
    except ValueError as error:
        raise KeptError("is not JSON") from error


def _event(message: Message) -> UserEvent:
    try:
        return UserEvent.model_validate_json(message["Body"])
    except ValidationError as error:
        raise KeptError("is not an event of a user") from error


def _retry(aws: Any, function: str, place: dict[str, str]) -> None:
    bucket = aws.client("s3")
    try:
        payload = json.load(bucket.get_object(**place)["Body"])["payload"]
    except bucket.exceptions.NoSuchKey:  # interrupted after the object was deleted
        return
    response = _invoke(aws, function, json.loads(payload))
    if json.load(response["Payload"]) != {"batchItemFailures": []}:
        raise KeptError("fails again")
    bucket.delete_object(**place)


def _invoke(aws: Any, function: str, payload: Any, **options: Any) -> Any:
    return aws.client("lambda").invoke(
        FunctionName=f"{function}:live", Payload=json.dumps(payload), **options
    )
