"""Errors of AWS calls in the service's terms."""

from collections.abc import Iterator

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

from users.adapters.errors import error_code, translated_errors
from users.domain.errors import ServiceUnavailableError

SECRET = "john@example.com"
DETAILS = {"endpoint_url": SECRET, "error": SECRET, "proxy_url": SECRET, "request": None, "response": None}
# What the SDK itself takes for throttling and for passing faults.
CODES = sorted(
    {
        *vars(ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"],
        *vars(TransientRetryableChecker)["_TRANSIENT_ERROR_CODES"],
    }
)


def kinds(base: type[Exception]) -> Iterator[type[Exception]]:
    """A class and all that are derived from it in botocore."""
    if base.__module__ == "botocore.exceptions":
        yield base
    for derived in base.__subclasses__():
        yield from kinds(derived)


TRANSPORT = sorted({*kinds(exceptions.HTTPClientError), *kinds(exceptions.ConnectionError)}, key=str)


def client_error(code: str, status: int = 400) -> ClientError:
    """An error answer."""
    return ClientError(
        {"Error": {"Code": code, "Message": SECRET}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "GetItem",
    )


class TestTranslatedErrors:
    """What the SDK's retries could not overcome is one error of ours, with its cause."""

    def check(self, error: Exception) -> None:
        with pytest.raises(ServiceUnavailableError) as caught, translated_errors():
            raise error
        assert caught.value.__cause__ is error
        assert SECRET not in str(caught.value)

    @pytest.mark.parametrize("kind", TRANSPORT)
    def test_unavailable_when_the_transport_fails(self, kind: type[Exception]) -> None:
        self.check(kind(**DETAILS))

    @pytest.mark.parametrize("code", CODES)
    def test_unavailable_when_aws_throttles(self, code: str) -> None:
        self.check(client_error(code))

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_unavailable_when_aws_fails(self, status: int) -> None:
        self.check(client_error("Anything", status))

    def test_unavailable_when_aws_throttles_without_a_code(self) -> None:
        self.check(client_error("429", 429))

    @pytest.mark.parametrize(
        "code", ["ConditionalCheckFailedException", "AccessDeniedException", "ValidationException", ""]
    )
    def test_as_it_is_when_it_is_something_else(self, code: str) -> None:
        error = client_error(code)
        with pytest.raises(ClientError) as caught, translated_errors():
            raise error
        assert caught.value is error

    def test_as_it_is_when_it_is_not_of_aws(self) -> None:
        with pytest.raises(KeyError), translated_errors():
            raise KeyError

    def test_words_do_not_decide(self) -> None:
        error = ClientError({"Error": {"Code": "X", "Message": "ThrottlingException"}}, "GetItem")
        with pytest.raises(ClientError), translated_errors():
            raise error


class TestErrorCode:
    """The code that the service gave."""

    def test_the_code_when_there_is_one(self) -> None:
        assert error_code(client_error("X")) == "X"

    def test_empty_when_there_is_none(self) -> None:
        assert error_code(ClientError({}, "GetItem")) == ""
