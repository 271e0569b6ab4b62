"""Errors as `application/problem+json` (RFC 9457)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

PROBLEM_CONTENT_TYPE = "application/problem+json"


class FieldError(NamedTuple):
    """An error in one field, parameter or header."""

    field: str
    message: str


@dataclass(frozen=True)
class Problem:
    """The response to one kind of error. Its type is the URI `/problems/{name}`."""

    status: int
    name: str
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()

    def body(self, *, instance: str, request_id: str) -> dict[str, Any]:
        """The members of the problem document."""
        members: dict[str, Any] = {
            "type": f"/problems/{self.name}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "requestId": request_id,
        }
        if self.errors:
            members["errors"] = [error._asdict() for error in self.errors]
        return members


type ProblemTable = Mapping[type[Exception], Problem | Callable[[Any], Problem]]
"""The response to each type of error, or a function that creates it from the error."""

INTERNAL_ERROR = Problem(
    500,
    "internal-error",
    "Internal server error",
    "The request could not be completed. Quote the requestId when you report this.",
)


class ProblemError(Exception):
    """An error of the HTTP layer that contains its response."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


def validation_problem(errors: Iterable[FieldError]) -> Problem:
    """The response to a request with fields, parameters or headers that are not valid."""
    errors = tuple(errors)
    fields = ", ".join(dict.fromkeys(error.field for error in errors))
    return Problem(400, "validation", "Validation failed", f"Not valid: {fields}.", errors=errors)


def problem_for(error: Exception, table: ProblemTable) -> Problem:
    """The response to `error`: its own problem, its entry in the table, or INTERNAL_ERROR."""
    if isinstance(error, ProblemError):
        return error.problem
    entry = next((table[kind] for kind in type(error).__mro__ if kind in table), INTERNAL_ERROR)
    return entry(error) if callable(entry) else entry
