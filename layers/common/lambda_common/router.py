"""From an API Gateway event to an endpoint and back: the one place where errors become answers.

API Gateway has matched the path already and says which resource it was (`/users/{userId}`), so a
table is all the routing there is. The table is also what template.yaml is held against by a test.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambda_common.cors import cors_headers, preflight_headers
from lambda_common.observability import LambdaContext, Observability
from lambda_common.problems import (
    INTERNAL_ERROR,
    MethodNotAllowedError,
    PathNotFoundError,
    ProblemTable,
    problem_for,
)
from lambda_common.requests import Event, Request
from lambda_common.responses import Response

type Endpoint = Callable[[Request], Response]
type Routes = Mapping[str, Mapping[str, Endpoint]]
"""Resource path, then method, to the endpoint."""


@dataclass(frozen=True)
class Router:
    """Answers events from `routes`; errors by `problems`; nothing that an endpoint raises escapes."""

    routes: Routes
    problems: ProblemTable
    observability: Observability
    allowed_origins: Sequence[str] = ()

    def handle(self, event: Event, context: LambdaContext) -> dict[str, Any]:
        """The proxy result for one event."""
        request = Request.from_event(event)
        with self.observability.invocation(context), self.observability.correlated(request.request_id):
            operation, response = self._respond(request)
            self.observability.finished(
                operation,
                response.outcome,
                route=f"{request.method} {request.resource}",
                status=response.status,
            )
        headers = {
            "X-Request-Id": request.request_id,
            **cors_headers(request, self.allowed_origins),
        }
        return response.as_proxy_result(headers)

    def _respond(self, request: Request) -> tuple[str, Response]:
        operation = "unrouted"
        try:
            endpoint = self._endpoint(request)
            operation = endpoint.__name__
            return operation, endpoint(request)
        except Exception as error:  # noqa: BLE001 - the boundary: what is unknown becomes one 500
            problem = problem_for(error, self.problems) or INTERNAL_ERROR
            if problem.status >= INTERNAL_ERROR.status:
                self.observability.failed(error)
        return operation, Response.from_problem(problem, instance=request.path, request_id=request.request_id)

    def _endpoint(self, request: Request) -> Endpoint:
        methods = self.routes.get(request.resource)
        if methods is None:
            raise PathNotFoundError
        allowed = [*methods, "OPTIONS"]
        if request.method == "OPTIONS":
            return _preflight(allowed)
        if request.method not in methods:
            raise MethodNotAllowedError(allowed)
        return methods[request.method]


def _preflight(allowed: Sequence[str]) -> Endpoint:
    def preflight(_: Request) -> Response:
        return Response(204, headers=preflight_headers(allowed))

    return preflight
