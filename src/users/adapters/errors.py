"""Errors of AWS calls in the service's terms. Codes and types decide, never message text."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as TransportError
from botocore.parsers import ResponseParserError

from users.domain.errors import ServiceUnavailableError

_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429
# What botocore counts as throttling or as passing, by its standard mode of retrying.
_PASSING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


def error_code(error: ClientError) -> str:
    """The code that the service gave, such as `ConditionalCheckFailedException`."""
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def translated_errors() -> Iterator[None]:
    """Around an AWS call: what its own retries could not overcome becomes ServiceUnavailableError."""
    try:
        yield
    except ClientError as error:
        if _is_passing(error):
            raise ServiceUnavailableError from error
        raise
    except (TransportError, HTTPClientError, ResponseParserError) as error:
        raise ServiceUnavailableError from error


def _is_passing(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error_code(error) in _PASSING_CODES or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR
