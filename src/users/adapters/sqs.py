"""Dead-letter queues in SQS."""

from typing import TYPE_CHECKING

from users.adapters.errors import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsDeadLetterQueue:
    """A `DeadLetterQueue` in SQS."""

    def __init__(self, client: "SQSClient", *, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, body: str) -> None:
        """Send one message."""
        with translated_errors():
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=body)
