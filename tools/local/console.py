"""What a person at the terminal sees: each step with its duration, and what to do when one fails."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class LocalRunError(Exception):
    """Something that a person has to put right. The text says what is wrong and what to do."""


def exit_code(command: Callable[[], int | None]) -> int:
    """Run a command: its own code or 0, 1 when a person has to put something right, 130 after Ctrl-C."""
    try:
        return command() or 0
    except LocalRunError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


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
