"""Records of the stream as changes."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.consumers import Record, stream_record
from users.adapters.stream import MAX_EVENT_BYTES, MAX_MESSAGE_BYTES, read_changes
from users.domain.events import UserEvent

USER: dict[str, Any] = stream_record()["dynamodb"]["NewImage"]
NEVER = ["9999-12-31T23:59:59.999-23:59", "0001-01-01T00:00:00.000+23:59"]
"""Times that do not exist in UTC."""


def record_of(image: Any) -> Record:
    """The record of an item as a new user."""
    record = stream_record()
    record["dynamodb"]["NewImage"] = image
    return record


class TestReadChanges:
    """A record that is not a change of a user is passed on unchanged, if a queue accepts it."""

    @pytest.mark.parametrize(
        "image",
        [
            *(USER | {name: {"S": time}} for name in ("createdAt", "updatedAt") for time in NEVER),
            *({}, {"userId": USER["userId"]}, None, "123"),
            USER | {"correlationId": {"S": "x" * MAX_EVENT_BYTES}},
        ],
        ids=range(9),
    )
    def test_passed_on_when_it_is_no_user_or_too_large_for_a_batch(self, image: Any) -> None:
        record = record_of(image)
        [change] = read_changes([record])
        assert (change.event, json.loads(change.raw)) == (None, record)

    def test_only_its_identity_when_it_is_too_large_for_the_queue(self) -> None:
        record = record_of(USER | {"name": {"S": "é" * (MAX_MESSAGE_BYTES // 6)}})
        [change] = read_changes([record])
        raw = json.loads(change.raw)
        assert change.event is None
        assert len(change.raw) < MAX_EVENT_BYTES
        assert (raw["eventID"], raw["dynamodb"]["Keys"]) == (record["eventID"], {"userId": {"S": "123"}})

    def test_event_is_ascii_when_it_has_characters_that_queues_refuse(self) -> None:
        [change] = read_changes([record_of(USER | {"name": {"S": "\uffff\ufffe\x01"}})])
        assert change.event
        assert change.event.to_json().isascii()


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from([*NEVER, "0001-01-01T00:00:00Z", "1e400", "9" * 5000]),
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
        if isinstance(holder, dict) and (names := sorted(holder.keys() - {"dynamodb", "SequenceNumber"})):
            holder |= {draw(st.sampled_from(names)): draw(VALUES)}
            if draw(st.booleans()):
                del holder[draw(st.sampled_from(names))]
    return record


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated_records())
def test_any_record_is_an_event_or_passed_on(record: Record) -> None:
    """Any record becomes a message that a queue accepts, and blocks nothing."""
    for change in read_changes([record]):
        message = change.event.to_json() if change.event else change.raw
        assert 0 < len(message) <= MAX_MESSAGE_BYTES
        assert message.isascii()
        if change.event:
            UserEvent.model_validate_json(message)
