"""What MiniStack leaves out of Lambda's event sources, put in where it calls the functions.

Of streams: partial batch answers, the end of retries, and what cannot be handled as a dead letter of its own.
Of asynchronous invocations: the configuration that belongs to an alias.
"""

import json
import threading
from collections import Counter
from typing import Any

from ministack.services import lambda_svc

type Records = list[dict[str, Any]]

_polling = threading.local()
_attempts: Counter[str] = Counter()  # by the first record that failed
_execute = lambda_svc._execute_function  # noqa: SLF001
_poll_streams = lambda_svc._poll_dynamodb_streams  # noqa: SLF001
_invoke = lambda_svc.invoke_async_with_retry


def install() -> None:
    """Replace the functions of MiniStack."""
    lambda_svc._execute_function = execute  # noqa: SLF001
    lambda_svc._poll_dynamodb_streams = poll_streams  # noqa: SLF001
    lambda_svc.invoke_async_with_retry = invoke_by_alias


def poll_streams() -> bool:
    """Poll, and mark the thread, so that `execute` knows that the event is a batch of a stream."""
    _polling.now = True
    try:
        return bool(_poll_streams())
    finally:
        _polling.now = False


def execute(function: Any, event: Any) -> Any:
    """Invoke a function. Continue a failed batch of a stream at the first record that failed."""
    result = _execute(function, event)
    if not getattr(_polling, "now", False):
        return result
    records = event["Records"]
    done = _first_failure(records, result)
    if done is None:
        return result
    mapping, failed = _mapping(records, function), _number(records[done])
    _attempts[failed] += 1
    if _attempts[failed] > mapping["MaximumRetryAttempts"]:
        del _attempts[failed]
        # If the function raised an exception, all records have had as many attempts.
        exhausted = records if result.get("error") else records[done : done + 1]
        for record in exhausted:
            _handle_alone(function, record, mapping)
        done += len(exhausted)
    lambda_svc._dynamodb_stream_positions[mapping["UUID"]] += done  # noqa: SLF001
    return {**result, "error": True}  # or MiniStack would continue after the batch


def invoke_by_alias(function: Any, event: Any) -> None:
    """Invoke a version with the retries and the dead-letter queue of the alias that leads to it."""
    configuration = function.get("config") or function
    whole = lambda_svc._functions.get(configuration["FunctionName"]) or {}  # noqa: SLF001
    for alias, of_alias in (whole.get("event_invoke_configs") or {}).items():
        version = whole.get("aliases", {}).get(alias, {}).get("FunctionVersion")
        if version == configuration.get("Version"):
            function = {**function, "event_invoke_config": of_alias}
    _invoke(function, event)


def _first_failure(records: Records, result: Any) -> int | None:
    if result.get("error"):
        return 0
    body = result.get("body")
    answer = json.loads(body) if isinstance(body, str) and body.startswith("{") else body
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    failed = {failure["itemIdentifier"] for failure in failures or []}
    return next((index for index, record in enumerate(records) if _number(record) in failed), None)


def _mapping(records: Records, function: Any) -> Any:
    """The event source mapping that the batch is for."""
    name = (function.get("config") or function)["FunctionName"]
    source = records[0]["eventSourceARN"]
    mappings = (mapping for *_, mapping in lambda_svc._iter_all_esms())  # noqa: SLF001
    return next(m for m in mappings if (m["FunctionName"], m["EventSourceArn"]) == (name, source))


def _handle_alone(function: Any, record: Any, mapping: Any) -> None:
    result = _execute(function, {"Records": [record]})
    if _first_failure([record], result) is not None:
        source, condition = mapping["EventSourceArn"], "RetryAttemptsExhausted"
        lambda_svc._send_ddb_stream_failure_record(mapping, function, [record], source, result, condition)  # noqa: SLF001


def _number(record: Any) -> str:
    return str(record["dynamodb"]["SequenceNumber"])
