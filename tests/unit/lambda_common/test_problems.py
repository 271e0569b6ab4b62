"""Problem documents."""

from lambda_common.problems import (
    INTERNAL_ERROR,
    FieldError,
    Problem,
    ProblemError,
    ProblemTable,
    problem_for,
    validation_problem,
)

TEAPOT = Problem(418, "teapot", "Teapot", "Short and stout.")


class BrewError(Exception):
    """An error of a domain."""


class CoffeeError(BrewError):
    """One of its kinds."""


class TestProblem:
    """The members of RFC 9457, and ours."""

    def test_body_without_errors_when_there_are_none(self) -> None:
        assert TEAPOT.body(instance="/pot", request_id="r") == {
            "type": "/problems/teapot",
            "title": "Teapot",
            "status": 418,
            "detail": "Short and stout.",
            "instance": "/pot",
            "requestId": "r",
        }

    def test_body_with_errors_when_fields_are_wrong(self) -> None:
        errors = [FieldError("a", "Bad."), FieldError("b", "Bad."), FieldError("a", "Worse.")]
        problem = validation_problem(errors)
        body = problem.body(instance="/", request_id="")
        assert (problem.status, body["detail"]) == (400, "Not valid: a, b.")
        assert body["errors"][2] == {"field": "a", "message": "Worse."}


class TestProblemFor:
    """The nearest entry of the table counts."""

    def test_the_entry_of_the_type(self) -> None:
        assert problem_for(CoffeeError(), {BrewError: Problem(1, "", "", ""), CoffeeError: TEAPOT}) == TEAPOT

    def test_the_entry_of_a_base_when_there_is_none_of_the_type(self) -> None:
        assert problem_for(CoffeeError(), {BrewError: TEAPOT}) == TEAPOT

    def test_made_from_the_error_when_the_entry_is_a_function(self) -> None:
        table: ProblemTable = {BrewError: lambda error: Problem(418, str(error), "", "")}
        assert problem_for(BrewError("tea"), table).name == "tea"

    def test_that_which_the_error_carries(self) -> None:
        assert problem_for(ProblemError(TEAPOT), {Exception: INTERNAL_ERROR}) == TEAPOT

    def test_an_internal_error_when_nobody_foresaw_it(self) -> None:
        assert problem_for(RuntimeError(), {BrewError: TEAPOT}) is INTERNAL_ERROR
