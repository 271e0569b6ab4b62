"""Translates errors of AWS calls to domain errors, by code and type, never by message text."""

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
    """The error code of the service, such as `ConditionalCheckFailedException`."""
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise ServiceUnavailableError if an AWS call still fails with a transient error after its retries."""
    try:
        yield
    except ClientError as error:
        if _is_transient(error):
            raise ServiceUnavailableError from error
        raise
    except (TransportError, HTTPClientError, ResponseParserError) as error:
        raise ServiceUnavailableError from error


def _is_transient(error: ClientError) -> bool:
    """Whether botocore's standard mode retries it, by its own classification."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    context = RetryContext(attempt_number=1, parsed_response=error.response)
    retryable = any(checker.is_retryable(context) for checker in _RETRYABLE)
    return retryable or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR
