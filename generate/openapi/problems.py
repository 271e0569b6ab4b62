"""The answers of an operation that are problems: those of its code and those of API Gateway before it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from generate.openapi.gateway import gateway_problem
from generate.openapi.headers import header_objects
from generate.openapi.operations import Operation
from generate.openapi.schemas import schema_of
from lambda_common.problems import (
    INTERNAL_ERROR,
    PROBLEM_CONTENT_TYPE,
    BodyTooLargeError,
    InvalidRequestError,
    MalformedBodyError,
    PathNotFoundError,
    Problem,
    ProblemDocument,
    UnsupportedMediaTypeError,
    problem_for,
)
from lambda_common.requests import MAX_BODY_BYTES, Request
from lambda_common.router import Endpoint
from users.handlers.problems import PROBLEMS

# What spoils a request, so that the endpoint itself says how it refuses it.
_SPOILT: Mapping[type[Exception], Callable[[Request], Request]] = {
    InvalidRequestError: lambda request: (
        replace(request, raw_body='{"email": "john"}')
        if request.raw_body
        else replace(request, query={"verbose": ["1"]})
    ),
    MalformedBodyError: lambda request: replace(request, raw_body="{"),
    BodyTooLargeError: lambda request: replace(request, raw_body=" " * (MAX_BODY_BYTES + 1)),
    UnsupportedMediaTypeError: lambda request: replace(request, headers={"content-type": ["text/plain"]}),
    PathNotFoundError: lambda request: replace(
        request, path_parameters={**request.path_parameters, "size": "huge", "asset": "none"}
    ),
}
_BEFORE_ALL = {"THROTTLED": 429, "DEFAULT_5XX": 500, "INTEGRATION_FAILURE": 503, "INTEGRATION_TIMEOUT": 503}
_BEFORE_BODIES = {"REQUEST_TOO_LARGE": 413}
_BEFORE_CLOSED = {"UNAUTHORIZED": 401, "ACCESS_DENIED": 403, "EXPIRED_TOKEN": 403, "INVALID_SIGNATURE": 403}


@dataclass(frozen=True)
class _Answer:
    status: int
    name: str
    title: str
    headers: frozenset[str]
    body: Mapping[str, Any]


def problem_responses(
    operation: Operation, endpoint: Endpoint, request: Request, *, is_open: bool
) -> dict[str, Any]:
    """The responses of an operation by status, with an example of each kind of problem."""
    kinds: dict[int, dict[str, _Answer]] = defaultdict(dict)
    answers = [*_of_code(operation, endpoint, request), *_of_gateway(operation, request, is_open=is_open)]
    for answer in answers:
        kinds[answer.status].setdefault(answer.name, answer)
    return {str(status): _response(list(answers.values())) for status, answers in sorted(kinds.items())}


def _response(answers: list[_Answer]) -> dict[str, Any]:
    everywhere = frozenset.intersection(*(answer.headers for answer in answers))
    somewhere = frozenset.union(*(answer.headers for answer in answers))
    return {
        "description": ". ".join(answer.title for answer in answers) + ".",
        "headers": header_objects(sorted(somewhere), optional=somewhere - everywhere),
        "content": {
            PROBLEM_CONTENT_TYPE: {
                "schema": schema_of(ProblemDocument),
                "examples": {answer.name: {"value": answer.body} for answer in answers},
            }
        },
    }


def _of_code(operation: Operation, endpoint: Endpoint, request: Request) -> Iterator[_Answer]:
    for kind in operation.errors():
        problem = _refusal(kind, endpoint, request) if kind in _SPOILT else problem_for(kind(), PROBLEMS)
        if problem is None:
            raise TypeError(f"{kind} has no answer")
        yield _answer(problem, request)
    yield _answer(INTERNAL_ERROR, request)


def _answer(problem: Problem, request: Request) -> _Answer:
    body = problem.body(instance=request.path, request_id=request.request_id)
    return _Answer(problem.status, problem.name, problem.title, frozenset(problem.headers), body)


def _refusal(kind: type[Exception], endpoint: Endpoint, request: Request) -> Problem | None:
    try:
        endpoint(_SPOILT[kind](request))
    except kind as error:
        return problem_for(error, PROBLEMS)
    raise TypeError(f"{endpoint.__name__} does not raise {kind}")


def _of_gateway(operation: Operation, request: Request, *, is_open: bool) -> Iterator[_Answer]:
    kinds = _BEFORE_ALL | (_BEFORE_BODIES if operation.body else {}) | ({} if is_open else _BEFORE_CLOSED)
    for kind, status in kinds.items():
        problem = gateway_problem(kind, default_status=status, request_id=request.request_id)
        own = problem.headers.keys() & {"Retry-After", "WWW-Authenticate"}
        yield _Answer(problem.status, problem.name, problem.body["title"], frozenset(own), problem.body)
