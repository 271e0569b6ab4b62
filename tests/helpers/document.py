"""docs/openapi.json, and checks of responses against it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.helpers.events import Event
from tests.helpers.responses import Api, Response

PATH = Path(__file__).parents[2] / "docs" / "openapi.json"
DOCUMENT: dict[str, Any] = json.loads(PATH.read_text("utf-8"))
PROBLEM = "application/problem+json"
OF_CORS = {
    *(f"Access-Control-{name}" for name in ("Allow-Headers", "Allow-Origin", "Expose-Headers", "Max-Age")),
    "Vary",
}

type Operation = dict[str, Any]


def operations() -> Iterator[tuple[str, str, Operation]]:
    """Path, method and description of each operation."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def check_value(schema: Mapping[str, Any], value: Any) -> None:
    """Check a value against a schema of the document."""
    whole = {**schema, "components": DOCUMENT["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def resolved(header: Mapping[str, Any]) -> Mapping[str, Any]:
    """A header, or the component to which it refers."""
    reference: str | None = header.get("$ref")
    if reference is None:
        return header
    found: Mapping[str, Any] = DOCUMENT["components"]["headers"][reference.rpartition("/")[2]]
    return found


class DocumentedApi(Api):
    """An API whose responses are all checked against the document."""

    def send(self, event: Event) -> Response:
        """The response to an event."""
        response = super().send(event)
        methods = DOCUMENT["paths"].get(event["resource"], {})
        if event["httpMethod"].lower() in methods and event["httpMethod"].isupper():
            check_response(methods[event["httpMethod"].lower()], response)
        return response


def check_response(operation: Operation, response: Response) -> None:
    """Status, headers and body are those that an operation documents."""
    assert str(response.status) in operation["responses"]
    described = operation["responses"][str(response.status)]
    _check_headers(described["headers"], response)
    if "content" not in described:
        assert response.text == ""
        return
    kind = response.headers["Content-Type"].partition(";")[0]
    content = described["content"][kind]
    check_value(content["schema"], response.json if kind.endswith("json") else response.text)
    if kind == PROBLEM:
        assert response.problem in content["examples"]


def _check_headers(documented: Mapping[str, Any], response: Response) -> None:
    assert set(response.headers) - OF_CORS - {"Content-Type"} <= set(documented)
    for name, header in documented.items():
        described = resolved(header)
        assert name in response.headers or not described["required"]
        if name in response.headers:
            check_value(described["schema"], response.headers[name])
