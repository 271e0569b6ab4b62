"""Handles the daily schedule: deletes temporary objects."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambda_common.observability import append_keys, logger, metrics, operation
from lambda_common.start import initialize
from users import bootstrap
from users.domain.cleanup import delete_temporary
from users.domain.user import now


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(_event: Any, context: LambdaContext) -> None:
    """Delete temporary objects. An exception makes Lambda retry the invocation."""
    with operation("clean_up", context.aws_request_id):
        append_keys(deleted=delete_temporary(bootstrap.temporary_images(), now()))


initialize(bootstrap.temporary_images)
