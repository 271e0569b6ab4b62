"""Records of the stream as changes."""

import json
from typing import Any

import pytest

from tests.consumers import Record, stream_record
from users.adapters.stream import is_mark, read_changes, user_event
from users.domain.events import UserEvent


def only_event(record: Record) -> UserEvent:
    """The event of the one change in a record."""
    [change] = read_changes([record])
    assert change.event
    assert change.position == change.event.sequence == record["dynamodb"]["SequenceNumber"]
    return change.event


class TestUserEvent:
    """Each kind of record is a type of event."""

    @pytest.mark.parametrize(
        ("name", "kind", "has_data", "has_previous"),
        [
            ("stream-insert", "user.created", True, False),
            ("stream-modify", "user.updated", True, True),
            ("stream-remove", "user.deleted", False, True),
        ],
    )
    def test_has_its_type_and_users(
        self,
        name: str,
        kind: str,
        has_data: bool,  # noqa: FBT001 - a table
        has_previous: bool,  # noqa: FBT001 - a table
    ) -> None:
        event = only_event(stream_record(name))
        assert (event.type, event.user_id) == (kind, "123")
        assert (event.data is not None, event.previous is not None) == (has_data, has_previous)

    def test_has_the_id_of_the_record_and_of_the_request(self) -> None:
        record = stream_record()
        event = only_event(record)
        assert event.id == record["eventID"]
        assert event.correlation_id == record["dynamodb"]["NewImage"]["correlationId"]["S"]

    def test_has_the_correlation_id_of_the_deletion(self) -> None:
        mark, removal = stream_record("stream-mark"), stream_record("stream-remove")
        marked = mark["dynamodb"]["NewImage"]["correlationId"]["S"]
        assert only_event(removal).correlation_id == marked

    @pytest.mark.parametrize("name", ["userId", "name", "email", "createdAt", "updatedAt", "version"])
    def test_raises_when_the_item_is_no_user(self, name: str) -> None:
        record = stream_record()
        del record["dynamodb"]["NewImage"][name]
        with pytest.raises(KeyError):
            user_event(record)


class TestReadChanges:
    """Marks are left out, and what makes no sense is passed on as it is."""

    def test_keeps_the_order(self) -> None:
        records = [stream_record(name) for name in ("stream-insert", "stream-mark", "stream-remove")]
        positions = [change.position for change in read_changes(records)]
        assert positions == [records[place]["dynamodb"]["SequenceNumber"] for place in (0, 2)]

    @pytest.mark.parametrize(
        "image", [{}, {"userId": "123"}, {"version": {"N": "x"}}, {"userId": {"N": "1"}}, {"name": None}]
    )
    def test_passes_on_what_makes_no_sense(self, image: dict[str, Any]) -> None:
        record = stream_record()
        whole = record["dynamodb"]["NewImage"]
        record["dynamodb"]["NewImage"] = whole | image if image else {}
        [change] = read_changes([record])
        assert change.event is None
        assert json.loads(change.raw) == record


class TestIsMark:
    """A mark is a change of nothing but on whose behalf it was made."""

    @pytest.mark.parametrize(
        ("name", "expected"),
        [("stream-mark", True), ("stream-insert", False), ("stream-modify", False), ("stream-remove", False)],
    )
    def test_tells_them_apart(self, name: str, expected: bool) -> None:  # noqa: FBT001 - a table
        assert is_mark(stream_record(name)) is expected

    def test_is_none_when_anything_else_differs(self) -> None:
        record = stream_record("stream-mark")
        record["dynamodb"]["NewImage"]["name"] = {"S": "Somebody Else"}
        assert not is_mark(record)
