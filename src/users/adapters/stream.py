"""Records of the users table's stream as changes."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from users.adapters.items import Item, user_from_item
from users.domain.events import UserEvent, UserSnapshot
from users.domain.publishing import Change

type Record = Mapping[str, Any]

_TYPES = {"INSERT": "user.created", "MODIFY": "user.updated", "REMOVE": "user.deleted"}


def read_changes(records: Sequence[Record]) -> list[Change]:
    """The changes that records tell. One that makes no sense is passed on as it is, for a person to see."""
    return [_change(record) for record in records if not is_mark(record)]


def _change(record: Record) -> Change:
    position = record["dynamodb"]["SequenceNumber"]
    try:
        return Change(position=position, event=user_event(record))
    except (KeyError, TypeError, ValueError):
        return Change(position=position, event=None, raw=json.dumps(record, default=str))


def is_mark(record: Record) -> bool:
    """Whether the record is only a mark on an item: nothing but on whose behalf it was written differs."""
    change = record["dynamodb"]
    new, old = change.get("NewImage"), change.get("OldImage")
    return bool(new and old) and _unmarked(new) == _unmarked(old)


def _unmarked(image: Item) -> Item:
    return {name: value for name, value in image.items() if name != "correlationId"}


def user_event(record: Record) -> UserEvent:
    """The event in a record. Raises KeyError, TypeError or ValueError for an item that is no user."""
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
            **{name: UserSnapshot.of(user) for name, user in users.items()},
        }
    )
