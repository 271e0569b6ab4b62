"""Publishes the changes of users as events, in the order in which they were made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import batched

from users.domain.errors import ServiceUnavailableError
from users.domain.events import UserEvent
from users.domain.ports import DeadLetterQueue, EventPublisher

BATCH_SIZE = 10


@dataclass(frozen=True, kw_only=True)
class Change:
    """A position in the stream and the event there; or None, and the `raw` record that is malformed."""

    position: str
    event: UserEvent | None
    raw: str = ""


type Report = Callable[[Change, str], None]
"""Receives each change and its outcome: `success` or `dead_lettered`."""


class PublishingPostponedError(Exception):
    """Publishing stopped, because of the cause; `position` is where to continue."""

    def __init__(self, position: str) -> None:
        super().__init__()
        self.position = position


@dataclass(frozen=True)
class ChangePublisher:
    """Publishes in batches; what a topic refuses goes to the dead-letter queue."""

    publisher: EventPublisher
    dead_letters: DeadLetterQueue

    def publish(self, changes: Sequence[Change], report: Report) -> None:
        """Publish all changes. PublishingPostponedError when a service is not available.

        An event that is refused while others of its batch are published goes to the dead-letter queue:
        continuing before it would publish those again, and waiting for it would block all others. Any other
        error is raised as it is only while nothing is published, because all would be published again.
        """
        for batch in batched(changes, BATCH_SIZE, strict=False):
            try:
                self._publish(batch, report)
            except Exception as error:
                if batch[0] is changes[0] and not isinstance(error, ServiceUnavailableError):
                    raise
                raise PublishingPostponedError(batch[0].position) from error

    def _publish(self, batch: Sequence[Change], report: Report) -> None:
        for change in batch:  # first, because it can be repeated
            if change.event is None:
                self.dead_letters.send(change.raw)
                report(change, "dead_lettered")
        events = [change.event for change in batch if change.event]
        refused = self.publisher.publish(events) if events else []
        for change in batch:
            if event := change.event:
                if event in refused:
                    self.dead_letters.send(event.to_json())
                report(change, "dead_lettered" if event in refused else "success")
