"""Waits for a condition."""

import time
from collections.abc import Callable

import httpx

_PAUSE_SECONDS = 0.1


def wait_for[T](look: Callable[[], T], seconds: float) -> T:
    """Call `look` until its result is truthy or the time is over; return the last result."""
    deadline = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)
    return seen


def responds(url: str) -> bool:
    """Whether a GET request succeeds."""
    try:
        return httpx.get(url, timeout=30).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
