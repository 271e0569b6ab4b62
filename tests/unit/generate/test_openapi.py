"""The OpenAPI document says of the API what code and template say."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from generate.openapi.document import operation_id
from generate.openapi.examples import routes
from generate.openapi.gateway import scopes
from generate.openapi.operations import OPERATIONS
from lambda_common.cors import preflight_headers
from tests.document import DOCUMENT, PROBLEM, Operation, check_value, operations, resolved
from users.domain import errors
from users.handlers.problems import PROBLEMS

NAMED = {operation["operationId"]: operation for _, _, operation in operations()}
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATION = pytest.mark.parametrize("operation", NAMED.values(), ids=NAMED)


def contents(operation: Operation) -> list[dict[str, Any]]:
    """All that describes a body of an operation."""
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    return [{"examples": {}, **content} for body in bodies for content in body.get("content", {}).values()]


class TestDocument:
    """The document as a whole."""

    def test_is_openapi(self) -> None:
        OpenAPIV31SpecValidator(DOCUMENT).validate()

    def test_has_the_routes_of_the_template(self) -> None:
        assert {(path, method) for path, method, _ in operations()} == set(scopes())

    def test_has_the_routes_of_the_code(self) -> None:
        table = {
            (path, method, operation_id(endpoint))
            for path, methods in routes().items()
            for method, endpoint in methods.items()
        }
        assert {(path, method, operation["operationId"]) for path, method, operation in operations()} == table

    def test_knows_no_other_endpoints(self) -> None:
        assert set(OPERATIONS) == {
            endpoint.__name__ for methods in routes().values() for endpoint in methods.values()
        }

    def test_is_true_wherever_it_is_served(self) -> None:
        assert [server["url"] for server in DOCUMENT["servers"]] == ["."]
        assert DOCUMENT["components"]["securitySchemes"]["token"]["scheme"] == "bearer"

    def test_describes_every_problem_of_the_api(self) -> None:
        described = {
            name
            for operation in NAMED.values()
            for content in contents(operation)
            for name, example in content["examples"].items()
            if "type" in example["value"]
        }
        table = {problem.name for problem in PROBLEMS.values() if not callable(problem)}
        assert table | {"validation", "malformed-body", "internal-error", "unauthorized"} <= described
        assert errors.InvalidFieldError in PROBLEMS  # becomes `validation`


@OPERATION
class TestOperation:
    """Each operation."""

    def test_says_what_it_is(self, operation: Operation) -> None:
        assert operation["summary"]
        assert not operation["summary"].endswith(".")
        assert operation["description"]
        assert set(operation["tags"]) <= {tag["name"] for tag in DOCUMENT["tags"]}

    def test_asks_for_the_scopes_of_the_template(self, operation: Operation) -> None:
        needed = [
            scopes()[path, method]
            for path, method, other in operations()
            if other["operationId"] == operation["operationId"]
        ]
        assert [security["token"] for security in operation["security"] or [{"token": []}]] == needed
        assert ("401" in operation["responses"]) == ("403" in operation["responses"]) == (needed != [[]])

    def test_carries_the_headers_of_every_answer(self, operation: Operation) -> None:
        for response in operation["responses"].values():
            assert {"Cache-Control", "X-Content-Type-Options", "X-Request-Id"} <= set(response["headers"])

    @pytest.mark.parametrize(
        ("status", "header"), [("401", "WWW-Authenticate"), ("429", "Retry-After"), ("503", "Retry-After")]
    )
    def test_always_carries_the_header_that_belongs_to_a_status(
        self, operation: Operation, status: str, header: str
    ) -> None:
        if status in operation["responses"]:
            assert resolved(operation["responses"][status]["headers"][header])["required"]

    def test_reads_headers_that_pages_of_other_origins_may_send(self, operation: Operation) -> None:
        allowed = preflight_headers([])["Access-Control-Allow-Headers"].split(", ")
        parameters = operation.get("parameters", [])
        assert {parameter["name"] for parameter in parameters if parameter["in"] == "header"} <= set(allowed)

    def test_has_examples_that_are_as_it_says(self, operation: Operation) -> None:
        for content in contents(operation):
            assert content["examples"] or operation["tags"] == ["Documents"]
            for example in content["examples"].values():
                check_value(content["schema"], example["value"])
        for parameter in operation.get("parameters", []):
            if "example" in parameter:
                check_value(parameter["schema"], parameter["example"])

    def test_shows_problems_with_the_status_under_which_they_stand(self, operation: Operation) -> None:
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == [PROBLEM]
                problems = [example["value"] for example in response["content"][PROBLEM]["examples"].values()]
                assert {problem.get("status", int(status)) for problem in problems} == {int(status)}

    def test_leads_to_operations_that_take_what_it_gives(self, operation: Operation) -> None:
        for response in operation["responses"].values():
            for name, link in response.get("links", {}).items():
                assert link["operationId"] == name
                taken = {parameter["name"] for parameter in NAMED[name]["parameters"]}
                assert set(link["parameters"]) <= taken
                for expression in link["parameters"].values():
                    if expression.startswith("$response.header."):
                        assert expression.removeprefix("$response.header.") in response["headers"]


class TestRequests:
    """Bodies of requests are closed, and hold no null."""

    @pytest.mark.parametrize("name", [name for name in SCHEMAS if name.endswith("Request")])
    def test_takes_no_other_field(self, name: str) -> None:
        schema = SCHEMAS[name]
        assert schema["additionalProperties"] is False
        assert "null" not in str(schema["properties"])
        assert "default" not in str(schema["properties"])

    def test_names_the_user_where_the_path_does_not(self) -> None:
        content = NAMED["replaceUserNamedInBody"]["requestBody"]["content"]["application/json"]
        name = content["schema"]["$ref"].rpartition("/")[2]
        assert SCHEMAS[name]["required"] == ["userId", "name", "email"]
