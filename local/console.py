"""What a person at the terminal sees: each step with its duration, and what to do when one fails."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class LocalRunError(Exception):
    """Something that a person has to put right. The text says what is wrong and what to do."""


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show `title` while the work inside is done, then how long it took."""
    print(f"  {title} ...", end="", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed", file=sys.stderr, flush=True)
        raise
    print(f" {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
