"""Queues in SQS."""

from typing import TYPE_CHECKING

from users.adapters.errors import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

    from users.domain.webhooks import Message


class SqsDeadLetterQueue:
    """A `DeadLetterQueue` in SQS."""

    def __init__(self, client: "SQSClient", *, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, body: str, *, reason: str = "") -> None:
        """Send one message, with the reason as its attribute."""
        value: MessageAttributeValueTypeDef = {"DataType": "String", "StringValue": reason}
        attributes = {"reason": value} if reason else {}
        with translated_errors():
            self._client.send_message(
                QueueUrl=self._queue_url, MessageBody=body, MessageAttributes=attributes
            )


class SqsRetryQueue:
    """A `RetryQueue` in SQS, from which Lambda receives."""

    def __init__(self, client: "SQSClient", *, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def postpone(self, message: "Message", seconds: int) -> None:
        """Lambda leaves the visibility timeout of failed messages as it is."""
        with translated_errors():
            self._client.change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
            )
