"""GET /openapi.json and GET /docs over HTTP, as a browser or a generator of clients asks for them."""

import re
from urllib.parse import urljoin

import httpx

from tests.document import DOCUMENT


class TestDescription:
    """The description."""

    def test_is_the_committed_one_and_open_to_all(self, anonymous: httpx.Client) -> None:
        answer = anonymous.get("/openapi.json")
        assert (answer.status_code, answer.json()) == (200, DOCUMENT)
        assert answer.headers["content-type"] == "application/json"

    def test_is_not_sent_again_when_the_client_has_it(self, anonymous: httpx.Client) -> None:
        tag = anonymous.get("/openapi.json").headers["etag"]
        again = anonymous.get("/openapi.json", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")

    def test_leads_to_the_api_that_it_comes_from(self, anonymous: httpx.Client, url: str) -> None:
        server = urljoin(f"{url}/openapi.json", DOCUMENT["servers"][0]["url"])
        assert server == f"{url}/"
        assert anonymous.get(f"{server.rstrip('/')}/health").json() == {"status": "ok"}


class TestPage:
    """The page for people."""

    def test_loads_what_is_there_and_may_be_kept(self, anonymous: httpx.Client, url: str) -> None:
        page = anonymous.get("/docs")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        loaded = re.findall(r'(?:src|href)="(docs/[^"]+)"', page.text)
        assert len(loaded) == 4
        for path in loaded:
            answer = anonymous.get(urljoin(f"{url}/docs", path))
            assert answer.status_code == 200
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "immutable" in answer.headers["cache-control"]

    def test_is_found_with_a_slash_at_the_end(self, anonymous: httpx.Client, url: str) -> None:
        answer = anonymous.get("/docs/", follow_redirects=True)
        assert (answer.status_code, str(answer.url)) == (200, f"{url}/docs")

    def test_nothing_else_is_there(self, anonymous: httpx.Client) -> None:
        for path in ("/docs/page.html", "/docs/none.js", "/docs/..%2fopenapi.json"):
            assert anonymous.get(path).status_code == 404
        answer = anonymous.post("/docs")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, OPTIONS")
