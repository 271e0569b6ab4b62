"""The OpenAPI document and its page, as the function serves them. The end-to-end tests open the page."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

import pytest

from tests.helpers.document import DOCUMENT
from tests.helpers.environment import REGION, forget_collaborators
from tests.helpers.events import load_event
from tests.helpers.responses import Context
from users.api import handler


def respond(name: str, module: ModuleType = handler) -> dict[str, Any]:
    """The response of a handler to an event."""
    response: dict[str, Any] = module.lambda_handler(load_event(name), Context())
    return response


@pytest.fixture
def without_docs(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Another copy of the handler, as a new environment with SERVE_DOCS=false imports it."""
    monkeypatch.setenv("SERVE_DOCS", "false")
    spec = find_spec("users.api.handler")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    forget_collaborators()


def test_the_document_is_the_one_that_is_checked_in() -> None:
    """GET /openapi.json."""
    response = respond("get-openapi")
    assert response["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert json.loads(response["body"]) == DOCUMENT


class TestPage:
    """GET /docs."""

    def test_a_policy_keeps_it_to_this_host_and_the_bucket(self) -> None:
        headers = respond("get-docs")["multiValueHeaders"]
        [policy] = headers["Content-Security-Policy"]
        directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
        assert directives["default-src"] == "'none'"
        hosts = {source for sources in directives.values() for source in sources.split() if "." in source}
        assert [host.endswith(f".s3.{REGION}.amazonaws.com") for host in hosts] == [True]

    def test_the_policy_lets_only_its_own_scripts_run(self) -> None:
        response = respond("get-docs")
        headers = response["multiValueHeaders"]
        assert headers["Content-Type"] == ["text/html; charset=utf-8"]
        assert headers["Referrer-Policy"] == ["no-referrer"]
        [policy] = headers["Content-Security-Policy"]
        scripts = re.findall(r"<script>(.*?)</script>", response["body"], re.DOTALL)
        hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
        assert len(hashes) == 2
        [allowed] = re.findall("script-src ([^;]+)", policy)
        assert set(allowed.split()) == {f"'sha256-{each}'" for each in hashes}


@pytest.mark.parametrize(("name", "status"), [("get-openapi", 404), ("get-docs", 404), ("health", 200)])
def test_they_are_not_found_when_they_are_off(without_docs: ModuleType, name: str, status: int) -> None:
    """The API itself responds."""
    assert respond(name, without_docs)["statusCode"] == status
