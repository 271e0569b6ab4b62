"""Polls for asynchronous effects."""

from collections.abc import Callable

from tools.waiting import wait_for

PATIENCE_SECONDS = 60


def eventually[T](look: Callable[[], T | None], seconds: float = PATIENCE_SECONDS) -> T:
    """Poll `look` until its result is truthy, and return it."""
    seen = wait_for(look, seconds)
    assert seen, f"nothing within {seconds} s"
    return seen
