"""Problem documents."""

import pytest

from lambda_common.problems import (
    INTERNAL_ERROR,
    FieldError,
    Problem,
    ProblemTable,
    problem_for,
    validation_problem,
)

TEAPOT = Problem(418, "teapot", "Teapot", "Short and stout.")


def test_detail_names_each_invalid_field_once() -> None:
    """All errors are members of the document."""
    errors = [FieldError("a", "Bad."), FieldError("b", "Bad."), FieldError("a", "Worse.")]
    body = validation_problem(errors).body(instance="/", request_id="")
    assert (body["status"], body["detail"]) == (400, "Not valid: a, b.")
    assert body["errors"][2] == {"field": "a", "message": "Worse."}


@pytest.mark.parametrize("table", [{LookupError: INTERNAL_ERROR, KeyError: TEAPOT}, {LookupError: TEAPOT}])
def test_the_response_is_that_of_the_nearest_type(table: ProblemTable) -> None:
    """A kind of error without an entry has that of its base."""
    assert problem_for(KeyError(), table) == TEAPOT
