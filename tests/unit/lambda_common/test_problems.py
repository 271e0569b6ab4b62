"""Problem documents."""

import pytest

from lambda_common.problems import (
    BodyTooLargeError,
    FieldError,
    InvalidRequestError,
    MalformedBodyError,
    MethodNotAllowedError,
    PathNotFoundError,
    Problem,
    ProblemError,
    ProblemTable,
    UnsupportedMediaTypeError,
    problem_for,
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
        body = InvalidRequestError(errors).problem.body(instance="/", request_id="")
        assert body["errors"][2] == {"field": "a", "message": "Worse."}
        assert body["detail"] == "Not valid: a, b."


class TestProblemErrors:
    """Errors that know their answer."""

    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (InvalidRequestError([]), 400),
            (MalformedBodyError("x"), 400),
            (PathNotFoundError(), 404),
            (MethodNotAllowedError(["GET"]), 405),
            (BodyTooLargeError(10), 413),
            (UnsupportedMediaTypeError(["a/b"]), 415),
        ],
    )
    def test_have_their_status(self, error: ProblemError, status: int) -> None:
        problem = problem_for(error, {ProblemError: TEAPOT})
        assert problem is not None
        assert problem.status == status

    def test_allow_is_a_header_when_the_method_is_wrong(self) -> None:
        assert MethodNotAllowedError(["GET", "PUT"]).problem.headers == {"Allow": "GET, PUT"}


class TestProblemFor:
    """The nearest entry of the table counts."""

    def test_the_entry_of_the_type(self) -> None:
        assert problem_for(CoffeeError(), {BrewError: Problem(1, "", "", ""), CoffeeError: TEAPOT}) == TEAPOT

    def test_the_entry_of_a_base_when_there_is_none_of_the_type(self) -> None:
        assert problem_for(CoffeeError(), {BrewError: TEAPOT}) == TEAPOT

    def test_made_from_the_error_when_the_entry_is_a_function(self) -> None:
        table: ProblemTable = {BrewError: lambda error: Problem(418, str(error), "", "")}
        problem = problem_for(BrewError("tea"), table)
        assert problem is not None
        assert problem.name == "tea"

    def test_none_when_nobody_foresaw_it(self) -> None:
        assert problem_for(RuntimeError(), {BrewError: TEAPOT}) is None
