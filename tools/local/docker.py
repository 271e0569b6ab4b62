"""Connects Docker containers with the local stack, which listens on 127.0.0.1 only."""

import errno
import shutil
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.local.console import LocalRunError
from tools.local.workspace import host_architecture

HOST = "host.docker.internal"
GATEWAY = "host-gateway"  # Docker's name for the address of its host
LOOPBACK = "127.0.0.1"
_IMAGE = f"public.ecr.aws/lambda/python:3.13-{host_architecture()}"
_PYTHON = "/var/lang/bin/python3"
_RESOLVE = "import socket, sys; print(socket.gethostbyname(sys.argv[1]))"
_CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)"


def require_docker() -> None:
    """Raise LocalRunError if Docker is not running."""
    if not shutil.which("docker") or _docker("version").returncode != 0:
        raise LocalRunError(
            "sam local requires Docker, which is not running: https://docs.docker.com/get-started/get-docker"
        )


@contextmanager
def host_port(port: int) -> Iterator[None]:
    """Let containers connect to `HOST` and this port of loopback while the block runs."""
    address = _in_container(_RESOLVE, HOST).stdout.strip()
    if not address:
        raise LocalRunError(f"Docker cannot run {_IMAGE}. Try: docker pull {_IMAGE}")
    with forwarding(address, port):
        if _in_container(_CONNECT, HOST, str(port)).returncode != 0:
            raise LocalRunError(
                f"Containers cannot reach port {port} of this machine at {address}: see docs/sam-local.md"
            )
        yield


def remove_mounting(directories: Iterable[Path]) -> None:
    """Remove the containers that mount one of these directories."""
    filters = [part for directory in directories for part in ("--filter", f"volume={directory}")]
    containers = _docker("ps", "--all", "--quiet", *filters).stdout.split()
    if containers:
        _docker("rm", "--force", *containers)


@contextmanager
def forwarding(address: str, port: int) -> Iterator[None]:
    """Forward TCP connections from `address` to the same port of loopback while the block runs.

    Docker on Linux needs this for the address of its bridge. Docker in a virtual machine forwards
    connections itself: its address does not belong to this machine.
    """
    try:
        server = _Server((address, port), _Relay)
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL:
            raise
        yield
        return
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


class _Relay(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        port = self.request.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)) as upstream:
            responses = threading.Thread(target=_copy, args=(upstream, self.request), daemon=True)
            responses.start()
            _copy(self.request, upstream)
            responses.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    allow_reuse_port = True  # several commands can run at once, and end in any order
    daemon_threads = True


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # either side can close the connection
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _in_container(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    options = ["--rm", "--add-host", f"{HOST}:{GATEWAY}", "--entrypoint", _PYTHON]
    return _docker("run", *options, _IMAGE, "-c", program, *arguments)


def _docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)  # noqa: S607
