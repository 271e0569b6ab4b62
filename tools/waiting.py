"""Waits for a condition."""

import time
from collections.abc import Callable

import httpx

_PAUSE_SECONDS = 0.1


def wait_for(condition: Callable[[], object], seconds: float) -> bool:
    """Wait until a condition holds; return whether it did in time."""
    deadline = time.monotonic() + seconds
    while not (holds := bool(condition())) and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)
    return holds


def responds(url: str) -> bool:
    """Whether a GET request succeeds."""
    try:
        return httpx.get(url, timeout=30).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
