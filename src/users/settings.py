"""Environment variables, one dataclass per function, as template.yaml sets them."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class UsersApiSettings:
    """UsersApiFunction."""

    users_table_name: str
    user_emails_table_name: str
    idempotency_table_name: str
    images_bucket_name: str
    cors_allowed_origins: tuple[str, ...]
    serve_docs: bool


@dataclass(frozen=True, kw_only=True)
class UserStreamSettings:
    """UserStreamFunction."""

    user_events_topic_arn: str
    user_stream_dead_letter_queue_url: str


@dataclass(frozen=True, kw_only=True)
class IdempotencySettings:
    """UserEventsFunction and ThumbnailsFunction."""

    idempotency_table_name: str


@dataclass(frozen=True, kw_only=True)
class UserEventsSettings:
    """UserEventsFunction. `sender_email_address` is empty if no email is sent."""

    images_bucket_name: str
    sender_email_address: str


@dataclass(frozen=True, kw_only=True)
class ThumbnailsSettings:
    """ThumbnailsFunction."""

    users_table_name: str
    images_bucket_name: str
    user_events_topic_arn: str


@dataclass(frozen=True, kw_only=True)
class CleanupSettings:
    """CleanupFunction."""

    images_bucket_name: str


@dataclass(frozen=True, kw_only=True)
class WebhooksSettings:
    """WebhookFunction. `webhook_url` is https; in the stage `local`, it can be http on loopback."""

    stage: str
    webhook_url: str
    webhook_secret_arn: str
    webhook_queue_url: str
    webhook_dead_letter_queue_url: str
    webhook_circuit_table_name: str

    def __post_init__(self) -> None:
        url = urlsplit(self.webhook_url)
        local = self.stage == "local" and (url.scheme, url.hostname) == ("http", "127.0.0.1")
        if "@" in url.netloc or not (local or (url.scheme == "https" and url.hostname)):
            raise ValueError("WEBHOOK_URL is not an https URL without credentials")
