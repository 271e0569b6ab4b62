"""Handles the queue of user events: email to new users, removal of deleted users' images."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambda_common.observability import append_keys, logger, metrics, operation
from lambda_common.start import initialize
from lambda_common.tracing import continue_trace
from users import bootstrap
from users.domain.events import UserEvent

# An exception for a batch that fails entirely would log messages, which can contain email addresses.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def handle(record: SQSRecord) -> None:
    """Handle one event. The processor does not log exceptions; `operation` does."""
    # Read with defaults, because an error outside `operation` would not be logged.
    trace_header = (record.get("attributes") or {}).get("AWSTraceHeader", "")
    attribute = (record.get("messageAttributes") or {}).get("correlationId", {})
    request_id = attribute.get("stringValue") or record.message_id
    with continue_trace(trace_header), operation("handle_event", request_id):
        event = UserEvent.model_validate_json(record.body)  # the processor would not record an error
        logger.set_correlation_id(event.correlation_id or request_id)  # sent manually, it has no attribute
        append_keys(event_type=event.type, event_id=event.id)
        append_keys(outcome=bootstrap.reactions().react(event))


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Handle a batch of messages; only those that fail are delivered again."""
    bootstrap.idempotency().config.register_lambda_context(context)
    return process_partial_response(event, handle, processor, context)


initialize(bootstrap.reactions)
