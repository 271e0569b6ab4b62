"""The OpenAPI document is valid, up to date, and agrees with the code. Redocly checks its completeness."""

import inspect
import json
import tomllib

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.helpers.document import DOCUMENT, PATH, Operation, check_value, operations
from tests.helpers.events import API_EVENTS, load_event
from tests.helpers.markdown import PROJECT
from tools.openapi.__main__ import openapi_json
from users.api.handler import RESPONSE_HEADERS, app
from users.api.openapi import OPERATIONS as KNOWN
from users.api.problems import PROBLEMS
from users.api.resolver import QUERY_PARAMETERS
from users.domain import errors

BEHIND_THE_API = {
    errors.EffectInProgressError,
    errors.InvalidImageError,
}
"""Errors of events and uploads, which no request raises."""


class TestDocument:
    """The document as a whole."""

    def test_the_checked_in_document_is_current(self) -> None:
        assert PATH.read_text("utf-8") == openapi_json(), "run: make openapi"

    def test_is_valid_openapi(self) -> None:
        assert DOCUMENT["openapi"].startswith("3.1.")
        OpenAPIV31SpecValidator(DOCUMENT).validate()

    def test_has_the_version_of_the_project(self) -> None:
        project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
        assert DOCUMENT["info"]["version"] == project["project"]["version"]

    def test_describes_each_route_but_head_and_those_of_the_documents(self) -> None:
        described = {(method, path) for path, method, _ in operations()}
        routes = {(method, path) for path, methods in app.functions.items() for method in methods}
        assert routes - described == {("HEAD", "/health"), ("GET", "/openapi.json"), ("GET", "/docs")}
        assert described <= routes

    def test_links_lead_to_operations(self) -> None:
        links = DOCUMENT["paths"]["/users"]["post"]["responses"]["201"]["links"].values()
        assert {link["operationId"] for link in links} <= {each["operationId"] for *_, each in operations()}

    def test_the_two_forms_of_a_search_exclude_each_other(self) -> None:
        found = DOCUMENT["paths"]["/users"]["get"]["responses"]["200"]["content"]["application/json"]
        forms = [f"#/components/schemas/{name}" for name in ("UserResponse", "UsersResponse")]
        assert [each["$ref"] for each in found["schema"]["oneOf"]] == forms
        assert '"anyOf"' not in PATH.read_text("utf-8")

    def test_a_client_that_is_a_page_may_read_each_header(self) -> None:
        always = {"Cache-Control", "X-Content-Type-Options", "WWW-Authenticate"}
        assert (
            set(DOCUMENT["components"]["headers"]) | {"Idempotency-Replayed"}
            == set(RESPONSE_HEADERS) | always
        )

    def test_every_error_of_the_domain_is_one_of_some_operation(self) -> None:
        kinds = {kind for _, kind in inspect.getmembers(errors, inspect.isclass)}
        raised = {kind for kind in kinds if issubclass(kind, errors.UserServiceError)} - BEHIND_THE_API
        everywhere = {errors.InvalidFieldError, errors.ServiceUnavailableError}
        documented = everywhere.union(*(operation.errors for operation in KNOWN.values()))
        assert documented == set(PROBLEMS) == raised - {errors.UserServiceError}


@pytest.mark.parametrize(("path", "method", "operation"), list(operations()))
class TestOperation:
    """Properties of each operation."""

    def test_has_the_query_parameters_that_are_accepted(
        self, path: str, method: str, operation: Operation
    ) -> None:
        described = (each["name"] for each in operation.get("parameters", []) if each["in"] == "query")
        assert tuple(described) == QUERY_PARAMETERS.get((method, path), ())

    def test_requires_the_scope_of_its_kind_and_has_the_errors_of_the_gateway(
        self, path: str, method: str, operation: Operation
    ) -> None:
        scope = "users/read" if method == "GET" else "users/write"
        is_open = path == "/health"
        assert operation["security"] == ([] if is_open else [{"token": [scope]}])
        assert (f"`{scope}`" in operation["description"]) is not is_open
        assert set(operation["responses"]) >= ({"429"} if is_open else {"401", "403", "429"})


@pytest.mark.parametrize("name", API_EVENTS)
def test_the_body_of_each_event_is_what_the_schema_says(name: str) -> None:
    """So that a client can send what the examples have."""
    event = load_event(name)
    if event["body"] is not None:
        operation = DOCUMENT["paths"][event["resource"]][event["httpMethod"].lower()]
        content = operation["requestBody"]["content"]["application/json"]
        check_value(content["schema"], json.loads(event["body"]))
