"""GET /openapi.json and GET /docs over HTTP, as a browser or a generator of clients asks for them."""

import re
from urllib.parse import urljoin

import httpx

from tests.helpers.document import DOCUMENT


class TestDescription:
    """The description."""

    def test_is_the_committed_one_and_open_to_all(self, anonymous: httpx.Client) -> None:
        answer = anonymous.get("/openapi.json")
        assert (answer.status_code, answer.json()) == (200, DOCUMENT)
        assert answer.headers["content-type"] == "application/json"

    def test_leads_to_the_api_that_it_comes_from(self, anonymous: httpx.Client, url: str) -> None:
        server = urljoin(f"{url}/openapi.json", DOCUMENT["servers"][0]["url"])
        assert server == f"{url}/"
        assert anonymous.get(f"{server.rstrip('/')}/health").json() == {"status": "ok"}


class TestPage:
    """The page for people."""

    def test_is_one_document_that_needs_no_other_host(self, anonymous: httpx.Client) -> None:
        page = anonymous.get("/docs")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert not re.search(r"<(?:script|link|img)[^>]*(?:src|href)=(?!.data:)", page.text)

    def test_has_one_method(self, anonymous: httpx.Client) -> None:
        answer = anonymous.post("/docs")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, OPTIONS")
