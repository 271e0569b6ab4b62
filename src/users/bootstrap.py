"""Where handlers get their collaborators. Adapters are imported by whoever needs them, and by nobody else."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lambda_common.aws import client
from users.domain.ports import AvatarRepository, DeadLetters, EffectLog, ImageStore, Mailer
from users.domain.repository import UserRepository
from users.settings import UsersApiSettings

if TYPE_CHECKING:
    from users.adapters.sns import SnsEventPublisher
    from users.domain.publishing import Change

type CorrelationId = Callable[[], str]
"""Says on behalf of which request a write is made."""


def user_repository(settings: UsersApiSettings, correlation_id: CorrelationId) -> UserRepository:
    """Users in DynamoDB."""
    from users.adapters.dynamodb import DynamoDBUserRepository

    return DynamoDBUserRepository(
        client("dynamodb"),
        users_table=settings.users_table_name,
        user_emails_table=settings.user_emails_table_name,
        idempotency_table=settings.idempotency_table_name,
        correlation_id=correlation_id,
    )


def avatar_repository(users_table: str, correlation_id: CorrelationId) -> AvatarRepository:
    """Avatars in DynamoDB."""
    from users.adapters.avatars import DynamoDBAvatarRepository

    return DynamoDBAvatarRepository(
        client("dynamodb"), users_table=users_table, correlation_id=correlation_id
    )


def effect_log(table: str, function_timeout_seconds: str) -> EffectLog:
    """Effects in DynamoDB. A claim outlives the function that made it by a second."""
    from users.adapters.effects import DynamoDBEffectLog

    claim_seconds = int(function_timeout_seconds) + 1
    return DynamoDBEffectLog(client("dynamodb"), table=table, claim_seconds=claim_seconds)


def image_store(bucket: str) -> ImageStore:
    """Pictures in S3."""
    from users.adapters.s3 import S3ImageStore

    return S3ImageStore(client("s3"), bucket=bucket)


def event_publisher(topic_arn: str) -> "SnsEventPublisher":
    """The topic of events."""
    from users.adapters.sns import SnsEventPublisher

    return SnsEventPublisher(client("sns"), topic_arn=topic_arn)


def dead_letters(queue_url: str) -> DeadLetters:
    """A dead-letter queue."""
    from users.adapters.sqs import SqsDeadLetters

    return SqsDeadLetters(client("sqs"), queue_url=queue_url)


def mailer(sender: str) -> Mailer | None:
    """SES, where there is an address to send from."""
    from users.adapters.ses import SesMailer

    return SesMailer(client("sesv2"), sender=sender) if sender else None


def change_reader() -> "Callable[[Sequence[Mapping[str, Any]]], list[Change]]":
    """Reads records of the users table's stream."""
    from users.adapters.stream import read_changes

    return read_changes


def thumbnail_maker() -> Callable[[bytes], Mapping[str, bytes]]:
    """Makes thumbnails with Pillow."""
    from users.adapters.images import make_thumbnails

    return make_thumbnails
