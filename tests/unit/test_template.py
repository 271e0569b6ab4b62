"""template.yaml says the same as the code, and API Gateway the same as the function."""

import json
import re
from typing import Any

import pytest

from tests.helpers.template import resources_of_type
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
CONTRACT: set[Route] = {
    ("/health", "GET"),
    ("/health", "HEAD"),
    ("/users", "GET"),
    ("/users", "POST"),
    ("/users", "PUT"),
    ("/users", "DELETE"),
    ("/users/{userId}", "GET"),
    ("/users/{userId}", "PUT"),
    ("/users/{userId}", "PATCH"),
    ("/users/{userId}", "DELETE"),
    ("/users/{userId}/avatar", "POST"),
    ("/users/{userId}/avatar/{size}", "GET"),
    ("/openapi.json", "GET"),
    ("/docs", "GET"),
}


SERVED: set[Route] = {(path, method) for path, methods in app.functions.items() for method in methods}


class TestRoutes:
    """Each route of the code is declared, and no others."""

    def test_every_route_is_declared_and_every_declaration_served(self) -> None:
        assert set(EVENTS) == SERVED | {(path, "ANY") for path, _ in SERVED}
        assert {name for name, _ in DECLARED} == {"UsersApiFunction"}

    def test_no_route_is_declared_twice(self) -> None:
        assert len(EVENTS) == len(DECLARED)

    def test_all_are_of_the_one_api(self) -> None:
        assert {event["RestApiId"].value for event in EVENTS.values()} == {"UsersApi"}

    def test_all_are_those_of_the_contract(self) -> None:
        assert SERVED == CONTRACT

    def test_no_path_is_greedy(self) -> None:
        assert not [path for path, _ in EVENTS if "+" in path]


@pytest.mark.parametrize(("path", "method"), EVENTS)
class TestAccess:
    """Reading takes one scope, writing the other; only health, the documents and wrong methods are open."""

    def test_has_the_authorizer_of_its_kind(self, path: str, method: str) -> None:
        auth = EVENTS[path, method]["Auth"]
        if method == "ANY" or (path, method) in OPEN:
            assert auth == {"Authorizer": "NONE"}
        else:
            scope = "users/read" if method == "GET" else "users/write"
            assert auth == {"Authorizer": "Cognito", "AuthorizationScopes": [scope]}


class TestAuthorizer:
    """What is not said to be open is closed."""

    def test_closed_by_default(self) -> None:
        assert API["Auth"]["DefaultAuthorizer"] == "Cognito"
        assert API["Auth"]["Authorizers"]["Cognito"]["UserPoolArn"].value == "UserPool.Arn"

    def test_the_scopes_exist(self) -> None:
        server = resources_of_type("AWS::Cognito::UserPoolResourceServer")["UsersResourceServer"]
        scopes = {f"{server['Identifier']}/{scope['ScopeName']}" for scope in server["Scopes"]}
        used = {scope for event in EVENTS.values() for scope in event["Auth"].get("AuthorizationScopes", [])}
        assert used == scopes


@pytest.mark.parametrize("name", RESPONSES)
class TestGatewayResponses:
    """What API Gateway itself says has the form of what the function says."""

    def problem(self, name: str) -> dict[str, Any]:
        template = RESPONSES[name]["ResponseTemplates"]["application/json"]
        # messageString comes with its quotes, what else there is comes without.
        text = template.replace("$context.error.messageString", '"A \\"quoted\\" message"')
        text = re.sub(r"\$context\.[A-Za-z.]+", "text", text)
        assert "$" not in text
        problem: dict[str, Any] = json.loads(text)
        return problem

    def test_is_a_problem(self, name: str) -> None:
        problem = self.problem(name)
        assert {"type", "title", "detail", "requestId"} <= set(problem)
        assert set(problem) <= {"type", "title", "status", "detail", "instance", "requestId"}
        assert problem["type"].startswith("/problems/")
        assert problem["requestId"] == "text"

    def test_tells_its_status_where_it_is_fixed(self, name: str) -> None:
        assert self.problem(name).get("status") == RESPONSES[name].get("StatusCode")

    def test_has_the_headers_of_every_answer(self, name: str) -> None:
        headers = RESPONSES[name]["ResponseParameters"]["Headers"]
        assert headers["Content-Type"] == "'application/problem+json'"
        assert headers["Cache-Control"] == "'no-store'"
        assert headers["X-Content-Type-Options"] == "'nosniff'"
        assert headers["X-Request-Id"] == "context.requestId"
        assert headers["Access-Control-Allow-Origin"] == "'*'"
        exposed = headers["Access-Control-Expose-Headers"].strip("'").split(", ")
        assert set(exposed) == {"Retry-After", "WWW-Authenticate", "X-Request-Id"}

    def test_says_when_to_come_back_when_it_passes(self, name: str) -> None:
        waits = RESPONSES[name].get("StatusCode") in {429, 503}
        assert ("Retry-After" in RESPONSES[name]["ResponseParameters"]["Headers"]) == waits


class TestGatewayStatuses:
    """API Gateway's errors have the statuses of the contract."""

    @pytest.mark.parametrize(
        ("name", "status"),
        [
            ("MISSING_AUTHENTICATION_TOKEN", 404),
            ("UNAUTHORIZED", 401),
            ("ACCESS_DENIED", 403),
            ("REQUEST_TOO_LARGE", 413),
            ("THROTTLED", 429),
            ("INTEGRATION_FAILURE", 503),
            ("INTEGRATION_TIMEOUT", 503),
        ],
    )
    def test_is_that_of_the_contract(self, name: str, status: int) -> None:
        assert RESPONSES[name]["StatusCode"] == status

    def test_a_token_is_asked_for_when_there_is_none(self) -> None:
        headers = RESPONSES["UNAUTHORIZED"]["ResponseParameters"]["Headers"]
        assert headers["WWW-Authenticate"] == "'Bearer'"
