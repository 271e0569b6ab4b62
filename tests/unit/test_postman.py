"""The Postman collection covers the whole API and contains no secret."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.helpers.document import operations
from tools.local.postman import COLLECTION, FOLDER

ENVIRONMENTS = sorted(FOLDER.glob("*.postman_environment.json"))


def requests() -> Iterator[dict[str, Any]]:
    """Every item of the collection: a request and its scripts."""
    for folder in json.loads(COLLECTION.read_text("utf-8"))["item"]:
        yield from folder["item"]


def operation(request: dict[str, Any]) -> tuple[str, str]:
    """Path and method of a request to the API, as in the OpenAPI document."""
    parts = [f"{{{part[1:]}}}" if part.startswith(":") else part for part in request["url"]["path"]]
    return "/" + "/".join(parts), request["method"]


class TestCollection:
    """The collection."""

    def test_has_a_request_for_every_operation(self) -> None:
        sent = {operation(item["request"]) for item in requests() if "path" in item["request"]["url"]}
        assert {(path, method) for path, method, _ in operations()} - sent == set()

    def test_tests_every_response(self) -> None:
        scripts = {item["name"]: json.dumps(item["event"]) for item in requests()}
        assert [name for name, script in scripts.items() if "to.have.status" not in script] == []


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.name)
def test_an_environment_has_no_secret(path: Any) -> None:
    """Secrets come from `make postman`, or are entered in Postman."""
    values = json.loads(path.read_text("utf-8"))["values"]
    assert {value["value"] for value in values if value["type"] == "secret"} == {""}
