"""What is done when something happened to a user: mail is sent, pictures are removed."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from lambda_common.batches import Message, process_messages
from lambda_common.observability import LambdaContext, Observability
from lambda_common.requests import Event
from lambda_common.settings import load_settings
from lambda_common.start import prepare
from users import bootstrap
from users.domain.events import UserEvent
from users.domain.ports import EffectLog, ImageStore, Mailer
from users.domain.reactions import forget_images, welcome
from users.settings import UserEventsSettings


@dataclass(frozen=True)
class EventConsumer:
    """Reacts to events. Without a mailer nobody is greeted, and a log line says so."""

    mailer: Mailer | None
    effects: EffectLog
    images: ImageStore
    observability: Observability

    def handle(self, message: Message) -> None:
        """React to one message; whatever it raises makes the message come again."""
        event = UserEvent.model_validate_json(message["body"])
        with self.observability.work("handle_event", event.correlation_id) as finished:
            finished(self._react(event), event_type=event.type, event_id=event.id)

    def _react(self, event: UserEvent) -> str:
        match event.type:
            case "user.created":
                return self._welcome(event)
            case "user.deleted":
                forget_images(event, images=self.images)
                return "success"
            case _:
                return "ignored"

    def _welcome(self, event: UserEvent) -> str:
        if self.mailer is None:
            return "no_sender_configured"
        return "success" if welcome(event, mailer=self.mailer, effects=self.effects) else "repeated"


@cache
def _consumer() -> EventConsumer:
    settings = load_settings(UserEventsSettings)
    return EventConsumer(
        mailer=bootstrap.mailer(settings.sender_email_address),
        effects=bootstrap.effect_log(settings.idempotency_table_name, settings.function_timeout_seconds),
        images=bootstrap.image_store(settings.images_bucket_name),
        observability=Observability(settings),
    )


def lambda_handler(event: Event, context: LambdaContext) -> dict[str, Any]:
    """Entry point of the queue's event source mapping."""
    consumer = _consumer()
    return process_messages(event, context, consumer.handle, consumer.observability)


prepare(_consumer)
