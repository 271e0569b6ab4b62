"""The OpenAPI document over HTTP, and the page at /docs in a real browser."""

import json
from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import Reader, running_browser
from tests.e2e.polling import eventually
from tests.e2e.services import Bucket
from tests.helpers.document import DOCUMENT, operations
from tests.helpers.pictures import quadrants, saved
from tools.local.stack import Stack

WIDE, NARROW = 1280, 390


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser."""
    with running_browser() as browser:
        yield browser


@pytest.fixture(params=[WIDE, NARROW])
def reader(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Reader]:
    """A reader of the open page, which sends requests only to the API and has no errors."""
    reader = Reader(browser, url, width=request.param)
    reader.open()
    yield reader
    reader.page.close()
    assert {urlsplit(called).netloc for called in reader.requests if urlsplit(called).netloc} == {
        urlsplit(url).netloc
    }
    assert reader.complaints == []


def test_the_document_is_the_committed_one_and_leads_to_its_api(anonymous: httpx.Client, url: str) -> None:
    """Without a token."""
    response = anonymous.get("/openapi.json")
    assert (response.status_code, response.json()) == (200, DOCUMENT)
    assert response.headers["content-type"] == "application/json"
    server = urljoin(f"{url}/openapi.json", DOCUMENT["servers"][0]["url"])
    assert anonymous.get(f"{server.rstrip('/')}/health").json() == {"status": "ok"}


class TestPage:
    """The page on a desktop and on a phone."""

    def test_shows_every_operation(self, reader: Reader) -> None:
        described = [operation for _, _, operation in operations()]
        names = {f"{operation['tags'][0]}-{operation['operationId']}" for operation in described}
        assert reader.operations() == names | {"webhooks-userChanged"}
        assert not reader.is_wider_than_the_screen()

    def test_shows_the_response_of_an_open_operation(self, reader: Reader) -> None:
        status, body = reader.execute("Health-getHealth")
        assert (status, json.loads(body)) == ("200", {"status": "ok"})

    def test_shows_the_response_to_a_request_with_a_token(
        self, reader: Reader, stack: Stack, api: httpx.Client, new_user: Callable[[], dict[str, str]]
    ) -> None:
        reader.enter_token(stack.token())
        user = new_user()
        status, body = reader.execute("Users-createUser", json.dumps(user))
        response = json.loads(body)
        assert (status, response["message"]) == ("201", "User created successfully")
        assert response["user"] == api.get(f"/users/{user['userId']}").json()
        assert not reader.is_wider_than_the_screen()
        status, body = reader.execute("Users-findUsers")  # the same token, without being asked again
        assert status == "200"
        assert "users" in json.loads(body)

    def test_shows_that_a_token_is_needed(self, browser: Browser, url: str) -> None:
        reader = Reader(browser, url)
        reader.open()
        status, body = reader.execute("Users-findUsers")
        reader.page.close()
        assert (status.split()[0], json.loads(body)["title"]) == ("401", "Unauthorized")

    def test_shows_a_thumbnail_that_another_host_serves(
        self, browser: Browser, stack: Stack, bucket: Bucket, api: httpx.Client, existing_user: dict[str, str]
    ) -> None:
        """The page is on `localhost`, and links to the bucket name `127.0.0.1`: two hosts, as on AWS."""
        path = f"/users/{existing_user['userId']}"
        form = api.post(f"{path}/avatar", json={"contentType": "image/png"}).json()
        bucket.put(form["key"], saved(quadrants((64, 64)), "PNG"))
        eventually(lambda: "avatar" in api.get(path).json())
        reader = Reader(browser, stack.url().replace("127.0.0.1", "localhost"))
        reader.open()
        reader.enter_token(stack.token())
        reader.send("Avatars-getAvatar", userId=existing_user["userId"])
        reader.page.wait_for_selector(".live-responses-table img")
        reader.page.close()
        assert urlsplit(stack.url()).netloc in {urlsplit(called).netloc for called in reader.requests}
