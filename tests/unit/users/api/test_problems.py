"""The table of statuses."""

import inspect
from typing import Annotated, Any

import pytest
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import AfterValidator, ValidationError

from lambda_common.problems import problem_for
from lambda_common.validation import StrictModel
from users.api.problems import PROBLEMS, invalid_request
from users.domain import errors
from users.domain.fields import parse_name

STATUSES: dict[Exception, tuple[int, str]] = {
    errors.InvalidFieldError("limit", "Too much."): (400, "validation"),
    errors.UserNotFoundError(): (404, "user-not-found"),
    errors.AvatarNotFoundError(): (404, "avatar-not-found"),
    errors.UserAlreadyExistsError(): (409, "user-exists"),
    errors.EmailAlreadyTakenError(): (409, "email-taken"),
    errors.IdempotencyInProgressError(): (409, "request-in-progress"),
    errors.PreconditionFailedError(): (412, "precondition-failed"),
    errors.IdempotencyKeyReusedError(): (422, "idempotency-key-reused"),
    errors.ServiceUnavailableError(): (503, "unavailable"),
    errors.UserServiceError(): (500, "internal-error"),  # not in the table
}
ERRORS = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, errors.UserServiceError) and error is not errors.UserServiceError
]
BEHIND_THE_API = [
    errors.EffectInProgressError,
    errors.InvalidImageError,
]
"""Errors of events and uploads, which no request raises."""


@pytest.mark.parametrize("error", STATUSES, ids=repr)
def test_each_error_has_the_response_of_the_contract(error: Exception) -> None:
    """An error without an entry is an internal one."""
    problem = problem_for(error, PROBLEMS)
    assert (problem.status, problem.name) == STATUSES[error]
    assert ("Retry-After" in problem.headers) == (problem.name in {"request-in-progress", "unavailable"})


def test_the_table_has_each_error_that_a_request_can_raise_and_no_other() -> None:
    """The other errors are of consumers."""
    assert set(PROBLEMS) == {type(error) for error in STATUSES} - {errors.UserServiceError}
    assert set(PROBLEMS) == set(ERRORS) - set(BEHIND_THE_API)
    assert set(BEHIND_THE_API) < set(ERRORS)


class Body(StrictModel):
    """A request."""

    name: Annotated[str, AfterValidator(parse_name)]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"name": "x", "y": "secret"}, ("y", "Unknown field.")),
        ({"name": ""}, ("name", "Must be 1 to 100 characters after trimming.")),
        ({"name": None}, ("name", "Must not be null.")),
        ({}, ("name", "Field required.")),
        ({"name": 1}, ("name", "Input should be a valid string.")),
        ("secret", ("body", "Input should be a valid dictionary or instance of Body.")),
    ],
)
def test_an_invalid_request_is_described_without_its_values(document: Any, expected: tuple[str, str]) -> None:
    """By field and rule, in the words of the contract."""
    with pytest.raises(ValidationError) as caught:
        Body.model_validate(document)
    details = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
    problem = invalid_request(RequestValidationError(details))
    assert (problem.status, problem.name, problem.errors) == (400, "validation", (expected,))
