"""The make targets of the local stack, run in a terminal on a port of their own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import Tables
from tests.e2e.load import Load
from tests.e2e.polling import eventually
from tests.e2e.services import Bucket
from tests.helpers.terminal import Terminal
from tools.local.__main__ import up
from tools.local.console import LocalRunError
from tools.local.emulator import Emulator
from tools.local.stack import Stack
from tools.local.workspace import PROJECT, Workspace, free_port

KILLS = 2  # more than 10 seconds pass from the first write to the last one


def has_saved(workspace: Workspace, user: bytes) -> bool:
    """Whether the last snapshot contains a user."""
    try:
        tables = (workspace.directory / "saved").glob("*/state/dynamodb.json")
        return any(user in path.read_bytes() for path in tables)
    except FileNotFoundError:  # a newer snapshot has replaced it
        return False


def kill(workspace: Workspace) -> None:
    """Kill the emulator, as in a crash."""
    os.kill(int((workspace.directory / "ministack.pid").read_text()), signal.SIGKILL)


def flood(stack: Stack, function: str, *, events: int) -> None:
    """Add old events to the log of a function."""
    group, logs = stack.function_log_groups()[function], stack.aws.client("logs")
    stream = {"logGroupName": group, "logStreamName": "flood"}
    logs.create_log_stream(**stream)
    hour_ago = int(time.time() - 3600) * 1000
    logs.put_log_events(**stream, logEvents=[{"timestamp": hour_ago, "message": "START"}] * events)


@pytest.fixture(scope="module")
def terminal() -> Iterator[Terminal]:
    """A terminal. Its stack is deleted afterwards."""
    terminal = Terminal(free_port())
    yield terminal
    terminal.make("reset")


class TestUp:
    """`make up` and the commands after it. The tests depend on each other, in this order."""

    def test_prints_curl_commands_that_work_when_pasted(self, terminal: Terminal) -> None:
        result = terminal.run("make", "up")
        for step in ("Starting", "Building", "Deploying"):
            assert re.search(rf"{step} .* \d+\.\d s\n", result.stderr), result.stderr
        guide = result.stdout.split("The API:", 1)[1]
        commands = [line for line in guide.splitlines() if line.startswith("  ")]
        pasted = terminal.run("bash", "-euc", "\n".join(commands))
        statuses = re.findall(r"HTTP/1.1 (\d+)", pasted.stdout)
        assert statuses == ["200", "201", "200", "200", "200"], pasted.stdout + pasted.stderr

    def test_deploys_again_without_a_restart(
        self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for step in ("build", "deploy", "wait_until_healthy"):
            monkeypatch.setattr(Stack, step, lambda *_, **__: None)
        up(terminal.workspace)
        assert "Starting" not in capsys.readouterr().err

    def test_shares_nothing_with_another_stack(self, terminal: Terminal, api: httpx.Client) -> None:
        kept = {"userId": "kept", "name": "John Doe", "email": "kept@example.com"}
        assert terminal.request("POST", "/users", json=kept).status_code == 201
        assert api.get("/users/kept").status_code == 404
        foreign = {"Authorization": f"Bearer {terminal.make('-s', 'token').strip()}"}
        assert api.get("/users", headers=foreign).status_code == 401

    def test_prints_tokens_and_the_newest_logs(self, terminal: Terminal) -> None:
        assert len(terminal.make("-s", "token", "SCOPES=users/read").split(".")) == 3
        flood(Stack(terminal.workspace), "UsersApiFunction", events=10_000)
        assert terminal.users() == ["kept"]
        [line] = terminal.make("-s", "logs", "FUNCTION=UsersApiFunction", "TAIL=1").splitlines()
        assert '"operation":"find_users"' in line

    def test_follows_logs(self, terminal: Terminal, tmp_path: Path) -> None:
        output = tmp_path / "output"
        command = ["make", "-s", "logs", "FOLLOW=1", "TAIL=1", f"PORT={terminal.port}"]
        with output.open("w") as file:
            following = subprocess.Popen(command, cwd=PROJECT, stdout=file, start_new_session=True)
        try:
            eventually(lambda: output.read_text().count("\n") == 1)
            assert terminal.users() == ["kept"]
            eventually(lambda: '"operation":"find_users"' in output.read_text().partition("\n")[2])
        finally:
            os.killpg(following.pid, signal.SIGTERM)
            following.wait(timeout=10)

    @pytest.mark.parametrize(
        ("command", "advice"),
        [
            (["token", "SCOPES=users/fly"], "Valid scopes: users/read, users/write"),
            (["logs", "FUNCTION=Nothing"], "UsersApiFunction"),
        ],
    )
    def test_says_what_is_wrong(self, terminal: Terminal, command: list[str], advice: str) -> None:
        result = terminal.run("make", *command)
        assert result.returncode != 0
        assert advice in result.stderr
        assert "Traceback" not in result.stderr

    def test_restores_the_last_snapshot_after_a_crash(self, terminal: Terminal) -> None:
        workspace = terminal.workspace
        eventually(lambda: has_saved(workspace, b"kept"))
        log = workspace.log.read_text()
        bucket = Bucket(Stack(workspace))
        kill(workspace)
        unsaved = workspace.directory / "s3" / "000000000000" / bucket.name / "uploads" / "unsaved"
        unsaved.parent.mkdir(parents=True, exist_ok=True)
        unsaved.write_text("an object that MiniStack has written, but that no snapshot contains")

        result = terminal.run("make", "up")

        assert result.returncode == 0, result.stderr
        assert "The emulator crashed" in result.stderr
        assert (workspace.directory / "ministack.previous.log").read_text().startswith(log)
        assert bucket.keys() == []
        assert terminal.users() == ["kept"]

    def test_loses_at_most_seconds_when_it_is_killed(self, terminal: Terminal) -> None:
        """Tables and bucket return to the same moment, and `make down` loses nothing."""
        workspace = terminal.workspace
        emulator, load, tables = Emulator(workspace), Load(workspace), Tables(Stack(workspace))
        for _ in range(KILLS):
            load.run_until(lambda: kill(workspace))
            emulator.start()
            load.assert_kept()
        assert load.certain()
        users = tables.items("UsersTableName")
        terminal.make("down")
        assert "make up" in terminal.run("make", "url").stderr
        emulator.start()
        assert tables.items("UsersTableName") == users
        emulator.stop()

    def test_deletes_all_data_on_reset(self, terminal: Terminal) -> None:
        terminal.make("reset")
        assert not terminal.workspace.directory.exists()


class TestFailure:
    """A step that fails prints what to do, and leaves no running process."""

    def test_of_the_port_names_another(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            terminal = Terminal(server.getsockname()[1])
            result = terminal.run("make", "up")
        shutil.rmtree(terminal.workspace.directory)
        assert result.returncode != 0
        assert f"Another program uses port {terminal.port}" in result.stderr
        assert "make up" in result.stderr

    def test_of_the_build_stops_the_emulator(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        def fail(_: Stack) -> None:
            raise LocalRunError("sam build failed")

        monkeypatch.setattr(Stack, "build", fail)
        workspace = Workspace(free_port(), tmp_path)
        with pytest.raises(LocalRunError):
            up(workspace)
        assert not Emulator(workspace).is_running()
