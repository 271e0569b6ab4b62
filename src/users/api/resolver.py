"""Powertools' resolver, extended with the contract's rules for paths, methods and query parameters."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from lambda_common.problems import FieldError, Problem, ProblemError, validation_problem
from lambda_common.start import is_sam_local
from users.api.problems import UNAUTHORIZED
from users.api.requests import Event, claim

QUERY_PARAMETERS = {
    ("GET", "/users"): ("userId", "email", "limit", "cursor"),
    ("DELETE", "/users"): ("userId",),
}
"""The query parameters of the routes that have any."""
OPEN = {"/health", "/openapi.json", "/docs"}
UNROUTED = "unrouted"
NOT_FOUND = Problem(404, "not-found", "Not found", "This path does not exist.")


class UsersResolver(APIGatewayRestResolver):
    """Stores the function of each resource and method, for logs and for 405, which Powertools lacks."""

    def __init__(self, **options: Any) -> None:
        self.functions: dict[str, dict[str, Callable[..., Any]]] = {}
        super().__init__(**options)

    def route(self, rule: str, method: Any, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        """Register a route and store its function."""
        register = super().route(rule, method, *args, **kwargs)

        def remember(function: Callable[..., Any]) -> Callable[..., Any]:
            methods = [method] if isinstance(method, str) else method
            resource = rule.replace("<", "{").replace(">", "}")
            self.functions.setdefault(resource, {}).update(dict.fromkeys(methods, function))
            registered: Callable[..., Any] = register(function)
            return registered

        return remember

    def operation(self, event: Event) -> str:
        """The name of the function that handles an event; UNROUTED without a route."""
        function = self.functions.get(event["resource"], {}).get(event["httpMethod"])
        return function.__name__ if function else UNROUTED

    def no_route(self) -> Problem:
        """The response if no route matches: 401 without the scope, 405 for another method, or 404."""
        methods = self.functions.get(self.current_event.resource)
        if methods is None:
            return NOT_FOUND
        if self.current_event.http_method in methods:
            return UNAUTHORIZED
        allow = ", ".join([*methods, "OPTIONS"])
        detail = f"This path supports {allow}."
        return Problem(405, "method-not-allowed", "Method not allowed", detail, headers={"Allow": allow})


def required_scope(resource: str, method: str) -> str:
    """The scope that a route requires of the token; "" for an open route."""
    return "" if resource in OPEN else "users/read" if method == "GET" else "users/write"


def routed_by_resource(event: Event) -> Event:
    """The event with the path of its resource, which API Gateway has already matched.

    A base path mapping adds a prefix to `path`, and Powertools matches only some characters in it. Without
    the scope, which the authorizer has checked unless it is misconfigured, no route matches: Powertools would
    validate a request before a middleware could refuse it.
    """
    scope, path = required_scope(event["resource"], event["httpMethod"]), event["resource"]
    if scope and scope not in claim(event, "scope").split() and not is_sam_local():
        return {**event, "path": UNROUTED}
    for name, value in (event.get("pathParameters") or {}).items():
        # No route matches an empty value; a blank is refused as the empty value would be.
        path = path.replace(f"{{{name}}}", quote(value or " ", safe="", errors="surrogatepass"))
    return {**event, "path": path}


def only_known_parameters(app: UsersResolver, next_middleware: Callable[..., Response[Any]]) -> Response[Any]:
    """Middleware that refuses unknown and repeated query parameters, which Powertools ignores."""
    event = app.current_event
    query, repeatable = event.resolved_query_string_parameters, event.multi_value_query_string_parameters
    if not query or app.operation(event.raw_event) == UNROUTED:
        return next_middleware(app)
    allowed = QUERY_PARAMETERS.get((event.http_method, event.resource), ())
    errors = [FieldError(name, "Unknown query parameter.") for name in query if name not in allowed]
    errors += [
        FieldError(name, "Must not be repeated.")
        for name, values in repeatable.items()
        if name in allowed and len(values) > 1
    ]
    if errors:
        raise ProblemError(validation_problem(errors))
    return next_middleware(app)
