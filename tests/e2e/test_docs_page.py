"""The page at /docs in a real browser."""

import json
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser

from local.stack import Stack
from tests.document import operations
from tests.e2e.browser import Reader, running_browser

WIDE, NARROW = 1280, 390


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser."""
    with running_browser() as browser:
        yield browser


@pytest.fixture(params=[WIDE, NARROW])
def reader(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Reader]:
    """A person before the open page, which calls nobody but the API and complains about nothing."""
    reader = Reader(browser, url, width=request.param)
    reader.open()
    yield reader
    reader.page.close()
    assert {urlsplit(called).netloc for called in reader.requests} == {urlsplit(url).netloc}
    assert reader.complaints == []


class TestPage:
    """What a person sees, on a desk and on a telephone."""

    def test_shows_every_operation(self, reader: Reader) -> None:
        described = [operation for _, _, operation in operations()]
        names = {f"{operation['tags'][0]}-{operation['operationId']}" for operation in described}
        assert reader.operations() == names
        assert not reader.is_wider_than_the_screen()

    def test_shows_the_answer_of_an_open_operation(self, reader: Reader) -> None:
        status, body = reader.execute("Health-getHealth")
        assert (status, json.loads(body)) == ("200", {"status": "ok"})

    def test_shows_the_answer_to_a_request_with_the_token(
        self, reader: Reader, stack: Stack, api: httpx.Client, new_user: Callable[[], dict[str, str]]
    ) -> None:
        reader.enter_token(stack.token())
        user = new_user()
        status, body = reader.execute("Users-createUser", json.dumps(user))
        answer = json.loads(body)
        assert (status, answer["message"]) == ("201", "User created successfully")
        assert answer["user"] == api.get(f"/users/{user['userId']}").json()
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
