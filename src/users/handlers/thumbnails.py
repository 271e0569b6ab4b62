"""News of the bucket: an uploaded picture gets thumbnails, a removed one loses them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

from lambda_common.observability import LambdaContext, Observability
from lambda_common.requests import Event
from lambda_common.settings import load_settings
from lambda_common.start import prepare
from users import bootstrap
from users.domain.thumbnails import ThumbnailService, Upload
from users.settings import ThumbnailsSettings


@dataclass(frozen=True)
class BucketConsumer:
    """Hands each notification to the service. Whatever it raises makes S3's notification come again."""

    service: ThumbnailService
    observability: Observability

    def handle(self, event: Event, context: LambdaContext) -> None:
        """All records of one notification."""
        with self.observability.invocation(context):
            for record in event["Records"]:
                removed = record["eventName"].startswith("ObjectRemoved:")
                operation = "remove_thumbnails" if removed else "make_thumbnails"
                request_id = record["responseElements"]["x-amz-request-id"]
                with self.observability.work(operation, request_id) as finished:
                    finished(self._removed(record) if removed else self._uploaded(record))

    def _removed(self, record: Mapping[str, Any]) -> str:
        return self.service.removed(unquote_plus(record["s3"]["object"]["key"]))

    def _uploaded(self, record: Mapping[str, Any]) -> str:
        item = record["s3"]["object"]
        key = unquote_plus(item["key"])
        upload = Upload(
            id=f"{key}#{item['sequencer']}", key=key, uploaded_at=datetime.fromisoformat(record["eventTime"])
        )
        return self.service.uploaded(upload)


@cache
def _consumer() -> BucketConsumer:
    settings = load_settings(ThumbnailsSettings)
    observability = Observability(settings)
    service = ThumbnailService(
        images=bootstrap.image_store(settings.images_bucket_name),
        avatars=bootstrap.avatar_repository(settings.users_table_name, observability.correlation_id),
        announcer=bootstrap.event_publisher(settings.user_events_topic_arn),
        effects=bootstrap.effect_log(settings.idempotency_table_name, settings.function_timeout_seconds),
        make_thumbnails=bootstrap.thumbnail_maker(),
    )
    return BucketConsumer(service, observability)


def lambda_handler(event: Event, context: LambdaContext) -> None:
    """Entry point of the bucket's notifications."""
    _consumer().handle(event, context)


prepare(_consumer)
