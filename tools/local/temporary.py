"""A stack for a while, on a free port and in a directory of its own: it runs beside `make up`."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.local.console import step
from tools.local.emulator import Emulator
from tools.local.stack import Stack
from tools.local.workspace import Workspace

UNTHROTTLED = {"ThrottlingRateLimit": "10000", "ThrottlingBurstLimit": "5000"}


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def temporary_stack() -> Iterator[Stack]:
    """The stack without limits of its rate; nothing of it stays behind."""
    with TemporaryDirectory(prefix="users-api-") as directory:
        workspace = Workspace(free_port(), Path(directory))
        emulator, stack = Emulator(workspace), Stack(workspace)
        try:
            with step("Starting a local AWS of its own"):
                emulator.start()
            with step("Building and deploying"):
                stack.build()
                stack.deploy(**UNTHROTTLED)
                stack.wait_until_healthy()
            yield stack
        finally:
            emulator.stop()
