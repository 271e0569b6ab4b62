"""A real browser: the system's, or the one that Playwright has downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without a sandbox, as in containers: it only opens local pages. Background requests are off.
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def running_browser(*arguments: str) -> Iterator[Browser]:
    """A headless browser. Tests that require it are skipped if it is missing."""
    with sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, _NAMES)), playwright.chromium.executable_path)
        if not Path(program).exists():
            pytest.skip("there is no Chromium here: install it, or run `playwright install chromium`")
        browser = playwright.chromium.launch(executable_path=program, args=[*_ARGUMENTS, *arguments])
        yield browser
        browser.close()
