"""Waiting for what happens after a response."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 60
_POLL_SECONDS = 0.2


def eventually[T](look: Callable[[], T | None], seconds: float = PATIENCE_SECONDS) -> T:
    """What `look` sees, as soon as that is something."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        time.sleep(_POLL_SECONDS)
    return seen
