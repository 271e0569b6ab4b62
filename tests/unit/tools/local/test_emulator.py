"""The report of a crash by `make up`."""

import fcntl
import os
import subprocess
from pathlib import Path
from threading import Timer

from tools.local.emulator import Emulator
from tools.local.workspace import Workspace


def test_a_crash_is_reported_when_it_comes_during_a_save(tmp_path: Path) -> None:
    """The forked copy that saves holds the lock until it ends. The process can remain as a zombie."""
    ended = subprocess.Popen(["true"])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    (tmp_path / "ministack.pid").write_text(str(ended.pid))
    with (tmp_path / "ministack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Timer(0.2, lambda: (tmp_path / "saved" / "1").mkdir(parents=True)).start()
        Timer(0.4, lambda: fcntl.flock(lock, fcntl.LOCK_UN)).start()
        report = Emulator(Workspace(0, tmp_path)).crash_report()
    ended.wait()
    assert report
    assert report.startswith("The emulator crashed. It restarts with the state of")
