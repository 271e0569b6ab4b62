"""Errors of AWS calls in the service's terms. Codes and types decide, never message text."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as TransportError
from botocore.parsers import ResponseParserError
from botocore.retries.standard import RetryContext, ThrottledRetryableChecker, TransientRetryableChecker

from users.domain.errors import ServiceUnavailableError

_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429
_RETRYABLE = (TransientRetryableChecker(), ThrottledRetryableChecker())


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
    """What botocore's standard mode retries, by its own classification."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    context = RetryContext(attempt_number=1, parsed_response=error.response)
    retryable = any(checker.is_retryable(context) for checker in _RETRYABLE)
    return retryable or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR
