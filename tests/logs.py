"""What a function writes to its standard output: log lines, and metrics in the embedded metric format."""

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
    def documents(self) -> list[dict[str, Any]]:
        """Every line."""
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log lines."""
        return [document for document in self.documents if "_aws" not in document]

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """The metrics."""
        return [document for document in self.documents if "_aws" in document]
