"""Fixtures of unit tests."""

import hypothesis
import pytest

from tests.helpers.environment import prepare
from tests.helpers.logs import Logs, captured_logs

# No timing decides a test.
hypothesis.settings.register_profile("no-deadline", deadline=None)
hypothesis.settings.load_profile("no-deadline")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function's variables, and nothing built yet."""
    prepare(monkeypatch)


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Logs:
    """The logs of the code."""
    return captured_logs(capsys, monkeypatch)
