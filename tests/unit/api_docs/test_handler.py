"""What DocumentsFunction answers."""

import importlib
import re

import pytest

from api_docs import handler
from api_docs.files import Site
from lambda_common.settings import MissingSettingError
from tests.answers import Answer, Context
from tests.document import DOCUMENT, check_answer
from tests.environment import prepare
from tests.events import Event, changed_event, load_event, set_path_parameter

EVENTS = ["get-openapi", "get-docs", "get-docs-asset"]


def send(event: Event) -> Answer:
    """The answer to an event, which is as it is documented."""
    result = handler.lambda_handler(event, Context())
    answer = Answer(result["statusCode"], result["headers"], result["body"])
    assert answer.headers["X-Request-Id"] == event["requestContext"]["requestId"]
    if event["httpMethod"] == "GET":
        check_answer(DOCUMENT["paths"][event["resource"]]["get"], answer)
    return answer


def asset(name: str, *, query: dict[str, str] | None = None) -> Event:
    """The event that asks for a file of the page."""
    event = changed_event("get-docs-asset", query=query)
    set_path_parameter(event, "asset", name)
    return event


class TestDescription:
    """GET /openapi.json."""

    def test_is_the_committed_document(self) -> None:
        answer = send(load_event("get-openapi"))
        assert (answer.status, answer.json) == (200, DOCUMENT)
        assert answer.headers["Content-Type"] == "application/json"


class TestPage:
    """GET /docs."""

    def test_loads_what_is_served_beside_it_in_the_version_that_there_is(self) -> None:
        page = send(load_event("get-docs"))
        loaded = re.findall(r'(?:src|href)="docs/([^"?]+)\?v=([^"]+)"', page.text)
        assert {name for name, _ in loaded} == set(handler.ASSETS)
        for name, version in loaded:
            answer = send(asset(name, query={"v": version}))
            assert (answer.status, answer.headers["Cache-Control"]) == (200, handler.IMMUTABLE)

    def test_loads_nothing_from_elsewhere(self) -> None:
        assert "//" not in send(load_event("get-docs")).text

    def test_allows_no_script_but_those(self) -> None:
        policy = send(load_event("get-docs")).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy

    def test_is_redirected_from_a_trailing_slash(self) -> None:
        answer = send(load_event("get-docs") | {"path": "/docs/"})
        assert (answer.status, answer.headers["Location"], answer.text) == (308, "../docs", "")


class TestAsset:
    """GET /docs/{asset}."""

    @pytest.mark.parametrize("name", handler.ASSETS)
    def test_has_the_type_of_its_ending(self, name: str) -> None:
        kind = send(asset(name)).headers["Content-Type"]
        assert kind == {"js": "text/javascript", "ss": "text/css"}[name[-2:]] + "; charset=utf-8"

    @pytest.mark.parametrize("query", [{}, {"v": ""}, {"v": "another"}])
    def test_is_asked_for_again_in_a_version_that_may_change(self, query: dict[str, str]) -> None:
        answer = send(asset("page.js", query=query))
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")

    @pytest.mark.parametrize(
        "name", ["", "none.js", "page.html", "../openapi.json", "..", "../api_docs/handler.py", "page.js/"]
    )
    def test_not_found_when_it_is_not_of_the_page(self, name: str) -> None:
        answer = send(asset(name))
        assert (answer.status, answer.problem) == (404, "not-found")


@pytest.mark.parametrize("name", EVENTS)
class TestAll:
    """All of them."""

    def test_not_modified_when_the_client_has_it(self, name: str) -> None:
        first = send(load_event(name))
        again = send(changed_event(name, headers={"If-None-Match": f"W/{first.headers['ETag']}"}))
        assert (again.status, again.text, again.headers["ETag"]) == (304, "", first.headers["ETag"])
        assert "Content-Type" not in again.headers

    def test_refused_with_a_parameter_that_it_does_not_have(self, name: str) -> None:
        answer = send(changed_event(name, query={"verbose": "1"}))
        assert (answer.status, answer.problem, answer.fields) == (400, "validation", {"verbose"})

    @pytest.mark.parametrize("method", ["HEAD", "POST", "DELETE"])
    def test_refused_with_another_method(self, name: str, method: str) -> None:
        answer = send(load_event(name) | {"httpMethod": method})
        assert (answer.status, answer.problem) == (405, "method-not-allowed")
        assert answer.headers["Allow"] == "GET, OPTIONS"

    def test_answers_500_and_no_more_when_a_file_is_not_there(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone = handler.DIRECTORY / "gone.js"
        monkeypatch.setattr(handler, "SITE", Site(gone, gone, {"page.js": gone}))
        answer = send(load_event(name))
        assert (answer.status, answer.problem) == (500, "internal-error")
        assert "gone" not in answer.text


class TestStart:
    """In Lambda the function is built while its environment starts."""

    def test_names_what_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        prepare(monkeypatch, "DocumentsFunction")
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "DocumentsFunction")
        importlib.reload(handler)
        handler.router.cache_clear()
        monkeypatch.delenv("CORS_ALLOWED_ORIGINS")
        with pytest.raises(MissingSettingError, match="CORS_ALLOWED_ORIGINS"):
            importlib.reload(handler)
