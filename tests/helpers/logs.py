"""The output of a function: log lines and metrics."""

import json
import sys
from typing import Any

import pytest

from lambda_common.observability import logger, metrics


class Logs:
    """Reads the lines. Each has to be one JSON object."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._written: list[str] = []

    @property
    def text(self) -> str:
        """All output, including standard error."""
        self._written += self._capsys.readouterr()
        return "".join(self._written)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log lines."""
        return [line for line in self._all if "_aws" not in line]

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """The metrics of operations."""
        return [line for line in self.emf if "Operations" in line]

    @property
    def emf(self) -> list[dict[str, Any]]:
        """All lines in CloudWatch's embedded metric format."""
        return [line for line in self._all if "_aws" in line]

    @property
    def _all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


class _CurrentStdout:
    """The standard output at the time of the write: pytest replaces it in each phase."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


def captured_logs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Logs:
    """The output from now on, without earlier metrics."""
    metrics.clear_metrics()
    monkeypatch.setattr(logger.handlers[0], "stream", _CurrentStdout())
    return Logs(capsys)
