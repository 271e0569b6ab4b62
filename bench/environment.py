"""An execution environment of Lambda: one process with a function's code, its layers and the runtime."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psutil

from bench.runtime_api import RuntimeApi

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")


@dataclass(frozen=True)
class Function:
    """What is measured: where Lambda would unpack it, and its handler."""

    name: str
    handler: str
    task: Path
    layers: Sequence[Path] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


class Environment:
    """A running function. Starting it starts the clock of `first_answer`."""

    def __init__(self, function: Function, runtime: Path, endpoints: Mapping[str, str]) -> None:
        self._api = RuntimeApi()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the environment
        variables = _variables(function, runtime, self._api.address) | dict(endpoints)
        command = [*interpreter(), str(BOOTSTRAP)]
        self._started_at = time.perf_counter()
        self._process = subprocess.Popen(command, env=variables, stdout=self._log, stderr=self._log)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._api.close()
        self._log.close()

    def first_answer(self, event: Mapping[str, Any]) -> float:
        """Milliseconds from the start of the process to its first answer."""
        arrived_at, _ = self._invoke(event)
        return (arrived_at - self._started_at) * 1000

    def invoke(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one event."""
        return self._invoke(event)[1]

    def cpu_seconds(self) -> float:
        """What the process has used so far."""
        if sys.platform == "linux":  # the process's own clock, as clock_getcpuclockid(3) makes its number
            return time.clock_gettime(~self._process.pid << 3 | 2)
        times = psutil.Process(self._process.pid).cpu_times()  # in hundredths of a second
        return float(times.user + times.system)

    def output(self) -> str:
        """What the function has logged so far."""
        self._log.seek(0)
        return self._log.read().decode()

    def peak_memory_mb(self) -> float:
        """The most that was resident at once."""
        return _peak_bytes(self._process.pid) / 1_000_000

    def _invoke(self, event: Mapping[str, Any]) -> tuple[float, dict[str, Any]]:
        try:
            return self._api.invoke(json.dumps(event).encode())
        except Exception as error:
            error.add_note(self.output()[-4000:])
            raise


def interpreter() -> list[str]:
    """Python as Lambda starts it: without packages of its own, and in a file system where it cannot write."""
    return [str(getattr(sys, "_base_executable", sys.executable)), "-I", "-B"]


def _peak_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return int(psutil.Process(pid).memory_info().rss)


def _variables(function: Function, runtime: Path, api: str) -> dict[str, str]:
    """What Lambda sets, and no more of ours than the functions need."""
    return {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_SESSION_TOKEN": "benchmark" * 80,
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_RUNTIME_API": api,
        "LAMBDA_TASK_ROOT": str(function.task),
        "LAMBDA_RUNTIME_DIR": str(runtime),
        "BENCH_LAYERS": os.pathsep.join(map(str, function.layers)),
        "LANG": "en_US.UTF-8",
        "PATH": os.environ["PATH"],
        "TZ": ":UTC",
        "_HANDLER": function.handler,
        **function.variables,
    }
