"""docs/openapi.json, and what it says about responses."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.helpers.answers import Answer, Api
from tests.helpers.events import Event

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
    """A value is what a schema of the document says."""
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
    """An API, each of whose responses must be as documented."""

    def send(self, event: Event) -> Answer:
        """The answer to an event."""
        answer = super().send(event)
        methods = DOCUMENT["paths"].get(event["resource"], {})
        if event["httpMethod"].lower() in methods and event["httpMethod"].isupper():
            check_answer(methods[event["httpMethod"].lower()], answer)
        return answer


def check_answer(operation: Operation, answer: Answer) -> None:
    """Status, headers and body are those that an operation documents."""
    assert str(answer.status) in operation["responses"]
    described = operation["responses"][str(answer.status)]
    _check_headers(described["headers"], answer)
    if "content" not in described:
        assert answer.text == ""
        return
    kind = answer.headers["Content-Type"].partition(";")[0]
    content = described["content"][kind]
    check_value(content["schema"], answer.json if kind.endswith("json") else answer.text)
    if kind == PROBLEM:
        assert answer.problem in content["examples"]


def _check_headers(documented: Mapping[str, Any], answer: Answer) -> None:
    assert set(answer.headers) - OF_CORS - {"Content-Type"} <= set(documented)
    for name, header in documented.items():
        described = resolved(header)
        assert name in answer.headers or not described["required"]
        if name in answer.headers:
            check_value(described["schema"], answer.headers[name])
