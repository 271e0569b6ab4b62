"""What unit tests share."""

import pytest

from tests.helpers.environment import prepare
from tests.helpers.logs import Logs, captured_logs


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function's variables, and nothing built yet."""
    prepare(monkeypatch)


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Logs:
    """What the code writes."""
    return captured_logs(capsys, monkeypatch)
