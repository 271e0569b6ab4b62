"""The table of statuses."""

import inspect
from typing import Annotated, Any

import pytest
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import AfterValidator, ValidationError

from lambda_common.problems import INTERNAL_ERROR, Problem, problem_for
from lambda_common.validation import StrictModel
from users.api.problems import PROBLEMS, USER_ID_MISMATCH, invalid_request
from users.domain import errors
from users.domain.fields import parse_name

STATUSES = {
    "InvalidFieldError": 400,
    "UserNotFoundError": 404,
    "AvatarNotFoundError": 404,
    "UserAlreadyExistsError": 409,
    "EmailAlreadyTakenError": 409,
    "IdempotencyInProgressError": 409,
    "PreconditionFailedError": 412,
    "IdempotencyKeyReusedError": 422,
    "ServiceUnavailableError": 503,
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
"""No request raises them: they are of events and of uploads."""
ANSWERED = [error for error in ERRORS if error not in BEHIND_THE_API]


def raised(kind: type[errors.UserServiceError]) -> errors.UserServiceError:
    """An error of this kind."""
    return errors.InvalidFieldError("name", "Bad.") if kind is errors.InvalidFieldError else kind()


class TestProblems:
    """Each error of the domain that a request can raise has an answer."""

    @pytest.mark.parametrize("kind", ANSWERED)
    def test_has_an_entry_of_its_own(self, kind: type[errors.UserServiceError]) -> None:
        assert kind in PROBLEMS

    @pytest.mark.parametrize("kind", ANSWERED)
    def test_has_the_status_of_the_contract(self, kind: type[errors.UserServiceError]) -> None:
        problem = problem_for(raised(kind), PROBLEMS)
        assert problem.status == STATUSES[kind.__name__]

    def test_no_entry_is_left_over(self) -> None:
        assert set(PROBLEMS) == set(ANSWERED)

    def test_no_exception_is_out_of_date(self) -> None:
        assert set(BEHIND_THE_API) < set(ERRORS)

    def test_each_kind_has_its_own_name(self) -> None:
        names = [problem.name for problem in PROBLEMS.values() if isinstance(problem, Problem)]
        assert len(set(names)) == len(names) == len(PROBLEMS) - 1

    def test_says_when_to_come_back_when_it_passes(self) -> None:
        problem = problem_for(errors.ServiceUnavailableError(), PROBLEMS)
        assert int(problem.headers["Retry-After"]) > 0

    def test_names_the_field_when_a_value_is_not_allowed(self) -> None:
        problem = problem_for(errors.InvalidFieldError("limit", "Too much."), PROBLEMS)
        assert problem.errors == (("limit", "Too much."),)

    def test_an_internal_error_when_the_error_is_not_foreseen(self) -> None:
        assert problem_for(errors.UserServiceError(), PROBLEMS) is INTERNAL_ERROR

    def test_another_user_in_the_body_than_in_the_path_is_a_business_rule(self) -> None:
        assert USER_ID_MISMATCH.status == 422


class Body(StrictModel):
    """A request."""

    name: Annotated[str, AfterValidator(parse_name)]


class TestInvalidRequest:
    """What pydantic refuses is a problem with the names and texts of the contract, and without values."""

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
    def test_names_field_and_rule(self, document: Any, expected: tuple[str, str]) -> None:
        with pytest.raises(ValidationError) as caught:
            Body.model_validate(document)
        details = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
        problem = invalid_request(RequestValidationError(details))
        assert (problem.status, problem.name, problem.errors) == (400, "validation", (expected,))
