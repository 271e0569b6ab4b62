"""The OpenAPI document over HTTP; in a real browser, the page at /docs and the diagrams of all pages."""

import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.e2e.browser import running_browser
from tests.e2e.polling import eventually
from tests.e2e.services import Bucket
from tests.helpers.document import DOCUMENT, operations
from tests.helpers.markdown import blocks, pages
from tests.helpers.pictures import quadrants, saved
from tools.local.stack import Stack

WIDE, NARROW = 1280, 390
MERMAID, SCRIPT = "mermaid@11.17.2", "package/dist/mermaid.min.js"
DIAGRAMS = [block.text for page in pages() for block in blocks(page) if block.language == "mermaid"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser."""
    with running_browser() as browser:
        yield browser


def enter_token(page: Page, token: str) -> None:
    """Enter the token."""
    page.click(".btn.authorize")
    page.fill(".auth-container input", token)
    page.click(".auth-btn-wrapper .authorize")
    page.click(".auth-btn-wrapper .btn-done")


def send(page: Page, operation: str, body: str | None = None, **parameters: str) -> Locator:
    """Try an operation out, which must be folded; return the element that will show the response."""
    block = page.locator(f"#operations-{operation}")
    block.locator(".opblock-summary-control").click()
    for name, value in parameters.items():
        block.locator(f'tr[data-param-name="{name}"] input').fill(value)
    if body is not None:
        block.locator("textarea.body-param__text").fill(body)
    block.locator(".execute").click()
    return block.locator(".live-responses-table")


def execute(page: Page, operation: str, body: str | None = None) -> tuple[str, str]:
    """Try an operation out and fold it again: the status and the body that the page shows."""
    response = send(page, operation, body)
    response.wait_for()
    status = response.locator(".response-col_status").last.inner_text()
    shown = response.locator(".highlight-code code").first.inner_text()
    for control in (".btn-clear", ".opblock-summary-control"):
        page.click(f"#operations-{operation} {control}")
    return status.split()[0], shown


def test_the_document_is_the_committed_one_and_leads_to_its_api(anonymous: httpx.Client, url: str) -> None:
    """Without a token."""
    response = anonymous.get("/openapi.json")
    assert (response.status_code, response.json()) == (200, DOCUMENT)
    assert response.headers["content-type"] == "application/json"
    server = urljoin(f"{url}/openapi.json", DOCUMENT["servers"][0]["url"])
    assert anonymous.get(f"{server.rstrip('/')}/health").json() == {"status": "ok"}


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_page_shows_operations_and_their_responses(
    browser: Browser, stack: Stack, api: httpx.Client, new_user: Callable[[], dict[str, str]], width: int
) -> None:
    """On a desktop and on a phone, without errors and without requests to anything but the API."""
    page, complaints, hosts = browser.new_page(viewport={"width": width, "height": 900}), [], set()
    page.on("console", lambda message: complaints.append((message.type, message.text)))
    page.on("pageerror", lambda error: complaints.append(("error", str(error))))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{stack.url()}/docs")
    page.wait_for_selector(".opblock")

    names = {f"{each['tags'][0]}-{each['operationId']}" for _, _, each in operations()}
    ids = page.locator(".opblock").evaluate_all("blocks => blocks.map(block => block.id)")
    assert {name.removeprefix("operations-") for name in ids} == names | {"webhooks-userChanged"}
    assert execute(page, "Health-getHealth") == ("200", json.dumps({"status": "ok"}, indent=2))
    status, body = execute(page, "Users-findUsers")
    assert (status, json.loads(body)["title"]) == ("401", "Unauthorized")
    enter_token(page, stack.token())
    user = new_user()
    status, body = execute(page, "Users-createUser", json.dumps(user))
    response = json.loads(body)
    assert (status, response["message"]) == ("201", "User created successfully")
    assert response["user"] == api.get(f"/users/{user['userId']}").json()
    status, body = execute(page, "Users-findUsers")  # the same token, without being asked again
    assert (status, "users" in json.loads(body)) == ("200", True)

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert hosts - {""} == {urlsplit(stack.url()).netloc}
    problems = [text for kind, text in complaints if kind in {"error", "warning"}]
    assert [text for text in problems if "401" not in text] == []


def test_the_page_shows_a_thumbnail_that_another_host_serves(
    browser: Browser, stack: Stack, bucket: Bucket, api: httpx.Client, existing_user: dict[str, str]
) -> None:
    """The page is on `localhost`, and links to the bucket name `127.0.0.1`: two hosts, as on AWS."""
    path = f"/users/{existing_user['userId']}"
    form = api.post(f"{path}/avatar", json={"contentType": "image/png"}).json()
    bucket.put(form["key"], saved(quadrants((64, 64)), "PNG"))
    eventually(lambda: "avatar" in api.get(path).json())
    page = browser.new_page()
    page.goto(f"{stack.url()}/docs".replace("127.0.0.1", "localhost"))
    enter_token(page, stack.token())
    with page.expect_request(lambda request: urlsplit(request.url).netloc == urlsplit(stack.url()).netloc):
        send(page, "Avatars-getAvatar", userId=existing_user["userId"])
    page.wait_for_selector(".live-responses-table img")


@pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm here: it comes with Node.js")
def test_every_diagram_is_drawn(browser: Browser, tmp_path: Path) -> None:
    """By Mermaid, as on GitHub: it raises an error for a diagram that it cannot parse."""
    subprocess.run(["npm", "pack", "--silent", MERMAID], cwd=tmp_path, check=True)
    with tarfile.open(next(tmp_path.glob("*.tgz"))) as package:
        package.extract(SCRIPT, tmp_path, filter="data")
    page = browser.new_page()
    page.add_script_tag(path=tmp_path / SCRIPT)
    for diagram in DIAGRAMS:
        svg = page.evaluate("async (text) => (await mermaid.render('diagram', text)).svg", diagram)
        assert svg.startswith("<svg"), diagram
    assert DIAGRAMS
