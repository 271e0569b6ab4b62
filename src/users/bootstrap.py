"""Composition root: builds each function's collaborators once, when they are first used.

Adapters are imported where they are built, so that a function loads only those that it uses.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from lambda_common.clients import client
from lambda_common.observability import actor, correlation_id
from lambda_common.settings import load_settings
from users.settings import (
    CleanupSettings,
    IdempotencySettings,
    ThumbnailsSettings,
    UserEventsSettings,
    UsersApiSettings,
    UserStreamSettings,
    WebhooksSettings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from users.adapters.idempotency import DynamoDBIdempotency
    from users.domain.ports import ImageStore
    from users.domain.publishing import Change, ChangePublisher
    from users.domain.reactions import Reactions
    from users.domain.thumbnails import ThumbnailService
    from users.domain.use_cases import UserRepository
    from users.domain.webhooks import Webhooks


@cache
def users_api_settings() -> UsersApiSettings:
    """The settings of UsersApiFunction."""
    return load_settings(UsersApiSettings)


@cache
def user_repository() -> "UserRepository":
    """Users in DynamoDB, for UsersApiFunction."""
    from users.adapters.dynamodb import DynamoDBUserRepository

    settings = users_api_settings()
    return DynamoDBUserRepository(
        client("dynamodb"),
        users_table=settings.users_table_name,
        user_emails_table=settings.user_emails_table_name,
        idempotency_table=settings.idempotency_table_name,
        origin=_origin,
    )


@cache
def image_store() -> "ImageStore":
    """Images in S3, for UsersApiFunction."""
    return _images(users_api_settings().images_bucket_name)


@cache
def change_publisher() -> "ChangePublisher":
    """Publishes the changes in a stream, for UserStreamFunction."""
    from users.adapters.sns import SnsEventPublisher
    from users.adapters.sqs import SqsDeadLetterQueue
    from users.domain.publishing import ChangePublisher

    settings = load_settings(UserStreamSettings)
    return ChangePublisher(
        SnsEventPublisher(client("sns"), topic_arn=settings.user_events_topic_arn),
        SqsDeadLetterQueue(client("sqs"), queue_url=settings.user_stream_dead_letter_queue_url),
    )


def read_changes(records: "Sequence[Mapping[str, Any]]") -> "list[Change]":
    """The changes in records of the users table's stream."""
    from users.adapters.stream import read_changes

    return read_changes(records)


@cache
def idempotency() -> "DynamoDBIdempotency":
    """Idempotency of effects, for UserEventsFunction and ThumbnailsFunction."""
    from users.adapters.idempotency import DynamoDBIdempotency

    table = load_settings(IdempotencySettings).idempotency_table_name
    return DynamoDBIdempotency(client("dynamodb"), table=table)


@cache
def reactions() -> "Reactions":
    """Reactions to events, for UserEventsFunction. Without a sender address, there is no mailer."""
    from users.adapters.ses import SesMailer
    from users.domain.reactions import Reactions

    settings = load_settings(UserEventsSettings)
    sender = settings.sender_email_address
    return Reactions(
        mailer=SesMailer(client("sesv2"), sender=sender) if sender else None,
        idempotency=idempotency(),
        images=_images(settings.images_bucket_name),
    )


@cache
def thumbnail_service() -> "ThumbnailService":
    """Thumbnails and avatars, for ThumbnailsFunction."""
    from users.adapters.dynamodb.avatars import DynamoDBAvatarRepository
    from users.adapters.images import make_thumbnails
    from users.adapters.sns import SnsEventPublisher
    from users.domain.thumbnails import ThumbnailService

    settings = load_settings(ThumbnailsSettings)
    return ThumbnailService(
        images=_images(settings.images_bucket_name),
        avatars=DynamoDBAvatarRepository(
            client("dynamodb"), users_table=settings.users_table_name, origin=_origin
        ),
        announcer=SnsEventPublisher(client("sns"), topic_arn=settings.user_events_topic_arn),
        idempotency=idempotency(),
        make_thumbnails=make_thumbnails,
    )


@cache
def temporary_images() -> "ImageStore":
    """Images in S3, for CleanupFunction."""
    return _images(load_settings(CleanupSettings).images_bucket_name)


@cache
def webhooks() -> "Webhooks":
    """Deliveries to the receiver, for WebhookFunction."""
    from aws_lambda_powertools.utilities.circuit_breaker.persistence import CircuitBreakerDynamoDBPersistence

    from users.adapters.sqs import SqsDeadLetterQueue, SqsRetryQueue
    from users.adapters.webhooks import HttpReceiver, SigningSecrets
    from users.domain.webhooks import Webhooks

    settings, sqs = load_settings(WebhooksSettings), client("sqs")
    table = settings.webhook_circuit_table_name
    receiver = HttpReceiver(
        settings.webhook_url,
        secrets=SigningSecrets(client("secretsmanager"), secret=settings.webhook_secret_arn),
        circuits=CircuitBreakerDynamoDBPersistence(
            table, key_attr="circuit", expiry_attr="expiresAt", boto3_client=client("dynamodb")
        ),
        circuit=table,  # tells the metrics of several stacks apart
    )
    return Webhooks(
        receiver=receiver,
        queue=SqsRetryQueue(sqs, queue_url=settings.webhook_queue_url),
        dead_letters=SqsDeadLetterQueue(sqs, queue_url=settings.webhook_dead_letter_queue_url),
    )


def _origin() -> dict[str, str]:
    return {"correlationId": correlation_id(), "actor": actor()}


def _images(bucket: str) -> "ImageStore":
    from users.adapters.s3 import S3ImageStore

    return S3ImageStore(client("s3"), bucket=bucket)
