"""Handles the stream of the users table: publishes changes to the topic of events."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambda_common.observability import append_keys, log_failure, logger, metrics, operation
from lambda_common.start import initialize
from users import bootstrap
from users.domain.publishing import Change, PublishingPostponedError


def report(change: Change, outcome: str) -> None:
    """Record the outcome of one change."""
    event = change.event
    with operation("publish_event", (event and event.correlation_id) or change.position):
        append_keys(outcome=outcome)
        if event:
            append_keys(event_type=event.type, event_id=event.id)


# Not a BatchProcessor: it continues after a failure, while Lambda resumes at the first one. Events would be
# repeated and out of order. docs/decisions/015-publishing-the-stream.md
@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Publish a batch of changes; Lambda continues from the position in the response."""
    metrics.add_metric(name="StreamRecords", unit="Count", value=len(event["Records"]))
    try:
        bootstrap.change_publisher().publish(bootstrap.read_changes(event["Records"]), report)
    except PublishingPostponedError as error:
        with operation("publish_events", context.aws_request_id):
            log_failure(error)
            append_keys(outcome="postponed")
        return {"batchItemFailures": [{"itemIdentifier": error.position}]}
    return {"batchItemFailures": []}


initialize(bootstrap.change_publisher)
