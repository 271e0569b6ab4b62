"""Translation of errors of AWS calls."""

from collections.abc import Iterator

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

from users.adapters.errors import error_code, translated_errors
from users.domain.errors import ServiceUnavailableError

SECRET = "john@example.com"
DETAILS = {"endpoint_url": SECRET, "error": SECRET, "proxy_url": SECRET, "request": None, "response": None}
# The codes that the SDK itself retries.
CODES = {
    *vars(ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"],
    *vars(TransientRetryableChecker)["_TRANSIENT_ERROR_CODES"],
}


def kinds(base: type[Exception]) -> Iterator[type[Exception]]:
    """A class and its subclasses in botocore."""
    if base.__module__ == "botocore.exceptions":
        yield base
    for derived in base.__subclasses__():
        yield from kinds(derived)


def client_error(code: str, status: int = 400) -> ClientError:
    """An error response, whose message names an error that can be retried."""
    error = {"Code": code, "Message": f"ThrottlingException {SECRET}"}
    return ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetItem")  # type: ignore[typeddict-item]


TRANSPORT = sorted({*kinds(exceptions.HTTPClientError), *kinds(exceptions.ConnectionError)}, key=str)


@pytest.mark.parametrize(
    "error",
    [
        *(kind(**DETAILS) for kind in TRANSPORT),
        *(client_error(code) for code in sorted(CODES)),
        *(client_error("Anything", status) for status in (429, 500, 502, 503, 504)),
    ],
    ids=repr,
)
def test_unavailable_when_retries_of_the_sdk_were_not_enough(error: Exception) -> None:
    """The error is the cause; its message is not exposed."""
    with pytest.raises(ServiceUnavailableError) as caught, translated_errors():
        raise error
    assert caught.value.__cause__ is error
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        *(client_error(code) for code in ("ConditionalCheckFailedException", "AccessDeniedException", "")),
        KeyError(),
    ],
    ids=repr,
)
def test_unchanged_when_it_is_another_error(error: Exception) -> None:
    """Codes and types decide, not messages."""
    with pytest.raises(type(error)) as caught, translated_errors():
        raise error
    assert caught.value is error


@pytest.mark.parametrize(("error", "code"), [(client_error("X"), "X"), (ClientError({}, "GetItem"), "")])
def test_the_code_is_that_of_the_service(error: ClientError, code: str) -> None:
    """Empty when the response has none."""
    assert error_code(error) == code
