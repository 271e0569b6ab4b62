"""Starts and stops MiniStack, the AWS emulator: one process that listens on 127.0.0.1 only."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from tools.local.console import LocalRunError
from tools.local.workspace import PROJECT, REGION, Workspace, tool
from tools.waiting import wait_for

START_SECONDS = 60
STOP_SECONDS = 30


class Emulator:
    """The MiniStack process of a workspace. Its data stays in the workspace when it stops."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pid_file = workspace.directory / "ministack.pid"
        self._lock_file = workspace.directory / "ministack.lock"
        self._previous_log = workspace.log.with_suffix(".previous.log")
        self._snapshots = workspace.directory / "saved"
        self._process: subprocess.Popen[bytes] | None = None  # only in the object that started it

    def is_running(self) -> bool:
        """Whether the process of this workspace runs and responds."""
        return self._is_alive() and self._responds()

    def start(self) -> None:
        """Restore the last snapshot, start in the background, and wait until it responds."""
        self.stop()  # in case it runs but does not respond
        self._check_port()
        self._restore()
        if self._workspace.log.exists():
            self._workspace.log.replace(self._previous_log)
        with self._workspace.log.open("w") as log, self._lock_file.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._process = subprocess.Popen(
                [tool("ministack", "python"), "-m", "tools.local.server"],
                cwd=PROJECT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock.fileno()],
            )
        self._pid_file.write_text(str(self._process.pid))
        self._wait_for_response(self._process)

    def stop(self) -> bool:
        """Stop the process, which first saves its data; return whether it was running."""
        was_alive = self._is_alive()
        if was_alive:
            self._terminate()
        if self._process:
            self._process.wait()
        return was_alive

    def crash_report(self) -> str | None:
        """A message if the process ended without `make down`."""
        if not self._pid_file.exists() or (self._is_alive() and self._has_process()):
            return None
        self.stop()  # waits for a forked copy that still saves
        snapshot = self._last_snapshot()
        state = f"the state of {time.ctime(snapshot.stat().st_mtime)}" if snapshot else "an empty state"
        return f"The emulator crashed. It restarts with {state}. The log of the crash: {self._previous_log}"

    def _terminate(self) -> None:
        pid = int(self._pid_file.read_text())
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):  # only a forked copy still runs and saves
                os.kill(pid, number)
            if wait_for(lambda: not self._is_alive(), STOP_SECONDS):
                break
        if number == signal.SIGTERM:
            self._pid_file.unlink(missing_ok=True)

    def _environment(self) -> dict[str, str]:
        directory = self._workspace.directory
        return self._workspace.emulator_environment() | {
            "AUTH": "true",  # enforce IAM policies
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._workspace.port),
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "1",
            "S3_DATA_DIR": str(directory / "s3"),
            "S3_PERSIST": "1",
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(directory / "state"),
            "TMPDIR": str(directory / "tmp"),
        }

    def _restore(self) -> None:
        """Replace the data with the last snapshot, because a crash leaves inconsistent files."""
        snapshot = self._last_snapshot()
        for name in ("tmp", "state", "s3"):
            place = self._workspace.directory / name
            shutil.rmtree(place, ignore_errors=True)
            if snapshot and name != "tmp":
                shutil.copytree(snapshot / name, place, copy_function=os.link)
            place.mkdir(parents=True, exist_ok=True)
        self._snapshots.mkdir(exist_ok=True)

    def _last_snapshot(self) -> Path | None:
        snapshots = self._snapshots.iterdir() if self._snapshots.exists() else []
        return max(snapshots, key=lambda path: int(path.name), default=None)

    def _check_port(self) -> None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self._workspace.port)) == 0:
                raise LocalRunError(
                    f"Another program uses port {self._workspace.port}. "
                    f"Stop it, or use another port: PORT={self._workspace.port + 100} make up"
                )

    def _wait_for_response(self, process: subprocess.Popen[bytes]) -> None:
        ended = wait_for(lambda: self._responds() or process.poll() is not None, START_SECONDS)
        if not ended or process.poll() is not None:
            process.kill()
            process.wait()
            tail = "\n".join(self._workspace.log.read_text().splitlines()[-10:])
            raise LocalRunError(f"The emulator did not start. The end of {self._workspace.log}:\n{tail}")

    def _responds(self) -> bool:
        try:
            httpx.get(self._workspace.endpoint, timeout=5)
        except httpx.HTTPError:
            return False
        return True

    def _has_process(self) -> bool:
        try:
            return psutil.Process(int(self._pid_file.read_text())).status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def _is_alive(self) -> bool:
        """Whether the process holds its lock. Unlike its id, the lock cannot belong to another process."""
        if not self._lock_file.exists():
            return False
        with self._lock_file.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False
