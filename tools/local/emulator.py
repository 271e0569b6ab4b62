"""The local AWS: MiniStack, one process that listens on 127.0.0.1 alone."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from tools.local.console import LocalRunError
from tools.local.workspace import PROJECT, REGION, Workspace, tool

START_SECONDS = 60
STOP_SECONDS = 30
_POLL_SECONDS = 0.1


class Emulator:
    """The MiniStack process of a workspace; its data stay in the workspace when it stops."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pid_file = workspace.directory / "ministack.pid"
        self._lock_file = workspace.directory / "ministack.lock"
        self._temporary = workspace.directory / "tmp"
        self._previous_log = workspace.log.with_suffix(".previous.log")
        self._saved = workspace.directory / "saved"
        self._process: subprocess.Popen[bytes] | None = None  # set where this object started it

    def is_running(self) -> bool:
        """Whether our process is alive and answers."""
        return self._is_alive() and self._answers()

    def start(self) -> None:
        """Start it in the background, with what was saved last, and wait until it answers."""
        self.stop()  # one that is alive but does not answer
        self._refuse_a_taken_port()
        shutil.rmtree(self._temporary, ignore_errors=True)
        self._temporary.mkdir(parents=True)
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
        self._wait_until_it_answers(self._process)

    def stop(self) -> bool:
        """Let it write its data and end; False when it did not run."""
        was_alive = self._is_alive()
        if was_alive:
            self._terminate()
        if self._process:
            self._process.wait()
        return was_alive

    def _terminate(self) -> None:
        pid = int(self._pid_file.read_text())
        with suppress(ProcessLookupError):  # a copy of it may be saving still
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self._is_alive():
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(_POLL_SECONDS)
        if time.monotonic() < deadline:
            self._pid_file.unlink(missing_ok=True)

    def crashed(self) -> str | None:
        """What is left when it ended without being stopped, if it did."""
        if self._is_alive() or not self._pid_file.exists():
            return None
        last = self._last_save()
        kept = f"was saved at {time.ctime(last.stat().st_mtime)}" if last else "was never saved"
        return (
            f"The local AWS ended without being stopped: what it has now {kept}, and later changes are gone. "
            f"Its log is {self._previous_log}"
        )

    def _environment(self) -> dict[str, str]:
        directory = self._workspace.directory
        return self._workspace.emulator_environment() | {
            "AUTH": "true",  # IAM policies are enforced
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._workspace.port),
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "1",
            "S3_DATA_DIR": str(directory / "s3"),
            "S3_PERSIST": "1",
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(directory / "state"),
            "TMPDIR": str(self._temporary),
        }

    def _restore(self) -> None:
        """Begin with the last save, and nothing else: a crash leaves objects that belong to nothing."""
        last = self._last_save()
        for place in (self._workspace.directory / name for name in ("state", "s3")):
            if self._saved.exists():  # else it was all written by a version that did not save while it ran
                shutil.rmtree(place, ignore_errors=True)
            if last:
                shutil.copytree(last / place.name, place, copy_function=os.link)
            place.mkdir(exist_ok=True)
        self._saved.mkdir(exist_ok=True)

    def _last_save(self) -> Path | None:
        saves = self._saved.iterdir() if self._saved.exists() else []
        return max(saves, key=lambda path: int(path.name), default=None)

    def _refuse_a_taken_port(self) -> None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self._workspace.port)) == 0:
                raise LocalRunError(
                    f"Port {self._workspace.port} is taken by another program. "
                    f"Stop that, or choose another port: PORT={self._workspace.port + 100} make up"
                )

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                process.wait()
                tail = "\n".join(self._workspace.log.read_text().splitlines()[-10:])
                raise LocalRunError(f"The local AWS did not start. {self._workspace.log} ends with:\n{tail}")
            time.sleep(_POLL_SECONDS)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(self._workspace.endpoint, timeout=5).close()
        except urllib.error.HTTPError:
            return True  # it is not signed
        except (urllib.error.URLError, OSError):
            return False
        return True

    def _is_alive(self) -> bool:
        """Whether the process holds its lock, which ends with it: a number could be given to another."""
        if not self._lock_file.exists():
            return False
        with self._lock_file.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False
