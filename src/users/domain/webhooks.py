"""Webhooks: events of users for the systems of others, and when a delivery is tried again."""

import random
from dataclasses import dataclass
from typing import Literal, Protocol

from lambda_common.validation import WireModel
from users.domain.events import Time, UserEvent, UserSnapshot
from users.domain.ports import DeadLetterQueue

RETRY_SECONDS = 24 * 3600
FIRST_DELAY_SECONDS = 5
MAX_DELAY_SECONDS = 3600


class UserChange(WireModel):
    """The user after the change, and before it. `sequence` orders the changes of a user."""

    user_id: str
    version: int
    sequence: str
    user: UserSnapshot | None = None
    previous: UserSnapshot | None = None


class WebhookPayload(WireModel):
    """The body of a webhook request."""

    type: Literal["user.created", "user.updated", "user.deleted"]
    timestamp: Time
    data: UserChange

    @classmethod
    def of(cls, event: UserEvent) -> "WebhookPayload":
        """The payload of an event, the same for each delivery."""
        fields = event.model_dump(include={"user_id", "version", "sequence"})
        change = UserChange.model_construct(**fields, user=event.data, previous=event.previous)
        return cls.model_construct(type=event.type, timestamp=event.time, data=change)

    def to_json(self) -> bytes:
        """The bytes that are signed and sent."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message with an event. `receipt` identifies the delivery; `age` is seconds since the first one."""

    body: str
    receipt: str
    age: float


@dataclass(frozen=True)
class Reply:
    """The result of one call. `reason` is a constant; `wait` is how long the receiver is to be left alone."""

    verdict: Literal["delivered", "refused", "failed", "circuit_open"]
    reason: str
    wait: float = 0


@dataclass(frozen=True)
class Delivery:
    """What became of a message, and why."""

    outcome: Literal["success", "retried", "waiting", "dead_lettered"]
    reason: str
    event: UserEvent | None = None


class Receiver(Protocol):
    """The system of somebody else."""

    def send(self, event: UserEvent) -> Reply:
        """Send an event once, unless the receiver is known to be down."""


class RetryQueue(Protocol):
    """Where messages come from."""

    def postpone(self, message: Message, seconds: int) -> None:
        """Hide the message for this time. Raises ServiceUnavailableError."""


@dataclass(frozen=True, kw_only=True)
class Webhooks:
    """Delivers events to the receiver."""

    receiver: Receiver
    queue: RetryQueue
    dead_letters: DeadLetterQueue

    def deliver(self, message: Message) -> Delivery:
        """Send an event once. What fails is retried for a day, and what the receiver refuses is not."""
        try:
            event = UserEvent.model_validate_json(message.body)
        except ValueError:
            self.dead_letters.send(message.body, reason="invalid_event")
            return Delivery("dead_lettered", "invalid_event")
        reply = self.receiver.send(event)
        if reply.verdict == "delivered":
            return Delivery("success", reply.reason, event)
        if reply.verdict == "refused" or message.age >= RETRY_SECONDS:
            self.dead_letters.send(message.body, reason=reply.reason)
            return Delivery("dead_lettered", reply.reason, event)
        self.queue.postpone(message, _delay(reply, message.age))
        return Delivery("waiting" if reply.verdict == "circuit_open" else "retried", reply.reason, event)


def _delay(reply: Reply, age: float) -> int:
    """Exponential backoff with full jitter: a message waits for up to its age, which at most doubles.

    The number of its deliveries would also count those that found the circuit open.
    """
    spread = reply.wait if reply.verdict == "circuit_open" else age
    spread = min(max(spread, FIRST_DELAY_SECONDS), MAX_DELAY_SECONDS)
    jitter = random.uniform(0, spread)  # nosec B311 # noqa: S311 - not a secret
    return 1 + round(min(reply.wait, MAX_DELAY_SECONDS) + jitter)
