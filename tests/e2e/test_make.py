"""The commands of the Makefile, as a person at a terminal runs them, on a port of their own."""

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

from tests.e2e.awaiting import eventually
from tests.e2e.load import Load
from tests.e2e.world import Bucket
from tests.helpers.terminal import Terminal
from tools.local.console import LocalRunError
from tools.local.emulator import Emulator
from tools.local.stack import Stack
from tools.local.workspace import PROJECT, Workspace, free_port

KILLS = 4


def has_saved(workspace: Workspace, user: bytes) -> bool:
    """Whether a user is in what would be there after a crash."""
    try:
        tables = (workspace.directory / "saved").glob("*/state/dynamodb.json")
        return any(user in path.read_bytes() for path in tables)
    except FileNotFoundError:  # there is a newer save
        return False


def kill(workspace: Workspace) -> None:
    """End the local AWS as a crash does."""
    os.kill(int((workspace.directory / "ministack.pid").read_text()), signal.SIGKILL)


@pytest.fixture(scope="module")
def terminal() -> Iterator[Terminal]:
    """A terminal on a port of its own; nothing is left of its stack."""
    terminal = Terminal(free_port())
    yield terminal
    terminal.make("reset")


def flood(stack: Stack, function: str, *, events: int) -> None:
    """Add old events to the log of a function: as many as one answer about them can hold."""
    group, logs = stack.function_log_groups()[function], stack.aws.client("logs")
    place = {"logGroupName": group, "logStreamName": "flood"}
    logs.create_log_stream(**place)
    old = int(time.time() - 3600) * 1000
    logs.put_log_events(**place, logEvents=[{"timestamp": old, "message": "START"}] * events)


class TestUp:
    """`make up` and what comes after it. The tests are steps of one story, in this order."""

    def test_prints_curl_lines_that_work_when_pasted(self, terminal: Terminal) -> None:
        guide = terminal.make("up").split("The API:", 1)[1]
        lines = [line for line in guide.splitlines() if line.startswith("  ")]

        pasted = terminal.run("bash", "-euc", "\n".join(lines))

        statuses = re.findall(r"HTTP/1.1 (\d+)", pasted.stdout)
        assert statuses == ["200", "201", "200", "200", "200"], pasted.stdout + pasted.stderr

    def test_shows_each_step_with_its_duration_and_deploys_again(self, terminal: Terminal) -> None:
        terminal.create("kept")
        result = terminal.run("make", "up")
        assert "Starting" not in result.stderr
        assert re.search(r"Building .* \d+\.\d s\n", result.stderr)
        assert re.search(r"Deploying .* \d+\.\d s\n", result.stderr)
        assert terminal.users() == ["kept"]

    def test_shares_nothing_with_another_stack(self, terminal: Terminal, api: httpx.Client) -> None:
        assert api.get("/users/kept").status_code == 404
        foreign = {"Authorization": f"Bearer {terminal.make('-s', 'token').strip()}"}
        assert api.get("/users", headers=foreign).status_code == 401

    def test_prints_tokens_and_logs(self, terminal: Terminal) -> None:
        assert len(terminal.make("-s", "token", "SCOPES=users/read").split(".")) == 3
        assert '"operation":"create_user"' in terminal.make("logs", "FUNCTION=UsersApiFunction")

    def test_prints_the_newest_logs_however_many_there_are(self, terminal: Terminal) -> None:
        flood(Stack(Workspace.for_port(terminal.port)), "UsersApiFunction", events=10_000)
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

    def test_works_again_after_a_kill_that_came_before_any_stop(self, terminal: Terminal) -> None:
        """What was not saved is gone, pictures included."""
        workspace = Workspace.for_port(terminal.port)
        eventually(lambda: has_saved(workspace, b"kept"))
        log = workspace.log.read_text()
        bucket = Bucket(Stack(workspace))
        kill(workspace)
        lost = workspace.directory / "s3" / "000000000000" / bucket.name / "uploads" / "lost"
        lost.parent.mkdir(parents=True, exist_ok=True)
        lost.write_text("what MiniStack had written, but not saved")

        result = terminal.run("make", "up")

        assert result.returncode == 0, result.stderr
        assert "The emulator crashed" in result.stderr
        assert (workspace.directory / "ministack.previous.log").read_text().startswith(log)
        assert bucket.keys() == []
        assert terminal.users() == ["kept"]

    def test_keeps_users_over_down_and_up(self, terminal: Terminal) -> None:
        terminal.make("down")
        assert "make up" in terminal.run("make", "url").stderr
        terminal.make("up")
        assert terminal.users() == ["kept"]

    def test_loses_seconds_by_kills_and_nothing_by_halves(self, terminal: Terminal) -> None:
        workspace = Workspace.for_port(terminal.port)
        emulator, load = Emulator(workspace), Load(workspace)
        terminal.make("down")
        for _ in range(KILLS):
            emulator.start()
            load.assert_kept()
            load.run_until(lambda: kill(workspace))
        emulator.start()
        load.assert_kept()
        emulator.stop()
        assert load.certain()

    def test_forgets_users_after_a_reset(self, terminal: Terminal) -> None:
        terminal.make("reset")
        assert not Workspace.for_port(terminal.port).directory.exists()


class TestFailure:
    """A step that fails says what to do and leaves nothing half-started."""

    def test_of_a_taken_port_names_another(self, terminal: Terminal) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            other = Terminal(taken.getsockname()[1])
            result = other.run("make", "up")
        shutil.rmtree(Workspace.for_port(other.port).directory)
        assert result.returncode != 0
        assert f"Another program uses port {other.port}" in result.stderr
        assert "make up" in result.stderr
        assert terminal.port != other.port

    def test_of_a_build_stops_what_was_started(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        from tools.local.__main__ import up

        def fail(_: Stack) -> None:
            raise LocalRunError("sam build failed")

        monkeypatch.setattr(Stack, "build", fail)
        workspace = Workspace(free_port(), tmp_path_factory.mktemp("failing"))
        with pytest.raises(LocalRunError):
            up(workspace)
        assert not Emulator(workspace).stop()
