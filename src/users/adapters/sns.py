"""Publishes events to an SNS topic."""

import json
from typing import TYPE_CHECKING, Any

from users.adapters.errors import translated_errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_sns import SNSClient

    from users.domain.events import UserEvent


class SnsEventPublisher:
    """An `EventPublisher` and an `Announcer`. Subscribers filter on a message's attribute `type`."""

    def __init__(self, client: "SNSClient", *, topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, events: "Sequence[UserEvent]") -> "list[UserEvent]":
        """One call for up to 10 events; returns those that SNS rejects."""
        entries: Any = [
            {
                "Id": str(index),
                "Message": event.to_json(),
                "MessageAttributes": _attributes(type=event.type, correlationId=event.correlation_id),
            }
            for index, event in enumerate(events)
        ]
        with translated_errors():
            result = self._client.publish_batch(TopicArn=self._topic_arn, PublishBatchRequestEntries=entries)
        return [events[int(failure["Id"])] for failure in result.get("Failed", [])]

    def announce(self, message: "Mapping[str, Any]") -> None:
        """Publish one notification. Its `event` becomes the attribute `type`."""
        with translated_errors():
            self._client.publish(
                TopicArn=self._topic_arn,
                Message=json.dumps(message),
                MessageAttributes=_attributes(type=message["event"]),
            )


def _attributes(**values: str) -> Any:
    """Omits empty values, which SNS rejects."""
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items() if value}
