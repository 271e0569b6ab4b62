"""The OpenAPI document and its page, as the function serves them."""

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
from users.api.docs import START


def respond(module: ModuleType, name: str) -> dict[str, Any]:
    """The response of a handler to an event."""
    response: dict[str, Any] = module.lambda_handler(load_event(name), Context())
    return response


@pytest.fixture
def without_docs(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The handler as a new environment with SERVE_DOCS=false imports it."""
    monkeypatch.setenv("SERVE_DOCS", "false")
    yield imported_anew()
    forget_collaborators()


def imported_anew() -> ModuleType:
    """Another copy of the module, which does not replace the first."""
    spec = find_spec("users.api.handler")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestOpenapi:
    """GET /openapi.json."""

    def test_is_the_document_that_is_checked_in(self) -> None:
        response = respond(handler, "get-openapi")
        assert response["statusCode"] == 200
        assert response["multiValueHeaders"]["Content-Type"] == ["application/json"]
        assert json.loads(response["body"]) == DOCUMENT


class TestPage:
    """GET /docs."""

    def test_is_html_that_needs_no_other_host(self) -> None:
        response = respond(handler, "get-docs")
        assert response["statusCode"] == 200
        assert response["multiValueHeaders"]["Content-Type"] == ["text/html; charset=utf-8"]
        page = response["body"].replace('href="data:,"', "")
        assert not re.search(r"<(script|link|img|iframe)[^>]*\s(src|href)=", page)

    def test_a_policy_keeps_it_to_this_host_and_the_bucket(self) -> None:
        headers = respond(handler, "get-docs")["multiValueHeaders"]
        [policy] = headers["Content-Security-Policy"]
        directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
        assert directives["default-src"] == "'none'"
        assert "unsafe" not in directives["script-src"]
        hosts = {source for sources in directives.values() for source in sources.split() if "." in source}
        assert [host.endswith(f".s3.{REGION}.amazonaws.com") for host in hosts] == [True]
        assert headers["Referrer-Policy"] == ["no-referrer"]
        assert headers["X-Content-Type-Options"] == ["nosniff"]

    def test_shows_the_document_and_sends_no_credentials_where_a_redirect_leads(self) -> None:
        page = respond(handler, "get-docs")["body"]
        assert f"<script>{START}</script>" in page
        assert 'url: "openapi.json"' in START
        assert "withCredentials" not in START

    def test_the_policy_lets_only_its_own_scripts_run(self) -> None:
        response = respond(handler, "get-docs")
        [policy] = response["multiValueHeaders"]["Content-Security-Policy"]
        scripts = re.findall(r"<script>(.*?)</script>", response["body"], re.DOTALL)
        hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
        assert len(hashes) == 2
        assert set(re.findall(r"'sha256-(.*?)'", policy)) == hashes


class TestOff:
    """SERVE_DOCS=false."""

    @pytest.mark.parametrize("name", ["get-openapi", "get-docs"])
    def test_not_found(self, without_docs: ModuleType, name: str) -> None:
        response = respond(without_docs, name)
        assert response["statusCode"] == 404
        assert json.loads(response["body"])["type"] == "/problems/not-found"

    def test_the_api_responds(self, without_docs: ModuleType) -> None:
        assert respond(without_docs, "health")["statusCode"] == 200
