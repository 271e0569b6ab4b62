"""Changes go out as events, ten in a call, each once and in order."""

import pytest

from tests.helpers.builders import NOON, a_user
from tests.helpers.port_fakes import InMemoryDeadLetterQueue, InMemoryPublisher
from users.domain.errors import ServiceUnavailableError
from users.domain.events import UserEvent, UserSnapshot
from users.domain.publishing import Change, ChangePublisher, PublishingPostponedError


def a_change(number: int) -> Change:
    """The creation of a user, at a position that is their id."""
    event = UserEvent.model_validate(
        {
            "id": f"event-{number}",
            "type": "user.created",
            "time": NOON,
            "sequence": str(number),
            "userId": str(number),
            "version": 1,
            "data": UserSnapshot.of(a_user(str(number))),
        }
    )
    return Change(position=str(number), event=event)


def nonsense(number: int) -> Change:
    """What cannot be read."""
    return Change(position=str(number), event=None, raw=f"raw {number}")


class Publishing:
    """Publishes changes, and what comes of it."""

    def __init__(self) -> None:
        self.publisher = InMemoryPublisher()
        self.dead_letters = InMemoryDeadLetterQueue()
        self.reports: list[tuple[str, str]] = []
        self.causes: list[BaseException | None] = []

    def __call__(self, *changes: Change) -> str | None:
        """The position from which to continue; None when all is published."""
        try:
            ChangePublisher(self.publisher, self.dead_letters).publish(changes, self._report)
        except PublishingPostponedError as error:
            self.causes.append(error.__cause__)
            return error.position
        return None

    @property
    def published(self) -> list[int]:
        """The users of whom something went out."""
        return [int(event.user_id) for event in self.publisher.published]

    def _report(self, change: Change, outcome: str) -> None:
        self.reports.append((change.position, outcome))


@pytest.fixture
def publish() -> Publishing:
    """Nothing is out yet."""
    return Publishing()


class TestPublishChanges:
    """All go out, or it is known from where to go on."""

    @pytest.mark.parametrize(
        ("count", "batches"), [(0, []), (1, [1]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])]
    )
    def test_publishes_ten_in_a_call(self, publish: Publishing, count: int, batches: list[int]) -> None:
        assert publish(*map(a_change, range(count))) is None
        assert publish.published == list(range(count))
        assert publish.publisher.batches == batches
        assert publish.reports == [(str(number), "success") for number in range(count)]

    def test_sends_what_is_refused_to_the_dead_letter_queue(self, publish: Publishing) -> None:
        publish.publisher.refused = {"3"}
        assert publish(*map(a_change, range(12))) is None
        assert publish.published == [number for number in range(12) if number != 3]
        [body] = publish.dead_letters.bodies
        assert UserEvent.model_validate_json(body) == a_change(3).event
        assert publish.reports[3] == ("3", "dead_lettered")

    def test_sends_malformed_records_there_without_a_call(self, publish: Publishing) -> None:
        assert publish(nonsense(0), nonsense(1)) is None
        assert publish.dead_letters.bodies == ["raw 0", "raw 1"]
        assert publish.publisher.batches == []
        assert publish.reports == [("0", "dead_lettered"), ("1", "dead_lettered")]

    @pytest.mark.parametrize("failing", [0, 1, 2])
    def test_names_the_first_of_the_batch_that_failed(self, publish: Publishing, failing: int) -> None:
        publish.publisher.faults.coming = [False] * failing + [True]
        assert publish(*map(a_change, range(30))) == str(failing * 10)
        assert [type(cause) for cause in publish.causes] == [ServiceUnavailableError]
        assert publish.published == list(range(failing * 10))

    def test_publishes_nothing_of_a_batch_whose_nonsense_cannot_be_dead_lettered(
        self, publish: Publishing
    ) -> None:
        publish.dead_letters.faults.coming = [True]
        assert publish(a_change(0), nonsense(1), a_change(2)) == "0"
        assert publish.published == []

    def test_names_the_batch_when_what_is_refused_cannot_be_dead_lettered(self, publish: Publishing) -> None:
        publish.publisher.refused = {"11"}
        publish.dead_letters.faults.coming = [True]
        assert publish(*map(a_change, range(12))) == "10"

    def test_raises_our_own_fault_when_nothing_is_out(self, publish: Publishing) -> None:
        publish.publisher.publish = _broken  # type: ignore[assignment, method-assign]
        with pytest.raises(PermissionError):
            publish(a_change(0))

    def test_goes_on_later_after_our_own_fault_when_something_is_out(self, publish: Publishing) -> None:
        changes = [a_change(number) for number in range(10)]
        publish.dead_letters.send = _broken  # type: ignore[assignment, method-assign]
        assert publish(*changes, nonsense(10)) == "10"
        assert publish.published == list(range(10))


def _broken(*_: object) -> list[UserEvent]:
    raise PermissionError
