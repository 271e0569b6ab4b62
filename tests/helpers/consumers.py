"""Events for the consumers, and a fake of Lambda's event source."""

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote_plus

from tests.helpers.environment import ACCOUNT, REGION
from tests.helpers.events import Event, load_event
from tests.helpers.responses import Context

RECEIVES = 3  # after which UserEventsQueue moves a message to the dead-letter queue

type Handler = Callable[[Event, Context], Any]
type Record = dict[str, Any]


def stream_record(name: str = "stream-insert") -> Record:
    """The one record of an event of the stream."""
    [record] = load_event(name)["Records"]
    return dict(record)


def inserts(count: int) -> list[Record]:
    """Records of new users `0`, `1` and so on, each of a request of its own."""
    return [_insert(number) for number in range(count)]


def _insert(number: int) -> Record:
    record = stream_record()
    change = record["dynamodb"]
    image = change["NewImage"] | {
        "userId": {"S": str(number)},
        "email": {"S": f"{number}@example.com"},
        "correlationId": {"S": f"request-{number}"},
    }
    change |= {
        "Keys": {"userId": {"S": str(number)}},
        "NewImage": image,
        "SequenceNumber": position(number),
    }
    return record | {"eventID": f"event-{number}"}


def position(number: int) -> str:
    """The position in the stream of one of `inserts`."""
    return str(100000000000000000000000 + number)


def from_position(records: Sequence[Record], response: dict[str, Any]) -> list[Record]:
    """The records that Lambda delivers after a partial batch response: all from the lowest position in it."""
    failures = [failure["itemIdentifier"] for failure in response["batchItemFailures"]]
    positions = [record["dynamodb"]["SequenceNumber"] for record in records]
    return list(records[positions.index(min(failures, key=int)) :]) if failures else []


def user_event(number: int = 0, kind: str = "user.created", **members: Any) -> dict[str, Any]:
    """An event of the queue with other members."""
    names = {"user.created": "data", "user.updated": "data", "user.deleted": "previous"}
    event: dict[str, Any] = json.loads(load_event("user-events")["Records"][number]["body"])
    user = event.pop("data", None) or event.pop("previous")
    return event | {"type": kind, names[kind]: user} | members


def messages(*bodies: dict[str, Any] | str) -> Event:
    """A batch of the queue with other bodies."""
    [first, *_] = load_event("user-events")["Records"]
    texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
    return {
        "Records": [
            first | {"messageId": f"message-{number}", "body": text} for number, text in enumerate(texts)
        ]
    }


def upload_event(key: str | None = None, name: str = "upload-created", **changes: Any) -> Event:
    """A notification of the bucket, of another object; `time` and `sequencer` may be other ones, too."""
    event = load_event(name)
    [record] = event["Records"]
    item = record["s3"]["object"]
    record["eventTime"] = changes.get("time", record["eventTime"])
    item["key"] = item["key"] if key is None else quote_plus(key, safe="/")
    item["sequencer"] = changes.get("sequencer", item["sequencer"])
    return event


class EventSource:
    """Lambda between a queue and a function: it deletes all messages except those reported as failed."""

    def __init__(self, sqs: Any, url: str, handler: Handler) -> None:
        self._sqs = sqs
        self._url = url
        self._handler = handler

    def deliver(self, rounds: int = RECEIVES + 1) -> int:
        """Deliver all messages, in at most so many rounds; return the number of deliveries."""
        return next((number for number in range(rounds) if not self._deliver_once()), rounds)

    def _deliver_once(self) -> bool:
        received = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not received:
            return False
        response = self._handler({"Records": [as_record(message) for message in received]}, Context())
        failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
        for message in received:
            if message["MessageId"] not in failed:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return True


def as_record(message: dict[str, Any]) -> Record:
    """A message as Lambda delivers it."""
    names = ("MessageId", "ReceiptHandle", "Body", "Attributes")
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:UserEventsQueue"
    source = {"eventSource": "aws:sqs", "eventSourceARN": arn, "awsRegion": REGION}
    record = {f"{name[0].lower()}{name[1:]}": message[name] for name in names}
    return record | source | {"messageAttributes": {}, "md5OfBody": message["MD5OfBody"]}
