"""Clients of AWS services, set up for a function that has to answer within seconds.

They come from botocore, on which boto3 is built: `import boto3` adds what nothing here uses (resources,
transfers with threads), 60 ms in 210 of a cold start.
"""

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config

from lambda_common.sdk_tracing import trace_calls
from lambda_common.start import after_restore

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 2  # DynamoDB's slowest answers take tens of milliseconds
TOTAL_ATTEMPTS = 3

CONFIG = Config(
    connect_timeout=CONNECT_TIMEOUT_SECONDS,
    read_timeout=READ_TIMEOUT_SECONDS,
    retries={"mode": "standard", "total_max_attempts": TOTAL_ATTEMPTS},
    tcp_keepalive=True,
    # Each saves one to three hundredths of the SDK's work on a call: the types of requests are checked
    # by mypy and their values by AWS; the SDK would compose its User-Agent anew for each request.
    parameter_validation=False,
    user_agent="lambda-common",
)
# Otherwise presigned URLs are of version 2, and name the global host, which redirects to the region's.
# Parameters are checked: an empty key would turn a request for an object into one for the bucket.
S3_CONFIG = CONFIG.merge(
    Config(signature_version="s3v4", s3={"addressing_style": "virtual"}, parameter_validation=True)
)
# SES has no token by which it knows a repeated request: a second attempt could be a second mail.
SES_CONFIG = CONFIG.merge(Config(read_timeout=5, retries={"mode": "standard", "total_max_attempts": 1}))
_CONFIGS = {"s3": S3_CONFIG, "sesv2": SES_CONFIG}


@cache
def client(service: str) -> Any:
    """The one client of `service`. At its worst a call takes 9 s: three attempts that time out."""
    made = _session().create_client(service, config=_CONFIGS.get(service, CONFIG))
    trace_calls(made)
    after_restore(made.close)  # the snapshot's connections are long closed; the next call connects again
    return made


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()
