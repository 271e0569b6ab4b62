"""A local AWS on a port of its own, and `make sam-local` over it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.e2e.world import Bucket
from tests.helpers.terminal import Terminal
from tools.local.stack import Stack
from tools.local.workspace import PROJECT, Workspace, free_port

START_SECONDS = 180  # with the pull of an image
STOP_SECONDS = 60


@pytest.fixture(scope="session")
def terminal() -> Iterator[Terminal]:
    """A terminal in which `make up` has run; nothing is left of it."""
    terminal = Terminal(free_port())
    try:
        terminal.make("up")
        yield terminal
    finally:
        terminal.make("reset")


@pytest.fixture(scope="session")
def bucket(terminal: Terminal) -> Bucket:
    """The bucket of pictures."""
    return Bucket(Stack(Workspace.for_port(terminal.port)))


@dataclass(frozen=True)
class SamLocal:
    """A running `make sam-local`."""

    terminal: Terminal
    process: subprocess.Popen[bytes]
    log: Path
    url: str

    def wait_until_it_answers(self) -> None:
        """SAM CLI listens when its containers are warm."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            try:
                httpx.get(f"{self.url}/health", timeout=60)
            except httpx.ConnectError:
                time.sleep(0.5)
            else:
                return

    def containers(self) -> list[str]:
        """Its containers, running or not, which mount what was built for them."""
        names = subprocess.run(
            ["docker", "ps", "--all", "--quiet"], capture_output=True, text=True, check=True
        )
        mounts = ["docker", "inspect", "--format", "{{.Name}} {{range .Mounts}}{{.Source}} {{end}}"]
        if not names.stdout:
            return []
        found = subprocess.run([*mounts, *names.stdout.split()], capture_output=True, text=True, check=False)
        place = str(Workspace.for_port(self.terminal.port).directory)
        return [line for line in found.stdout.splitlines() if place in line]

    def stop(self) -> None:
        """Ctrl-C, which a terminal sends to all that runs in it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            self.process.wait(STOP_SECONDS)


@pytest.fixture(scope="session")
def sam_local(terminal: Terminal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamLocal]:
    """The API in containers."""
    port, log = free_port(), tmp_path_factory.mktemp("sam-local") / "log"
    environment = os.environ | {"PORT": str(terminal.port), "SAM_PORT": str(port)}
    signal.signal(signal.SIGINT, signal.default_int_handler)  # make would inherit that it is ignored
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["make", "sam-local"],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = SamLocal(terminal, process, log, f"http://127.0.0.1:{port}")
    try:
        running.wait_until_it_answers()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def api(sam_local: SamLocal) -> Iterator[httpx.Client]:
    """A client, without a token."""
    with httpx.Client(base_url=sam_local.url, timeout=60) as client:
        yield client
