"""Records of the stream as changes."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.consumers import Record, stream_record
from users.adapters.dynamodb.items import UnreadableItemError
from users.adapters.stream import MAX_EVENT_BYTES, MAX_MESSAGE_BYTES, is_mark, read_changes, user_event
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
        with pytest.raises(UnreadableItemError):
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

    @pytest.mark.parametrize("time", ["9999-12-31T23:59:59.999-23:59", "0001-01-01T00:00:00.000+23:59"])
    @pytest.mark.parametrize("name", ["createdAt", "updatedAt"])
    def test_passes_on_times_that_are_none_in_utc(self, name: str, time: str) -> None:
        record = stream_record()
        record["dynamodb"]["NewImage"][name] = {"S": time}
        [change] = read_changes([record])
        assert change.event is None
        assert json.loads(change.raw) == record

    def test_passes_on_what_is_too_large_for_a_batch(self) -> None:
        record = stream_record()
        record["dynamodb"]["NewImage"]["name"] = {"S": "x" * MAX_EVENT_BYTES}
        [change] = read_changes([record])
        assert change.event is None
        assert json.loads(change.raw) == record

    def test_passes_on_the_identity_of_what_is_too_large_for_the_queue(self) -> None:
        record = stream_record()
        record["dynamodb"]["NewImage"]["name"] = {"S": "é" * (MAX_MESSAGE_BYTES // 6)}
        [change] = read_changes([record])
        assert change.event is None
        raw = json.loads(change.raw)
        assert (raw["eventID"], raw["dynamodb"]["Keys"]) == (record["eventID"], {"userId": {"S": "123"}})

    def test_writes_characters_that_queues_refuse_as_ascii(self) -> None:
        record = stream_record()
        record["dynamodb"]["NewImage"]["name"] = {"S": "\uffff\ufffe\x01"}
        assert only_event(record).to_json().isascii()


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["9999-12-31T23:59:59.999-23:59", "0001-01-01T00:00:00Z", "1e400", "9" * 5000]),
    lambda values: st.lists(values, max_size=2) | st.dictionaries(st.sampled_from("SNM"), values, max_size=2),
    max_leaves=4,
)


@st.composite
def mutated_records(draw: st.DrawFn) -> Record:
    """A record with another value, or none, in one to three places, but for its position in the stream."""
    record = stream_record(draw(st.sampled_from(["stream-insert", "stream-modify", "stream-remove"])))
    change = record["dynamodb"]
    images = [change[name] for name in ("NewImage", "OldImage") if name in change]
    for _ in range(draw(st.integers(1, 3))):
        holder = draw(st.sampled_from([record, change, *images, *images[0].values()]))
        if not isinstance(holder, dict) or not (
            names := sorted(holder.keys() - {"dynamodb", "SequenceNumber"})
        ):
            continue
        name = draw(st.sampled_from(names))
        if draw(st.booleans()):
            holder[name] = draw(VALUES)
        else:
            del holder[name]
    return record


class TestAnyRecord:
    """Whatever a record holds, it is published or dead-lettered, and blocks nothing."""

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(mutated_records())
    def test_is_a_message_or_goes_to_the_dead_letter_queue(self, record: Record) -> None:
        for change in read_changes([record]):
            message = change.event.to_json() if change.event else change.raw
            assert 0 < len(message) <= MAX_MESSAGE_BYTES
            assert message.isascii()
            if change.event:
                UserEvent.model_validate_json(message)


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
