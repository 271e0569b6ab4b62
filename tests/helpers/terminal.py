"""A terminal in which a test runs the project's commands, on a port of its own."""

import os
import subprocess

import httpx

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

    def users(self) -> list[str]:
        """The ids of all users, with a new token."""
        headers = {"Authorization": f"Bearer {self.make('-s', 'token').strip()}"}
        response = httpx.get(f"{self.make('-s', 'url').strip()}/users", headers=headers, timeout=60)
        return [user["userId"] for user in response.json()["users"]]

    def create(self, user_id: str) -> None:
        """Create a user."""
        headers = {"Authorization": f"Bearer {self.make('-s', 'token').strip()}"}
        body = {"userId": user_id, "name": "John Doe", "email": f"{user_id}@example.com"}
        url = self.make("-s", "url").strip()
        assert httpx.post(f"{url}/users", headers=headers, json=body, timeout=60).status_code == 201
