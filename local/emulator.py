"""The local AWS: MiniStack, one process that listens on 127.0.0.1 alone."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from local.console import LocalRunError
from local.workspace import REGION, Workspace, tool

START_SECONDS = 60
STOP_SECONDS = 30
_POLL_SECONDS = 0.1


class Emulator:
    """The MiniStack process of a workspace; its data stay in the workspace when it stops."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pid_file = workspace.directory / "ministack.pid"
        self._temporary = workspace.directory / "tmp"
        self._process: subprocess.Popen[bytes] | None = None  # set where this object started it

    def is_running(self) -> bool:
        """Whether our process is alive and answers."""
        return self._pid() is not None and self._answers()

    def start(self) -> None:
        """Start it in the background and wait until it answers."""
        self.stop()  # one that is alive but does not answer
        self._refuse_a_taken_port()
        shutil.rmtree(self._temporary, ignore_errors=True)
        self._temporary.mkdir(parents=True)
        with self._workspace.log.open("w") as log:
            self._process = subprocess.Popen(
                [tool("ministack", "ministack")],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._pid_file.write_text(str(self._process.pid))
        self._wait_until_it_answers(self._process)

    def stop(self) -> bool:
        """Let it write its data and end; False when it did not run."""
        pid = self._pid()
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while _is_alive(pid):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(_POLL_SECONDS)
        if self._process:
            self._process.wait()
        self._pid_file.unlink(missing_ok=True)
        return True

    def _environment(self) -> dict[str, str]:
        """AWS_ENDPOINT_URL must not be in it: functions would inherit it."""
        directory = self._workspace.directory
        return self._workspace.base_environment() | {
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
                self._pid_file.unlink(missing_ok=True)
                tail = "\n".join(self._workspace.log.read_text().splitlines()[-10:])
                raise LocalRunError(f"The local AWS did not start. {self._workspace.log} ends with:\n{tail}")
            time.sleep(_POLL_SECONDS)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._workspace.endpoint}/_ministack/health", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _pid(self) -> int | None:
        try:
            pid = int(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if _is_alive(pid) else None


def _is_alive(pid: int) -> bool:
    """Whether `pid` is a MiniStack process, and not another that was given the same number later."""
    command = ["ps", "-o", "stat=,command=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return "ministack" in shown and not shown.startswith("Z")
