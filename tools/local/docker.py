"""Docker as `sam local` needs it: that it runs, and that its containers reach the local AWS."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.local.console import LocalRunError
from tools.local.forwarder import forwarding
from tools.local.workspace import host_architecture

HOST = "host.docker.internal"
GATEWAY = "host-gateway"  # Docker's word for the address at which containers reach its host
_IMAGE = f"public.ecr.aws/lambda/python:3.13-{host_architecture()}"
_PYTHON = "/var/lang/bin/python3"
_ADDRESS_OF = "import socket, sys; print(socket.gethostbyname(sys.argv[1]))"
_CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)"


def require_docker() -> None:
    """Refuse to go on where Docker does not answer."""
    if not shutil.which("docker") or _docker("version").returncode != 0:
        raise LocalRunError(
            "sam local needs Docker, which does not answer here: https://docs.docker.com/get-started/get-docker"
        )


@contextmanager
def reaching(port: int) -> Iterator[None]:
    """While inside, containers reach the port of this machine's loopback at `HOST`."""
    address = _in_container(_ADDRESS_OF, HOST).stdout.strip()
    if not address:
        raise LocalRunError(f"Docker cannot run {_IMAGE}: docker pull {_IMAGE}")
    with forwarding(address, port):
        if _in_container(_CONNECT, HOST, str(port)).returncode != 0:
            raise LocalRunError(
                f"Containers do not reach port {port} of this machine at {address}: see docs/sam-local.md"
            )
        yield


def remove_mounting(directories: Iterable[Path]) -> None:
    """Remove the containers that mount one of these directories."""
    filters = [part for directory in directories for part in ("--filter", f"volume={directory}")]
    left_over = _docker("ps", "--all", "--quiet", *filters).stdout.split()
    if left_over:
        _docker("rm", "--force", *left_over)


def _in_container(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    host = f"{HOST}:{GATEWAY}"
    return _docker(
        "run", "--rm", "--add-host", host, "--entrypoint", _PYTHON, _IMAGE, "-c", program, *arguments
    )


def _docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)  # noqa: S607
