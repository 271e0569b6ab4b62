"""A local stack on a port of its own, and `make sam-local` with it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import httpx
import pytest

from tests.e2e.polling import eventually
from tests.e2e.services import Bucket
from tests.helpers.terminal import Terminal
from tools.local.stack import Stack
from tools.local.workspace import PROJECT, free_port

START_SECONDS = 180  # including the pull of an image
STOP_SECONDS = 60


@pytest.fixture(scope="session")
def terminal() -> Iterator[Terminal]:
    """A terminal after `make up`. Its stack is deleted afterwards."""
    terminal = Terminal(free_port())
    try:
        terminal.make("up")
        yield terminal
    finally:
        terminal.make("reset")


@pytest.fixture(scope="session")
def bucket(terminal: Terminal) -> Bucket:
    """The bucket of images."""
    return Bucket(Stack(terminal.workspace))


@dataclass(frozen=True)
class SamLocal:
    """A running `make sam-local`."""

    terminal: Terminal
    process: subprocess.Popen[bytes]
    url: str

    def containers(self) -> list[str]:
        """The ids of its containers, which mount directories of the workspace."""
        mounts = "{{.ID}} {{.Mounts}}"
        command = ["docker", "ps", "--all", "--no-trunc", "--format", mounts]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        return [line for line in lines if str(self.terminal.workspace.directory) in line]

    def stop(self) -> None:
        """Ctrl-C, which a terminal sends to all processes that run in it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            self.process.wait(STOP_SECONDS)


@pytest.fixture(scope="session")
def sam_local(terminal: Terminal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamLocal]:
    """The API in containers."""
    port, log = free_port(), tmp_path_factory.mktemp("sam-local") / "log"
    variables = os.environ | {"PORT": str(terminal.port), "SAM_PORT": str(port)}
    signal.signal(signal.SIGINT, signal.default_int_handler)  # make would inherit that it is ignored
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["make", "sam-local"],
            cwd=PROJECT,
            env=variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = SamLocal(terminal, process, f"http://127.0.0.1:{port}")

    def responds() -> bool:  # as soon as its containers are warm
        assert process.poll() is None, log.read_text()
        with suppress(httpx.ConnectError):
            return bool(httpx.get(f"{running.url}/health", timeout=60))
        return False

    try:
        eventually(responds, START_SECONDS)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def api(sam_local: SamLocal) -> Iterator[httpx.Client]:
    """A client without a token."""
    with httpx.Client(base_url=sam_local.url, timeout=60) as client:
        yield client
