"""Clients of AWS services, set up for a function that has to answer within seconds."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 2  # DynamoDB's slowest answers take tens of milliseconds
TOTAL_ATTEMPTS = 3

CONFIG = Config(
    connect_timeout=CONNECT_TIMEOUT_SECONDS,
    read_timeout=READ_TIMEOUT_SECONDS,
    retries={"mode": "standard", "total_max_attempts": TOTAL_ATTEMPTS},
    tcp_keepalive=True,
)


@cache
def client(service: str) -> Any:
    """The function's one client of `service`. At its worst a call takes 3 x 3 s and 3 s between."""
    return boto3.client(service, config=CONFIG)  # type: ignore[call-overload]
