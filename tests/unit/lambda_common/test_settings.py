"""Settings from environment variables."""

from dataclasses import FrozenInstanceError, dataclass

import pytest

from lambda_common.settings import FunctionSettings, MissingSettingError, load_settings

SHARED = {
    "POWERTOOLS_SERVICE_NAME": "s",
    "POWERTOOLS_METRICS_NAMESPACE": "n",
}


@dataclass(frozen=True, kw_only=True)
class TableSettings(FunctionSettings):
    """A function with a table."""

    table_name: str


class TestLoadSettings:
    """Every field is a variable that has to be there."""

    def test_loaded_when_all_are_set(self) -> None:
        settings = load_settings(TableSettings, {**SHARED, "TABLE_NAME": "t", "OTHER": "x"})
        assert settings == TableSettings(
            table_name="t",
            powertools_service_name="s",
            powertools_metrics_namespace="n",
        )

    def test_cannot_be_changed(self) -> None:
        settings = load_settings(FunctionSettings, SHARED)
        with pytest.raises(FrozenInstanceError):
            settings.powertools_metrics_namespace = "other"  # type: ignore[misc]

    def test_names_all_that_are_missing(self) -> None:
        with pytest.raises(MissingSettingError) as caught:
            load_settings(TableSettings, {"POWERTOOLS_SERVICE_NAME": "secret"})
        message = str(caught.value)
        assert all(name in message for name in ("TABLE_NAME", "POWERTOOLS_METRICS_NAMESPACE"))
        assert "SERVICE_NAME" not in message

    def test_from_the_environment_when_nothing_else_is_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TABLE_NAME", "from-the-environment")
        assert load_settings(TableSettings).table_name == "from-the-environment"
