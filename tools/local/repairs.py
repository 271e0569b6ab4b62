"""Adds features of Lambda that MiniStack lacks.

For streams: partial batch responses, the end of retries, dead letters for single records, and buckets as
destinations. For asynchronous invocations: the configuration of an alias. For cold starts: code and layers
that are unpacked once.
"""

import hashlib
import json
import logging
import os
import tempfile
import threading
import uuid
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.exceptions import ClientError
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

type Records = list[dict[str, Any]]

_polling = threading.local()
_attempts: Counter[str] = Counter()  # by the first record that failed
_execute = lambda_svc._execute_function  # noqa: SLF001
_poll_streams = lambda_svc._poll_dynamodb_streams  # noqa: SLF001
_send_failure_record = lambda_svc._send_ddb_stream_failure_record  # noqa: SLF001
_invoke = lambda_svc.invoke_async_with_retry

_BUCKET = "arn:aws:s3:::"
_SHARD = "shardId-00000000000000000000-00000000"  # the only shard of each stream in MiniStack


def install() -> None:
    """Replace the functions of MiniStack."""
    lambda_svc._execute_function = execute  # noqa: SLF001
    lambda_svc._poll_dynamodb_streams = poll_streams  # noqa: SLF001
    lambda_svc._send_ddb_stream_failure_record = send_failure_record  # noqa: SLF001
    lambda_svc.invoke_async_with_retry = invoke_by_alias
    lambda_runtime.zipfile = SimpleNamespace(**vars(zipfile) | {"ZipFile": UnpackedOnce})


class UnpackedOnce(zipfile.ZipFile):
    """An archive of code or a layer. All processes of Python functions that use it share its files."""

    _lock = threading.Lock()

    def extractall(self, path: Any) -> None:  # type: ignore[override]
        """Replace the empty directory `path` with a link to the files, which stay until the next start."""
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
        files = Path(tempfile.gettempdir(), "unpacked", digest)
        with self._lock:
            if not files.exists():
                part = files.with_suffix(".part")
                part.mkdir(parents=True, exist_ok=True)
                super().extractall(part)
                part.rename(files)
        Path(path).rmdir()
        Path(path).symlink_to(files)


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
        # If the function raised an exception, all records have the same number of attempts.
        exhausted = records if result.get("error") else records[done : done + 1]
        for record in exhausted:
            _handle_alone(function, record, mapping)
        done += len(exhausted)
    lambda_svc._dynamodb_stream_positions[mapping["UUID"]] += done  # noqa: SLF001
    return {**result, "error": True}  # otherwise, MiniStack would continue after the batch


def send_failure_record(  # noqa: PLR0913, PLR0917 - MiniStack's signature
    mapping: Any, function: Any, records: Records, source: str, result: Any, condition: str
) -> None:
    """Send an invocation record for discarded records to the destination. A bucket also gets the records."""
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    if not destination.startswith(_BUCKET):
        _send_failure_record(mapping, function, records, source, result, condition)
        return
    bucket, configuration = destination.removeprefix(_BUCKET), _configuration(function)
    name = f"{datetime.now(UTC):%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
    body = json.dumps(_failure_record(configuration, records, source, condition))
    client = _s3_of(configuration)
    try:
        client.head_bucket(Bucket=bucket)  # Lambda also requires s3:ListBucket
        client.put_object(Bucket=bucket, Key=f"aws/lambda/{mapping['UUID']}/{_SHARD}/{name}", Body=body)
    except ClientError:
        logging.getLogger(__name__).exception("Changes are lost: %s", source)


def invoke_by_alias(function: Any, event: Any) -> None:
    """Invoke a version with the retries and the dead-letter queue of its alias."""
    configuration = _configuration(function)
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
    """The event source mapping of the batch."""
    name = _configuration(function)["FunctionName"]
    source = records[0]["eventSourceARN"]
    mappings = (mapping for *_, mapping in lambda_svc._iter_all_esms())  # noqa: SLF001
    return next(m for m in mappings if (m["FunctionName"], m["EventSourceArn"]) == (name, source))


def _handle_alone(function: Any, record: Any, mapping: Any) -> None:
    result = _execute(function, {"Records": [record]})
    if _first_failure([record], result) is not None:
        source, condition = mapping["EventSourceArn"], "RetryAttemptsExhausted"
        send_failure_record(mapping, function, [record], source, result, condition)


def _failure_record(configuration: Any, records: Records, source: str, condition: str) -> dict[str, Any]:
    """The invocation record that Lambda writes to a bucket."""
    invoked = {"condition": condition, "approximateInvokeCount": 1, "requestId": str(uuid.uuid4())}
    return {
        "requestContext": invoked | {"functionArn": configuration["FunctionArn"]},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        "DDBStreamBatchInfo": {
            "shardId": _SHARD,
            "startSequenceNumber": _number(records[0]),
            "endSequenceNumber": _number(records[-1]),
            "batchSize": len(records),
            "streamArn": source,
        },
        "payload": json.dumps({"Records": records}),
    }


def _s3_of(configuration: Any) -> Any:
    """A client with the role of a function."""
    credentials = lambda_svc.execution_credentials(configuration)
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        region_name=os.environ["MINISTACK_REGION"],
        **{name.lower(): value for name, value in credentials.items()},
    )


def _configuration(function: Any) -> Any:
    return function.get("config") or function


def _number(record: Any) -> str:
    return str(record["dynamodb"]["SequenceNumber"])
