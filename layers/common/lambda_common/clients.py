"""boto3 clients for functions that have to respond within seconds."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from lambda_common.sdk_tracing import trace_calls
from lambda_common.start import after_restore

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 2  # DynamoDB's slowest responses take tens of milliseconds
TOTAL_ATTEMPTS = 3

CONFIG = Config(
    connect_timeout=CONNECT_TIMEOUT_SECONDS,
    read_timeout=READ_TIMEOUT_SECONDS,
    retries={"mode": "standard", "total_max_attempts": TOTAL_ATTEMPTS},
    tcp_keepalive=True,
)
# By default, presigned URLs have signature version 2 and name the global host, which redirects.
S3_CONFIG = CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
# SES does not recognize a repeated request: a second attempt could send a second email.
SES_CONFIG = CONFIG.merge(Config(read_timeout=5, retries={"mode": "standard", "total_max_attempts": 1}))
# An invocation takes as long as the function, and a retry would invoke it again.
LAMBDA_CONFIG = CONFIG.merge(Config(read_timeout=30, retries={"mode": "standard", "total_max_attempts": 1}))
_CONFIGS = {"s3": S3_CONFIG, "sesv2": SES_CONFIG, "lambda": LAMBDA_CONFIG}


@cache
def client(service: str) -> Any:
    """The client of a service. docs/retries.md lists the maximum duration of its calls."""
    made = boto3.client(service, config=_CONFIGS.get(service, CONFIG))  # type: ignore[call-overload]
    trace_calls(made)
    after_restore(made.close)  # connections do not survive a snapshot; the next call connects again
    return made
