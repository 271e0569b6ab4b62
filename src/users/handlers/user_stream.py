"""Changes in the users table, from its stream to the topic of events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lambda_common.observability import LambdaContext, Observability
from lambda_common.requests import Event
from lambda_common.settings import load_settings
from lambda_common.start import prepare
from users import bootstrap
from users.domain.events import UserEvent
from users.domain.ports import DeadLetters, EventPublisher
from users.domain.publishing import Change, publish_changes
from users.settings import UserStreamSettings


@dataclass(frozen=True)
class StreamConsumer:
    """Publishes what a batch of records tells."""

    read_changes: Callable[[Sequence[Mapping[str, Any]]], list[Change]]
    publisher: EventPublisher
    dead_letters: DeadLetters
    observability: Observability

    def handle(self, event: Event, context: LambdaContext) -> dict[str, Any]:
        """The partial batch answer: Lambda goes on from the position that it names."""
        with self.observability.invocation(context):
            changes = self.read_changes(event["Records"])
            position = publish_changes(changes, self.publisher, self.dead_letters, self._report)
            if position:
                self.observability.finished("publish_events", "postponed")
        return {"batchItemFailures": [{"itemIdentifier": position}] if position else []}

    def _report(self, event: UserEvent | None, outcome: str) -> None:
        if event is None:
            self.observability.finished("publish_event", outcome)
            return
        with self.observability.correlated(event.correlation_id):
            self.observability.finished("publish_event", outcome, event_type=event.type, event_id=event.id)


@cache
def _consumer() -> StreamConsumer:
    settings = load_settings(UserStreamSettings)
    return StreamConsumer(
        read_changes=bootstrap.change_reader(),
        publisher=bootstrap.event_publisher(settings.user_events_topic_arn),
        dead_letters=bootstrap.dead_letters(settings.user_stream_dead_letter_queue_url),
        observability=Observability(settings),
    )


def lambda_handler(event: Event, context: LambdaContext) -> dict[str, Any]:
    """Entry point of the event source mapping."""
    return _consumer().handle(event, context)


prepare(_consumer)
