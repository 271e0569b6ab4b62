"""Paths of the project, and the files, keys and environment variables of one local stack."""

import os
import platform
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
DEFAULT_PORT = 4566
_TOOLS = PROJECT / ".local" / "tools"
_ARCHITECTURES = {"aarch64": "arm64", "arm64": "arm64"}
_NO_REAL_AWS = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def host_architecture() -> str:
    """The processor of this machine, as Lambda names it."""
    return _ARCHITECTURES.get(platform.machine().lower(), "x86_64")


def tool(environment: str, program: str) -> str:
    """The path of a program in one of the environments that `make` creates."""
    return str(_TOOLS / environment / "bin" / program)


def free_port() -> int:
    """A free port on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Workspace:
    """The port and the directory of one local stack."""

    port: int
    directory: Path

    @classmethod
    def for_port(cls, port: int) -> "Workspace":
        """The workspace that `make up` uses for a port."""
        return cls(port, PROJECT / ".local" / str(port))

    @property
    def endpoint(self) -> str:
        """The endpoint URL of all AWS services."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def make(self) -> str:
        """The command `make` for this stack."""
        return "make" if self.port == DEFAULT_PORT else f"PORT={self.port} make"

    @property
    def log(self) -> Path:
        """The log of the emulator."""
        return self.directory / "ministack.log"

    def keys(self) -> dict[str, str]:
        """The random access keys of the local account, which the first call creates."""
        path = self.directory / "keys"
        if not path.exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(f"{secrets.token_hex(10).upper()}\n{secrets.token_urlsafe(30)}\n")
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        return dict(zip(names, path.read_text().split(), strict=True))

    def client_environment(self) -> dict[str, str]:
        """Variables for clients of the local stack, which must not reach a real AWS account."""
        local = {"AWS_ENDPOINT_URL": self.endpoint, "NO_PROXY": "127.0.0.1,localhost"}
        return _NO_REAL_AWS | self.keys() | local

    def emulator_environment(self) -> dict[str, str]:
        """Variables for the emulator. Functions inherit them, so there are few, without AWS_ENDPOINT_URL."""
        names = ("HOME", "LANG", "LC_ALL", "PATH")
        inherited = {name: os.environ[name] for name in names if name in os.environ}
        return inherited | _NO_REAL_AWS | self.keys()

    def sam_environment(self) -> dict[str, str]:
        """Variables for SAM CLI: those of the shell, for uv's cache and proxies, except for AWS."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        path = [str(PROJECT / ".venv" / "bin"), str(_TOOLS / "uv" / "bin"), os.environ.get("PATH", "")]
        sam = {"PATH": os.pathsep.join(path), "SAM_CLI_POLL_DELAY": "0.5", "SAM_CLI_TELEMETRY": "0"}
        return inherited | self.client_environment() | sam
