"""Connections from the bridge of Docker to loopback, and a message if Docker is not running."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools.local.docker import LOOPBACK, forwarding
from tools.local.workspace import PROJECT

BRIDGE = "127.0.0.2"
OTHER_MACHINE = "203.0.113.1"  # an address for documentation
LARGE = b"x" * 1_000_000


@pytest.fixture
def port() -> int:
    """The port of an echo server, which serves one connection."""
    server = socket.create_server((LOOPBACK, 0))

    def echo() -> None:
        with server, server.accept()[0] as connection:
            while data := connection.recv(65536):
                connection.sendall(data)

    threading.Thread(target=echo, daemon=True).start()
    return int(server.getsockname()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8, and uses a bridge")
def test_data_is_forwarded_both_ways_until_the_last_block_ends(port: int) -> None:
    """Several commands can forward at once."""
    with forwarding(BRIDGE, port):
        with forwarding(BRIDGE, port):
            pass
        with socket.create_connection((BRIDGE, port)) as client:
            threading.Thread(target=client.sendall, args=(LARGE,)).start()
            received = b""
            while len(received) < len(LARGE):
                received += client.recv(65536)
            client.shutdown(socket.SHUT_WR)
            assert client.recv(1) == b""
    assert received == LARGE
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((BRIDGE, port))


def test_nothing_listens_when_the_address_is_of_another_machine() -> None:
    """Docker in a virtual machine forwards connections itself."""
    with forwarding(OTHER_MACHINE, 4566):
        pass


@pytest.mark.parametrize("docker", [None, "#!/bin/sh\nexit 1\n"], ids=["missing", "stopped"])
def test_one_line_says_so_when_docker_does_not_run(tmp_path: Path, docker: str | None) -> None:
    """Without a traceback."""
    if docker:
        (tmp_path / "docker").write_text(docker)
        (tmp_path / "docker").chmod(0o700)
    command = [sys.executable, "-m", "tools.local", "sam-local"]
    path = {"PATH": f"{tmp_path}:/bin" if docker else str(tmp_path)}
    done = subprocess.run(command, cwd=PROJECT, env=path, capture_output=True, text=True, check=False)
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("sam local requires Docker")
    assert done.returncode == 1
