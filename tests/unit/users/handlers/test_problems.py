"""The table of statuses."""

import inspect

import pytest

from lambda_common.problems import Problem, problem_for
from users.domain import errors
from users.handlers.problems import PROBLEMS

STATUSES = {
    "InvalidFieldError": 400,
    "UserNotFoundError": 404,
    "AvatarNotFoundError": 404,
    "UserAlreadyExistsError": 409,
    "EmailAlreadyTakenError": 409,
    "IdempotencyInProgressError": 409,
    "VersionMismatchError": 412,
    "UserIdMismatchError": 422,
    "IdempotencyKeyReusedError": 422,
    "ServiceUnavailableError": 503,
}
ERRORS = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, errors.UserServiceError) and error is not errors.UserServiceError
]
BEHIND_THE_API = [errors.EffectInProgressError, errors.InvalidImageError]
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
        assert problem is not None
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
        assert problem is not None
        assert int(problem.headers["Retry-After"]) > 0

    def test_names_the_field_when_a_value_is_not_allowed(self) -> None:
        problem = problem_for(errors.InvalidFieldError("limit", "Too much."), PROBLEMS)
        assert problem is not None
        assert problem.errors == (("limit", "Too much."),)

    def test_none_when_the_error_is_not_foreseen(self) -> None:
        assert problem_for(errors.UserServiceError(), PROBLEMS) is None
