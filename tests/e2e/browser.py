"""A real browser: the system's, or the one that Playwright has downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, Request, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without a sandbox, as in containers: it only opens local pages. Background requests are off.
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def running_browser(*arguments: str) -> Iterator[Browser]:
    """A headless browser. Tests that require it are skipped if it is missing."""
    with sync_playwright() as playwright:
        program = _program(playwright)
        if program is None:
            pytest.skip("there is no Chromium here: install it, or run `playwright install chromium`")
        browser = playwright.chromium.launch(executable_path=program, args=[*_ARGUMENTS, *arguments])
        yield browser
        browser.close()


def _program(playwright: Playwright) -> str | None:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)


class Reader:
    """A person who reads the page, on a screen of this width, and tries the API out."""

    def __init__(self, browser: Browser, url: str, *, width: int = 1280) -> None:
        self.url = url
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900})
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._saw)

    def open(self) -> None:
        """Open the page and wait for its content."""
        self.page.goto(f"{self.url}/docs")
        self.page.wait_for_selector(".opblock")

    def operations(self) -> set[str]:
        """The operations that the page shows: `Users-createUser`."""
        ids = self.page.locator(".opblock").evaluate_all("blocks => blocks.map(block => block.id)")
        return {name.removeprefix("operations-") for name in ids}

    def enter_token(self, token: str) -> None:
        """Enter the token."""
        self.page.click(".btn.authorize")
        self.page.fill(".auth-container input", token)
        self.page.click(".auth-btn-wrapper .authorize")
        self.page.click(".auth-btn-wrapper .btn-done")

    def send(self, operation: str, body: str | None = None, **parameters: str) -> Locator:
        """Try an operation out; return the element that will show the response."""
        block = self.page.locator(f"#operations-{operation}")
        block.locator(".opblock-summary-control").click()
        for name, value in parameters.items():
            block.locator(f'tr[data-param-name="{name}"] input').fill(value)
        if body is not None:
            block.locator("textarea.body-param__text").fill(body)
        block.locator(".execute").click()
        return block.locator(".live-responses-table")

    def execute(self, operation: str, body: str | None = None) -> tuple[str, str]:
        """Try an operation out: the status and the body that the page shows."""
        response = self.send(operation, body)
        response.wait_for()
        status = response.locator(".response-col_status").last.inner_text()
        return status.strip(), response.locator(".highlight-code code").first.inner_text()

    def is_wider_than_the_screen(self) -> bool:
        """Whether the page scrolls horizontally."""
        script = "document.documentElement.scrollWidth > window.innerWidth"
        return bool(self.page.evaluate(script))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _saw(self, request: Request) -> None:
        self.requests.append(request.url)
