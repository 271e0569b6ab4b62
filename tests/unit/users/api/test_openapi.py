"""The OpenAPI document is valid, up to date, and agrees with the code."""

import json
import tomllib
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.helpers.document import DOCUMENT, PATH, PROBLEM, Operation, operations
from tests.helpers.events import API_EVENTS, load_event
from tests.helpers.markdown import PROJECT
from tests.unit.users.api.test_problems import BEHIND_THE_API, ERRORS
from tools.openapi.__main__ import openapi_json
from users.api.handler import RESPONSE_HEADERS, app
from users.api.openapi import OPERATIONS as KNOWN
from users.api.problems import PROBLEMS
from users.api.resolver import QUERY_PARAMETERS
from users.domain.errors import InvalidFieldError, ServiceUnavailableError

OPERATIONS = [(f"{method} {path}", method, path, operation) for path, method, operation in operations()]
STATUSES = {
    "create_user": {201, 400, 401, 403, 409, 413, 415, 422, 429, 500, 503},
    "find_users": {200, 304, 400, 401, 403, 404, 429, 500, 503},
    "get_user": {200, 304, 400, 401, 403, 404, 429, 500, 503},
    "replace_user": {200, 400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 500, 503},
    "replace_user_named_in_body": {200, 400, 401, 403, 404, 409, 412, 413, 415, 429, 500, 503},
    "update_user": {200, 400, 401, 403, 404, 409, 412, 413, 415, 429, 500, 503},
    "delete_user": {200, 400, 401, 403, 404, 412, 429, 500, 503},
    "delete_user_named_in_query": {200, 400, 401, 403, 404, 412, 429, 500, 503},
    "create_avatar_upload": {201, 400, 401, 403, 404, 413, 415, 429, 500, 503},
    "get_avatar": {302, 400, 401, 403, 404, 429, 500, 503},
    "get_health": {200, 400, 429, 500, 503},
}


def every(document: Any, name: str) -> list[Any]:
    """All values of a name anywhere in a document."""
    if isinstance(document, list):
        return [found for element in document for found in every(element, name)]
    if not isinstance(document, dict):
        return []
    own = [document[name]] if name in document else []
    return own + [found for element in document.values() for found in every(element, name)]


def parameters(operation: Operation, place: str) -> dict[str, Any]:
    """The parameters of an operation in one place, by name."""
    return {one["name"]: one for one in operation.get("parameters", []) if one["in"] == place}


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

    def test_has_no_dangling_references_and_no_unused_components(self) -> None:
        referred = set(every(DOCUMENT, "$ref"))
        kinds = DOCUMENT["components"].items()
        there = {
            f"#/components/{kind}/{name}"
            for kind, all_ in kinds
            for name in all_
            if kind != "securitySchemes"
        }
        assert referred == there

    def test_each_operation_has_an_id_of_its_own(self) -> None:
        ids = [operation["operationId"] for *_, operation in OPERATIONS]
        assert len(set(ids)) == len(ids)
        assert {link["operationId"] for links in every(DOCUMENT, "links") for link in links.values()} <= set(
            ids
        )

    def test_the_two_forms_of_a_search_exclude_each_other(self) -> None:
        forms = every(DOCUMENT["paths"]["/users"]["get"]["responses"]["200"]["content"], "oneOf")
        assert forms == [
            [{"$ref": f"#/components/schemas/{name}"} for name in ("UserResponse", "UsersResponse")]
        ]
        assert not every(DOCUMENT, "anyOf")

    def test_a_client_that_is_a_page_may_read_each_header(self) -> None:
        always = {"Cache-Control", "X-Content-Type-Options", "WWW-Authenticate"}
        assert (
            set(DOCUMENT["components"]["headers"]) | {"Idempotency-Replayed"}
            == set(RESPONSE_HEADERS) | always
        )

    def test_every_error_of_the_domain_is_one_of_some_operation(self) -> None:
        documented = {error for operation in KNOWN.values() for error in operation.errors}
        everywhere = {InvalidFieldError, ServiceUnavailableError}
        assert documented | everywhere == set(PROBLEMS) == set(ERRORS) - set(BEHIND_THE_API)


@pytest.mark.parametrize(
    ("method", "path", "operation"), [row[1:] for row in OPERATIONS], ids=[r[0] for r in OPERATIONS]
)
class TestOperation:
    """Properties of each operation."""

    def test_has_the_statuses_of_the_contract(self, method: str, path: str, operation: Operation) -> None:
        assert set(map(int, operation["responses"])) == STATUSES[app.functions[path][method].__name__]

    def test_has_the_query_parameters_that_are_accepted(
        self, method: str, path: str, operation: Operation
    ) -> None:
        assert tuple(parameters(operation, "query")) == QUERY_PARAMETERS.get((method, path), ())

    def test_has_the_parameters_of_its_path(self, method: str, path: str, operation: Operation) -> None:
        assert set(parameters(operation, "path")) == {
            name for name in ("userId", "size") if f"{{{name}}}" in path
        }
        assert all(parameter["required"] for parameter in parameters(operation, "path").values())
        assert method in {"GET", "POST", "PUT", "PATCH", "DELETE"}

    def test_requires_the_scope_of_its_kind(self, method: str, path: str, operation: Operation) -> None:
        scope = "users/read" if method == "GET" else "users/write"
        assert operation["security"] == ([] if path == "/health" else [{"token": [scope]}])
        assert (f"`{scope}`" in operation["description"]) == (path != "/health")

    def test_is_described(self, method: str, path: str, operation: Operation) -> None:
        assert operation["summary"]
        assert operation["operationId"].isalpha()
        assert len(operation["tags"]) == 1
        assert ("requestBody" in operation) == (method in {"POST", "PUT", "PATCH"}), path

    def test_each_problem_is_an_example_of_its_schema(
        self, method: str, path: str, operation: Operation
    ) -> None:
        schema = {"$ref": "#/components/schemas/ProblemResponse", "components": DOCUMENT["components"]}
        for status, response in operation["responses"].items():
            for name, example in response.get("content", {}).get(PROBLEM, {}).get("examples", {}).items():
                Draft202012Validator(schema).validate(example["value"])
                assert (str(example["value"]["status"]), method) == (status, method)
                assert example["value"]["type"] == f"/problems/{name}"
                assert example["value"]["instance"] == path


@pytest.mark.parametrize("name", API_EVENTS)
def test_each_event_is_a_request_that_is_described(name: str) -> None:
    """Its body is what the schema says, and its query string holds what is described."""
    event = load_event(name)
    operation = DOCUMENT["paths"][event["resource"]][event["httpMethod"].lower()]
    assert set(event["queryStringParameters"] or {}) <= set(parameters(operation, "query"))
    if event["body"] is not None:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(
            json.loads(event["body"])
        )
