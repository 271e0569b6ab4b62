"""What a function writes to its standard output: lines, some with metrics within them."""

import json
from typing import Any

import pytest


class Logs:
    """Reads the lines. Each has to be one JSON object."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._written: list[str] = []

    @property
    def text(self) -> str:
        """All that was written, to the standard error too."""
        self._written += self._capsys.readouterr()
        return "".join(self._written)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every line."""
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """The lines with metrics."""
        return [line for line in self.lines if "_aws" in line]
