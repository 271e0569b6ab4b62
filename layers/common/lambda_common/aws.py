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
# Otherwise presigned URLs are of version 2, and name the global host, which redirects to the region's.
S3_CONFIG = CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
# SES has no token by which it knows a repeated request: a second attempt could be a second mail.
SES_CONFIG = CONFIG.merge(Config(read_timeout=5, retries={"mode": "standard", "total_max_attempts": 1}))
_CONFIGS = {"s3": S3_CONFIG, "sesv2": SES_CONFIG}


@cache
def client(service: str) -> Any:
    """The one client of `service`. At its worst a call takes 9 s: three attempts that time out."""
    return boto3.client(service, config=_CONFIGS.get(service, CONFIG))  # type: ignore[call-overload]
