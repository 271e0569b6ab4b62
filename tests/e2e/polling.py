"""Polls for asynchronous effects."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 60
_POLL_SECONDS = 0.2


def eventually[T](look: Callable[[], T | None], seconds: float = PATIENCE_SECONDS) -> T:
    """Poll `look` until its result is truthy, and return it."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        time.sleep(_POLL_SECONDS)
    return seen
