"""Handles S3 object-created and object-removed notifications: thumbnails and avatars."""

from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.data_classes import S3Event, event_source
from aws_lambda_powertools.utilities.data_classes.s3_event import S3EventRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambda_common.observability import append_keys, logger, metrics, operation
from lambda_common.start import initialize
from users import bootstrap
from users.domain.thumbnails import Upload


def handle(notification: S3EventRecord) -> None:
    """Make or remove the thumbnails of one object. An exception makes Lambda retry the notification."""
    removed = notification.event_name.startswith("ObjectRemoved:")
    request_id = notification["responseElements"]["x-amz-request-id"]
    with operation("remove_thumbnails" if removed else "make_thumbnails", request_id):
        service, item = bootstrap.thumbnail_service(), notification.s3.get_object
        key = unquote_plus(item.key)
        upload = Upload(id=f"{key}#{item.sequencer}", key=key)
        append_keys(outcome=service.removed(upload) if removed else service.uploaded(upload))


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
@event_source(data_class=S3Event)
def lambda_handler(event: S3Event, context: LambdaContext) -> None:
    """Handle every record of a notification."""
    bootstrap.idempotency().config.register_lambda_context(context)
    for notification in event.records:
        handle(notification)


initialize(bootstrap.thumbnail_service)
