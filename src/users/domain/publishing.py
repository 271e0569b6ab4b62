"""Changes of users go out as events, in the order in which they were made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import batched

from users.domain.errors import ServiceUnavailableError
from users.domain.events import UserEvent
from users.domain.ports import DeadLetters, EventPublisher

BATCH_SIZE = 10

type Report = Callable[[UserEvent | None, str], None]
"""Told of each event (None: of what makes no sense) and what became of it: `success` or `parked`."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A position in the stream, and the event there; None, and `raw` instead, where it makes no sense."""

    position: str
    event: UserEvent | None
    raw: str = ""


def publish_changes(
    changes: Sequence[Change], publisher: EventPublisher, dead_letters: DeadLetters, report: Report
) -> str | None:
    """Publish all, 10 in a call. None when done, or the position from which to go on later.

    An event that is refused while others of its batch go out is parked: to go on before it would publish
    those again, and to wait for it would hold up everybody else. What else goes wrong is raised only while
    nothing is out, or else all would come again.
    """
    for batch in batched(changes, BATCH_SIZE, strict=False):
        try:
            _publish(batch, publisher, dead_letters, report)
        except ServiceUnavailableError:
            return batch[0].position
        except Exception:
            if batch[0] is changes[0]:
                raise
            return batch[0].position
    return None


def _publish(
    batch: Sequence[Change], publisher: EventPublisher, dead_letters: DeadLetters, report: Report
) -> None:
    for change in batch:  # first, because it can be done twice
        if change.event is None:
            dead_letters.park(change.raw)
            report(None, "parked")
    events = [change.event for change in batch if change.event]
    refused = publisher.publish(events) if events else []
    for event in events:
        if event in refused:
            dead_letters.park(event.to_json())
        report(event, "parked" if event in refused else "success")
