"""Problem documents."""

import pytest

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


def test_detail_names_each_invalid_field_once() -> None:
    """All errors are members of the document."""
    errors = [FieldError("a", "Bad."), FieldError("b", "Bad."), FieldError("a", "Worse.")]
    body = validation_problem(errors).body(instance="/", request_id="")
    assert (body["status"], body["detail"]) == (400, "Not valid: a, b.")
    assert body["errors"][2] == {"field": "a", "message": "Worse."}


@pytest.mark.parametrize(
    ("error", "table", "problem"),
    [
        (CoffeeError(), {BrewError: Problem(1, "", "", ""), CoffeeError: TEAPOT}, TEAPOT),
        (CoffeeError(), {BrewError: TEAPOT}, TEAPOT),
        (
            BrewError("tea"),
            {BrewError: lambda error: Problem(418, str(error), "", "")},
            Problem(418, "tea", "", ""),
        ),
        (ProblemError(TEAPOT), {Exception: INTERNAL_ERROR}, TEAPOT),
        (RuntimeError(), {BrewError: TEAPOT}, INTERNAL_ERROR),
    ],
)
def test_response_is_the_nearest_entry_of_the_table(
    error: Exception, table: ProblemTable, problem: Problem
) -> None:
    """The error's own problem comes first, an internal error last."""
    assert problem_for(error, table) == problem
