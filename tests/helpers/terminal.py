"""A terminal in which a test runs the project's commands, on a port of its own."""

import os
import subprocess
from typing import Any

import httpx

from tools.local.stack import Stack
from tools.local.workspace import PROJECT, Workspace


class Terminal:
    """Runs `make` for one port; the output includes standard error."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.workspace = Workspace.for_port(port)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the project with PORT set."""
        environment = os.environ | {"PORT": str(self.port)}
        return subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    def make(self, *arguments: str) -> str:
        """Run `make`, which must succeed, and return its standard output."""
        result = self.run("make", *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The response of the API to a request with a new token."""
        stack = Stack(self.workspace)
        headers = {"Authorization": f"Bearer {stack.token()}"}
        return httpx.request(method, f"{stack.url()}{path}", headers=headers, timeout=60, **options)

    def users(self) -> list[str]:
        """The ids of all users."""
        return [user["userId"] for user in self.request("GET", "/users").json()["users"]]
