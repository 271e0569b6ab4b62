"""In Lambda a function is built while its environment starts, and a missing variable shows then."""

import importlib

import pytest

from lambda_common.settings import MissingSettingError
from tests.environment import prepare

MODULES = {
    "UserStreamFunction": "user_stream",
    "UserEventsFunction": "user_events",
    "ThumbnailsFunction": "thumbnails",
    "CleanupFunction": "cleanup",
}


@pytest.mark.parametrize(("function", "name"), MODULES.items())
class TestStart:
    """Importing the module is what Lambda does."""

    def test_builds_the_function_in_lambda(
        self, monkeypatch: pytest.MonkeyPatch, function: str, name: str
    ) -> None:
        module = importlib.import_module(f"users.handlers.{name}")
        prepare(monkeypatch, function)
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", function)
        importlib.reload(module)

    def test_names_what_is_missing(self, monkeypatch: pytest.MonkeyPatch, function: str, name: str) -> None:
        module = importlib.import_module(f"users.handlers.{name}")
        prepare(monkeypatch, function)
        monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", function)
        with pytest.raises(MissingSettingError, match="POWERTOOLS_METRICS_NAMESPACE"):
            importlib.reload(module)
