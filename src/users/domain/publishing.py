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
    """A position in the stream and its event, or None and the `raw` record if it is malformed."""

    position: str
    event: UserEvent | None
    raw: str = ""


type Report = Callable[[Change, str], None]
"""Receives each change and its outcome: `success` or `dead_lettered`."""


class PublishingPostponedError(Exception):
    """Publishing stopped because of an error, which is the cause. It continues at `position`."""

    def __init__(self, position: str) -> None:
        super().__init__()
        self.position = position


@dataclass(frozen=True)
class ChangePublisher:
    """Publishes in batches. Events that the topic refuses go to the dead-letter queue."""

    publisher: EventPublisher
    dead_letters: DeadLetterQueue

    def publish(self, changes: Sequence[Change], report: Report) -> None:
        """Publish all changes. Raises PublishingPostponedError if a service is not available.

        If some events of a batch are refused, they go to the dead-letter queue: a retry would publish the
        others of the batch again, and block later events. Other errors are raised unchanged only while
        nothing is published, because all changes are then retried.
        """
        for batch in batched(changes, BATCH_SIZE, strict=False):
            try:
                self._publish(batch, report)
            except Exception as error:
                if batch[0] is changes[0] and not isinstance(error, ServiceUnavailableError):
                    raise
                raise PublishingPostponedError(batch[0].position) from error

    def _publish(self, batch: Sequence[Change], report: Report) -> None:
        for change in batch:  # first, because a retry can repeat it
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
