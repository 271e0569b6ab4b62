"""Changes of users become events, each once."""

import copy
import json
from collections.abc import Callable
from math import ceil
from typing import Any

import pytest

from tests.events import load_event
from tests.integration.reactions.conftest import Calls, Handler, World

NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture
def consume(function: Callable[..., Handler]) -> Handler:
    """UserStreamFunction."""
    return function("UserStreamFunction")


def inserts(count: int) -> dict[str, Any]:
    """A batch of new users."""
    (record,) = load_event("stream-insert")["Records"]
    records = []
    for number in range(count):
        one = copy.deepcopy(record)
        one["eventID"] = one["dynamodb"]["SequenceNumber"] = str(1000 + number)
        one["dynamodb"]["NewImage"]["userId"]["S"] = f"user-{number}"
        records.append(one)
    return {"Records": records}


class TestEvent:
    """What an event tells of a change."""

    def test_of_a_new_user(self, consume: Handler, world: World) -> None:
        assert consume(load_event("stream-insert")) == NOTHING_FAILED
        (event,) = world.heard()
        assert event["type"] == "user.created"
        assert event["userId"] == "123"
        assert event["version"] == 1
        assert event["correlationId"] == "0f8c1d2e-3b4a-4c5d-8e6f-7a8b9c0d1e01"
        assert event["data"]["email"] == "john@example.com"
        assert "previous" not in event

    def test_of_a_changed_user(self, consume: Handler, world: World) -> None:
        consume(load_event("stream-modify"))
        (event,) = world.heard()
        assert (event["type"], event["version"]) == ("user.updated", 2)
        assert (event["previous"]["name"], event["data"]["name"]) == ("John Doe", "Jane Doe")

    def test_of_a_deleted_user_carries_the_id_of_the_deletion(self, consume: Handler, world: World) -> None:
        consume(load_event("stream-remove"))
        (event,) = world.heard()
        assert (event["type"], event["correlationId"][-4:]) == ("user.deleted", "1e03")
        assert event["previous"]["email"] == "jane@example.com"
        assert "data" not in event

    def test_is_not_made_of_a_mark(self, consume: Handler, world: World) -> None:
        assert consume(load_event("stream-mark")) == NOTHING_FAILED
        assert world.heard() == []

    def test_comes_in_the_order_of_the_changes(self, consume: Handler, world: World) -> None:
        consume(load_event("stream-batch"))
        assert [event["type"] for event in world.heard()] == ["user.created", "user.updated", "user.deleted"]

    def test_is_the_same_whenever_it_is_told(self, consume: Handler, world: World) -> None:
        for _ in range(2):
            consume(load_event("stream-insert"))
        first, second = world.heard()
        assert first == second

    @pytest.mark.parametrize("count", [1, 10, 11, 100])
    def test_costs_a_call_for_ten(self, consume: Handler, world: World, count: int) -> None:
        calls = Calls("sns")
        consume(inserts(count))
        assert calls.made == ["PublishBatch"] * ceil(count / 10)
        assert len(world.heard()) == count


class TestFailure:
    """Nothing is lost, and nothing is told twice that could be told once."""

    def test_of_one_event_parks_it_and_publishes_the_others(self, consume: Handler, world: World) -> None:
        calls = Calls("sns")
        with calls.answering("PublishBatch", {"Failed": [{"Id": "3", "Code": "x", "SenderFault": True}]}):
            assert consume(inserts(10)) == NOTHING_FAILED
        (parked,) = world.dead_letters()
        assert json.loads(parked)["userId"] == "user-3"
        assert calls.made == ["PublishBatch"]

    def test_of_a_record_that_makes_no_sense_parks_it_as_it_is(self, consume: Handler, world: World) -> None:
        batch = inserts(3)
        del batch["Records"][1]["dynamodb"]["NewImage"]["email"]
        assert consume(batch) == NOTHING_FAILED
        (parked,) = world.dead_letters()
        assert json.loads(parked) == batch["Records"][1]
        assert [event["userId"] for event in world.heard()] == ["user-0", "user-2"]

    @pytest.mark.parametrize(("code", "status"), [("InternalFailure", 500), ("Throttling", 400)])
    def test_of_a_call_names_where_to_go_on(
        self, consume: Handler, world: World, code: str, status: int
    ) -> None:
        batch, calls, made = inserts(25), Calls("sns"), []

        def second_fails(model: Any, **_: Any) -> Any:  # noqa: ARG001 - botocore names it
            made.append(1)
            if len(made) == 2:
                error = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
                return type("Response", (), {"status_code": status})(), error
            return None

        calls._events.register("before-call.sns.PublishBatch", second_fails)  # noqa: SLF001 - of the same tests
        answer = consume(batch)
        assert answer == {"batchItemFailures": [{"itemIdentifier": "1010"}]}
        assert consume({"Records": batch["Records"][10:]}) == NOTHING_FAILED
        assert [event["userId"] for event in world.heard()] == [f"user-{number}" for number in range(25)]

    def test_of_the_dead_letter_queue_tries_again_later(self, consume: Handler, world: World) -> None:
        batch = inserts(1)
        del batch["Records"][0]["dynamodb"]["NewImage"]["email"]
        with Calls("sqs").failing("SendMessage"):
            assert consume(batch) == {"batchItemFailures": [{"itemIdentifier": "1000"}]}
        assert consume(batch) == NOTHING_FAILED
        assert len(world.dead_letters()) == 1

    def test_that_is_our_own_fault_is_raised(self, consume: Handler) -> None:
        with (
            Calls("sns").failing("PublishBatch", "AuthorizationError", 403),
            pytest.raises(Exception, match="Auth"),
        ):
            consume(inserts(1))


class TestLogs:
    """The lines lead from event to request, and name nobody."""

    def test_carry_the_correlation_id_and_no_address(
        self, function: Callable[..., Handler], capsys: pytest.CaptureFixture[str]
    ) -> None:
        # A logger of a new name writes where capsys reads.
        function("UserStreamFunction", POWERTOOLS_SERVICE_NAME="stream")(load_event("stream-batch"))
        written = capsys.readouterr().out
        for number in (1, 2, 3):
            assert f'"correlation_id":"0f8c1d2e-3b4a-4c5d-8e6f-7a8b9c0d1e0{number}"' in written
        assert "@example.com" not in written
        assert "Doe" not in written
