"""template.yaml agrees with the code, and API Gateway with the function."""

import json
import re
from typing import Any

import pytest

from tests.helpers.template import Intrinsic, resources_of_type
from users.api.handler import app

type Route = tuple[str, str]

FUNCTIONS = resources_of_type("AWS::Serverless::Function")
API = resources_of_type("AWS::Serverless::Api")["UsersApi"]
DECLARED = [
    (name, event["Properties"])
    for name, function in FUNCTIONS.items()
    for event in function.get("Events", {}).values()
    if event["Type"] == "Api"
]
EVENTS: dict[Route, dict[str, Any]] = {(event["Path"], event["Method"]): event for _, event in DECLARED}
OPEN = {("/health", "GET"), ("/health", "HEAD"), ("/openapi.json", "GET"), ("/docs", "GET")}
RESPONSES = API["GatewayResponses"]
STATUSES = {
    "MISSING_AUTHENTICATION_TOKEN": 404,
    "UNAUTHORIZED": 401,
    **dict.fromkeys(("ACCESS_DENIED", "EXPIRED_TOKEN", "INVALID_SIGNATURE", "WAF_FILTERED"), 403),
    "REQUEST_TOO_LARGE": 413,
    "THROTTLED": 429,
    **dict.fromkeys(("INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"), 503),
}
HEADERS = {
    "Content-Type": "'application/problem+json'",
    "Cache-Control": "'no-store'",
    "X-Content-Type-Options": "'nosniff'",
    "X-Request-Id": "context.requestId",
    "Access-Control-Allow-Origin": "'*'",
}
CONTRACT: set[Route] = {
    *(("/users", method) for method in ("GET", "POST", "PUT", "DELETE")),
    *(("/users/{userId}", method) for method in ("GET", "PUT", "PATCH", "DELETE")),
    *(("/users/{userId}/avatar", "POST"), ("/users/{userId}/avatar/{size}", "GET")),
    *OPEN,
}
SERVED: set[Route] = {(path, method) for path, methods in app.functions.items() for method in methods}


class TestRoutes:
    """Each route of the contract is served, and declared once, of the one API."""

    def test_routes_of_code_and_template_are_those_of_the_contract(self) -> None:
        assert SERVED == CONTRACT
        assert set(EVENTS) == SERVED | {(path, "ANY") for path, _ in SERVED}
        assert len(EVENTS) == len(DECLARED)
        assert {name for name, _ in DECLARED} == {"UsersApiFunction"}
        assert {event["RestApiId"].value for event in EVENTS.values()} == {"UsersApi"}

    @pytest.mark.parametrize(("path", "method"), EVENTS)
    def test_each_route_requires_the_scope_of_its_kind(self, path: str, method: str) -> None:
        auth = EVENTS[path, method]["Auth"]
        if method == "ANY" or (path, method) in OPEN:
            assert auth == {"Authorizer": "NONE"}
        else:
            scope = "users/read" if method == "GET" else "users/write"
            assert auth == {"Authorizer": "Cognito", "AuthorizationScopes": [scope]}


def test_every_route_is_throttled_by_the_parameters() -> None:
    """One flood must not use up the functions and the tables."""
    [methods] = API["MethodSettings"]
    assert (methods["ResourcePath"], methods["HttpMethod"]) == ("/*", "*")
    limits = ("ThrottlingRateLimit", "ThrottlingBurstLimit")
    assert [methods.get(name) for name in limits] == [Intrinsic("Ref", name) for name in limits]


@pytest.mark.parametrize("name", RESPONSES)
def test_errors_of_api_gateway_are_problems_with_the_standard_headers(name: str) -> None:
    """They have the statuses of the contract and the form of the function's errors."""
    response, status = RESPONSES[name], STATUSES.get(name)
    # messageString includes quotes, other variables do not.
    template = response["ResponseTemplates"]["application/json"].replace(
        "$context.error.messageString", '"A \\"quoted\\" message"'
    )
    problem: dict[str, Any] = json.loads(re.sub(r"\$context\.[A-Za-z.]+", "text", template))
    assert "$" not in str(problem)
    assert set(problem) - {"status", "instance"} == {"type", "title", "detail", "requestId"}
    assert problem["type"].startswith("/problems/")
    assert problem["requestId"] == "text"
    assert problem.get("status") == response.get("StatusCode") == status
    headers = response["ResponseParameters"]["Headers"]
    assert headers.items() >= HEADERS.items()
    exposed = headers["Access-Control-Expose-Headers"].strip("'").split(", ")
    assert set(exposed) == {"Retry-After", "WWW-Authenticate", "X-Request-Id"}
    assert ("Retry-After" in headers) == (status in {429, 503})
    assert headers.get("WWW-Authenticate") == ("'Bearer'" if name == "UNAUTHORIZED" else None)
