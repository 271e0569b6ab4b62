"""The environment variables of the functions, as template.yaml sets them.

Each group of collaborators has its own: a function needs those of what it uses, and no others.
"""

from dataclasses import dataclass

from lambda_common.settings import FunctionSettings


@dataclass(frozen=True, kw_only=True)
class UsersApiSettings(FunctionSettings):
    """UsersApiFunction. `cors_allowed_origins` is a comma-separated list."""

    users_table_name: str
    user_emails_table_name: str
    idempotency_table_name: str
    images_bucket_name: str
    cors_allowed_origins: str


@dataclass(frozen=True, kw_only=True)
class UserStreamSettings(FunctionSettings):
    """UserStreamFunction."""

    user_events_topic_arn: str
    user_stream_dead_letter_queue_url: str


@dataclass(frozen=True, kw_only=True)
class UserEventsSettings(FunctionSettings):
    """UserEventsFunction. `sender_email_address` is empty where no mail is to be sent."""

    idempotency_table_name: str
    images_bucket_name: str
    sender_email_address: str
    function_timeout_seconds: str


@dataclass(frozen=True, kw_only=True)
class ThumbnailsSettings(FunctionSettings):
    """ThumbnailsFunction."""

    users_table_name: str
    idempotency_table_name: str
    images_bucket_name: str
    user_events_topic_arn: str
    function_timeout_seconds: str


@dataclass(frozen=True, kw_only=True)
class CleanupSettings(FunctionSettings):
    """CleanupFunction."""

    images_bucket_name: str
