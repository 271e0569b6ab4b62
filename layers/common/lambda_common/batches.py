"""Batches from queues: each message stands for itself, and only those that fail come again."""

from collections.abc import Callable, Mapping
from typing import Any

from lambda_common.observability import LambdaContext, Observability
from lambda_common.tracing import continue_trace

type Message = Mapping[str, Any]


def process_messages(
    event: Mapping[str, Any],
    context: LambdaContext,
    handle: Callable[[Message], None],
    observability: Observability,
) -> dict[str, Any]:
    """Hand each SQS message to `handle`; the answer names those for which it raised."""
    failed = []
    with observability.invocation(context):
        for message in event["Records"]:
            try:
                with continue_trace(message.get("attributes", {}).get("AWSTraceHeader", "")):
                    handle(message)
            except Exception as error:  # noqa: BLE001 - one message must not hold up the others
                observability.failed(error)  # unless it is known already, with the request that it belongs to
                failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}
