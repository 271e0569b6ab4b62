"""Where things are: the project, and the files of one local stack, which is known by its port."""

import os
import platform
import secrets
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
DEFAULT_PORT = 4566
_TOOLS = PROJECT / ".local" / "tools"
_LAMBDA_ARCHITECTURES = {"aarch64": "arm64", "arm64": "arm64", "x86_64": "x86_64", "amd64": "x86_64"}
_PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH")
_NO_REAL_AWS = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def host_architecture() -> str:
    """Lambda's name for this machine's processor."""
    return _LAMBDA_ARCHITECTURES.get(platform.machine().lower(), "x86_64")


@dataclass(frozen=True)
class Workspace:
    """The directory of the stack on `port`, and the environments of the programs that work on it."""

    port: int
    directory: Path

    @classmethod
    def for_port(cls, port: int) -> "Workspace":
        """The place under the working copy where a stack lives from one `make up` to the next."""
        return cls(port, PROJECT / ".local" / str(port))

    @property
    def endpoint(self) -> str:
        """The URL of the local AWS."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def prefix(self) -> str:
        """What comes before `make` in a command for this stack."""
        return "" if self.port == DEFAULT_PORT else f"PORT={self.port} "

    @property
    def log(self) -> Path:
        """What the local AWS writes."""
        return self.directory / "ministack.log"

    def keys(self) -> dict[str, str]:
        """The keys of the local account's root, made once: nothing else signs what the local AWS takes."""
        path = self.directory / "keys"
        if not path.exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(f"{secrets.token_hex(10).upper()}\n{secrets.token_urlsafe(30)}\n")
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        return dict(zip(names, path.read_text().split(), strict=True))

    def client_environment(self) -> dict[str, str]:
        """For programs that talk to the local AWS and must not reach the real one."""
        where = {"AWS_ENDPOINT_URL": self.endpoint, "NO_PROXY": "127.0.0.1,localhost"}
        return _NO_REAL_AWS | self.keys() | where

    def emulator_environment(self) -> dict[str, str]:
        """For the local AWS, whose functions inherit it: little, and no AWS_ENDPOINT_URL."""
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return passed_on | _NO_REAL_AWS | self.keys()

    def sam_environment(self) -> dict[str, str]:
        """For SAM CLI: the caller's, so that uv finds cache and proxy, without a trace of the real AWS."""
        callers = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        search = [str(PROJECT / ".venv" / "bin"), str(_TOOLS / "uv" / "bin"), os.environ.get("PATH", "")]
        return (
            callers
            | self.client_environment()
            | {
                "PATH": os.pathsep.join(search),
                "SAM_CLI_POLL_DELAY": "0.5",
                "SAM_CLI_TELEMETRY": "0",
            }
        )


def tool(environment: str, program: str) -> str:
    """The path of a program in one of the environments that `make` sets up."""
    return str(_TOOLS / environment / "bin" / program)
