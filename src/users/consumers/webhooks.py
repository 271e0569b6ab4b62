"""Handles the queue of webhooks: sends events to the receiver."""

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambda_common.observability import append_keys, logger, metrics, operation
from lambda_common.start import initialize
from lambda_common.tracing import continue_trace
from users import bootstrap
from users.domain.webhooks import Delivery, Message, Webhooks

# Raising on a batch that fails entirely would put the exceptions' texts, and so addresses, into the log.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


class NotDeliveredError(Exception):
    """The message stays in the queue until its visibility timeout ends."""


def deliver(webhooks: Webhooks, record: Mapping[str, Any]) -> Delivery:
    """Deliver one message, in a thread of its own."""
    attributes = record["attributes"]
    with continue_trace(attributes.get("AWSTraceHeader", "")):
        age = time.time() - int(attributes["ApproximateFirstReceiveTimestamp"]) / 1000
        return webhooks.deliver(Message(body=record["body"], receipt=record["receiptHandle"], age=age))


def report(deliveries: Mapping[str, Future[Delivery]], start: float, record: SQSRecord) -> None:
    """Record the outcome of one message. Logger and Metrics are not for several threads."""
    with operation("deliver_webhook", record.message_id, start=start):
        delivery = deliveries[record.message_id].result()
        append_keys(outcome=delivery.outcome, reason=delivery.reason)
        if event := delivery.event:
            logger.set_correlation_id(event.correlation_id or record.message_id)
            append_keys(event_type=event.type, event_id=event.id)
    if delivery.outcome in {"retried", "waiting"}:
        raise NotDeliveredError


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Deliver a batch of messages concurrently; only those that are not delivered stay in the queue."""
    start, webhooks = time.perf_counter(), bootstrap.webhooks()
    with ThreadPoolExecutor(len(event["Records"])) as pool:
        deliveries = {each["messageId"]: pool.submit(deliver, webhooks, each) for each in event["Records"]}
    return process_partial_response(event, partial(report, deliveries, start), processor, context)


initialize(bootstrap.webhooks)
