"""What unit tests share."""

import pytest

from tests.environment import prepare


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function's variables, and nothing built yet."""
    prepare(monkeypatch)
