"""The collection has requests for the whole API, and no secrets."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from generate.openapi.document import openapi_document
from generate.openapi.gateway import scopes
from generate.postman.collection import postman_collection
from generate.postman.environments import deployed_environment, local_environment
from generate.postman.steps import Step
from generate.postman.story import FOLDERS
from local.postman import FOLDER

COLLECTION = postman_collection()
STEPS = [step for folder in FOLDERS for step in folder.steps if isinstance(step, Step)]


def items() -> Iterator[dict[str, Any]]:
    """Each request of the collection."""
    for folder in COLLECTION["item"]:
        yield from folder["item"]


class TestCollection:
    """The collection."""

    def test_has_a_request_for_every_operation(self) -> None:
        sent = {
            (item["request"]["method"], item["request"]["description"].partition(".")[0])
            for item in items()
            if "description" in item["request"]
        }
        described = {
            (method.upper(), operation["summary"])
            for methods in openapi_document()["paths"].values()
            for method, operation in methods.items()
        }
        assert described <= sent
        assert len(described) == len(scopes())

    def test_names_each_request_once(self) -> None:
        """A name is how a request is sent again."""
        names = [item["name"] for item in items()]
        assert len(names) == len(set(names))

    def test_tests_every_answer(self) -> None:
        for item in items():
            (tests,) = [event["script"]["exec"] for event in item["event"] if event["listen"] == "test"]
            assert any(line.startswith("pm.test(") for line in tests), item["name"]

    @pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])
    def test_fills_in_every_path(self, step: Step) -> None:
        (url,) = [item["request"]["url"] for item in items() if item["name"] == step.name]
        wanted = {part.removeprefix(":") for part in url["path"] if part.startswith(":")}
        assert {variable["key"] for variable in url["variable"]} == wanted

    def test_sends_pictures_that_are_there(self) -> None:
        bodies = [item["request"].get("body", {}) for item in items()]
        files = [
            part["src"] for body in bodies for part in body.get("formdata", []) if part["type"] == "file"
        ]
        assert files
        assert all((FOLDER / file).is_file() for file in files)


class TestEnvironments:
    """What is committed."""

    @pytest.mark.parametrize("environment", [local_environment(), deployed_environment()])
    def test_has_the_variables_of_the_collection_and_no_secret(self, environment: dict[str, Any]) -> None:
        text = json.dumps(COLLECTION)
        values = environment["values"]
        assert all(f"{{{{{value['key']}}}}}" in text for value in values)
        assert [value["value"] for value in values if value["type"] == "secret"] == ["", ""]
