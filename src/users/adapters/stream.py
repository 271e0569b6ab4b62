"""Converts records of the users table's stream to changes.

Records stay in DynamoDB's typed format, not in Powertools' data class: `items.py` reads a user from it, here
as in a query, and a malformed record goes to the dead-letter queue as it is.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from users.adapters.dynamodb.items import ORIGIN, Item, user_from_item
from users.domain.events import UserEvent, UserSnapshot
from users.domain.publishing import BATCH_SIZE, Change

type Record = Mapping[str, Any]

_TYPES = {"INSERT": "user.created", "MODIFY": "user.updated", "REMOVE": "user.deleted"}
MAX_MESSAGE_BYTES = 256 * 1024  # of SQS, and of a batch of SNS
MAX_EVENT_BYTES = MAX_MESSAGE_BYTES // BATCH_SIZE - 1024  # less the attributes


def read_changes(records: Sequence[Record]) -> list[Change]:
    """The changes in records, without marks. A malformed record is a change without an event."""
    return [change for change in map(_change, records) if change]


def _change(record: Record) -> Change | None:
    position = record["dynamodb"]["SequenceNumber"]
    with suppress(Exception):  # an exception would block all following records
        if is_mark(record):
            return None
        event = user_event(record)
        if len(event.to_json()) <= MAX_EVENT_BYTES:
            return Change(position=position, event=event)
    return Change(position=position, event=None, raw=_raw(record))


def _raw(record: Record) -> str:
    """The record, without its images if it is too large for the queue."""
    raw = json.dumps(record, default=str)
    if len(raw) > MAX_MESSAGE_BYTES:
        change = {name: value for name, value in record["dynamodb"].items() if not name.endswith("Image")}
        raw = json.dumps({**record, "dynamodb": change}, default=str)
    return raw


def is_mark(record: Record) -> bool:
    """Whether only the correlation id differs, which is written before a user is deleted."""
    change = record["dynamodb"]
    new, old = change.get("NewImage"), change.get("OldImage")
    return bool(new and old) and _unmarked(new) == _unmarked(old)


def _unmarked(image: Item) -> Item:
    return {name: value for name, value in image.items() if name not in ORIGIN}


def user_event(record: Record) -> UserEvent:
    """The event in a record. Raises an exception if the item is not a user."""
    change = record["dynamodb"]
    images = {"data": change.get("NewImage"), "previous": change.get("OldImage")}
    users = {name: user_from_item(image) for name, image in images.items() if image}
    image: Item = images["data"] or images["previous"]
    return UserEvent.model_validate(
        {
            "id": record["eventID"],
            "type": _TYPES[record["eventName"]],
            "time": datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC),
            "sequence": change["SequenceNumber"],
            "userId": image["userId"]["S"],
            "version": int(image["version"]["N"]),
            "correlationId": image.get("correlationId", {}).get("S", ""),
            **({"actor": image["actor"]["S"]} if image.get("actor", {}).get("S") else {}),
            **{name: UserSnapshot.of(user) for name, user in users.items()},
        }
    )
