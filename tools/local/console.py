"""Terminal output: the progress of each step, and errors that the developer can fix."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class LocalRunError(Exception):
    """An error that the developer can fix. The message says what is wrong and what to do."""


def exit_code(command: Callable[[], int | None]) -> int:
    """Run a command; return its exit code or 0, 1 after a LocalRunError, 130 after Ctrl-C."""
    try:
        return command() or 0
    except LocalRunError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show `title` while the block runs, then its duration."""
    print(f"  {title} ...", end="", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed", file=sys.stderr, flush=True)
        raise
    print(f" {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
