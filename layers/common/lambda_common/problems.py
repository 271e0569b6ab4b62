"""Errors as `application/problem+json` (RFC 9457).

ProblemError                    an error that has an HTTP answer
├── InvalidRequestError         400  validation: fields, parameters or headers out of the contract
├── MalformedBodyError          400  not JSON, or not a JSON object
├── PathNotFoundError           404
├── MethodNotAllowedError       405  carries the methods that are allowed
├── BodyTooLargeError           413
└── UnsupportedMediaTypeError   415

Errors of a domain know no HTTP: a `ProblemTable` gives them their answer in one place.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, NotRequired, TypedDict

from lambda_common.schemas import JsonSchema

PROBLEM_CONTENT_TYPE = "application/problem+json"


class FieldError(NamedTuple):
    """One thing that is wrong with one field, parameter or header."""

    field: str
    message: str


class FieldErrorDocument(TypedDict):
    """One thing that is wrong with one field, parameter or header."""

    field: str
    message: str


class ProblemDocument(TypedDict):
    """What went wrong (RFC 9457). Not every answer of API Gateway itself has a `status` or an `instance`."""

    type: Annotated[str, JsonSchema(format="uri-reference", description="Identifies the kind of problem.")]
    title: str
    status: NotRequired[int]
    detail: str
    instance: NotRequired[Annotated[str, JsonSchema(description="The path of the request.")]]
    requestId: Annotated[str, JsonSchema(description="The `X-Request-Id` of the answer, for reports.")]
    errors: NotRequired[list[FieldErrorDocument]]


@dataclass(frozen=True)
class Problem:
    """What a kind of error looks like to a client.

    `name` becomes `/problems/{name}`, the URI that identifies the kind.
    """

    status: int
    name: str
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()

    def body(self, *, instance: str, request_id: str) -> ProblemDocument:
        """The members of the problem document."""
        document: ProblemDocument = {
            "type": f"/problems/{self.name}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "requestId": request_id,
        }
        if self.errors:
            document["errors"] = [{"field": error.field, "message": error.message} for error in self.errors]
        return document


type ProblemTable = Mapping[type[Exception], Problem | Callable[[Any], Problem]]
"""The answer to each type of error, or what makes it from the error."""

INTERNAL_ERROR = Problem(
    500,
    "internal-error",
    "Internal server error",
    "The request could not be completed. Quote the requestId when you report this.",
)


def validation_problem(errors: Iterable[FieldError]) -> Problem:
    """The answer to a request that breaks the contract in these fields."""
    errors = tuple(errors)
    fields = ", ".join(dict.fromkeys(error.field for error in errors))
    return Problem(400, "validation", "Validation failed", f"Not valid: {fields}.", errors=errors)


class ProblemError(Exception):
    """An error that has an HTTP answer of its own."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


class InvalidRequestError(ProblemError):
    """The request breaks the contract in the fields, parameters or headers that are named."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        super().__init__(validation_problem(errors))


class MalformedBodyError(ProblemError):
    """The body is not a JSON object."""

    def __init__(self, detail: str) -> None:
        super().__init__(Problem(400, "malformed-body", "Malformed request body", detail))


class PathNotFoundError(ProblemError):
    """The API has no such path."""

    def __init__(self) -> None:
        super().__init__(Problem(404, "not-found", "Not found", "There is nothing at this path."))


class MethodNotAllowedError(ProblemError):
    """The path exists, but not for this method."""

    def __init__(self, allowed: Iterable[str]) -> None:
        allow = ", ".join(allowed)
        super().__init__(
            Problem(
                405,
                "method-not-allowed",
                "Method not allowed",
                f"This path answers to {allow}.",
                headers={"Allow": allow},
            )
        )


class BodyTooLargeError(ProblemError):
    """The body is larger than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            Problem(413, "body-too-large", "Request body too large", f"The limit is {limit} bytes.")
        )


class UnsupportedMediaTypeError(ProblemError):
    """The body is declared as something that is not accepted here."""

    def __init__(self, accepted: Iterable[str]) -> None:
        super().__init__(
            Problem(
                415,
                "unsupported-media-type",
                "Unsupported media type",
                f"Send the body as {' or '.join(accepted)}.",
            )
        )


def problem_for(error: Exception, table: ProblemTable) -> Problem | None:
    """The answer to `error`; None when nobody foresaw it."""
    if isinstance(error, ProblemError):
        return error.problem
    entry = next((table[kind] for kind in type(error).__mro__ if kind in table), None)
    return entry(error) if callable(entry) else entry
