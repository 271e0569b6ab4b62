"""Errors of AWS calls in the service's terms. Codes and types decide, never message text."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as TransportError

from users.domain.errors import ServiceUnavailableError

_SERVER_ERROR = 500
_THROTTLING_CODES = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
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
        if error_code(error) in _THROTTLING_CODES or _http_status(error) >= _SERVER_ERROR:
            raise ServiceUnavailableError from error
        raise
    except (TransportError, HTTPClientError) as error:
        raise ServiceUnavailableError from error


def _http_status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
