"""Settings from environment variables."""

from dataclasses import dataclass

import pytest

from lambda_common.settings import SettingsError, load_settings

GOOD = {"TABLE_NAME": "t", "WAIT_SECONDS": "5", "SERVE_DOCS": "true", "ORIGINS": " a , b,"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A field of each type."""

    table_name: str
    wait_seconds: int
    serve_docs: bool
    origins: tuple[str, ...]


def test_each_field_is_converted_to_its_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment, or from another mapping."""
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    expected = Settings(table_name="t", wait_seconds=5, serve_docs=True, origins=("a", "b"))
    assert load_settings(Settings) == load_settings(Settings, {**GOOD, "OTHER": "x"}) == expected
    other = load_settings(Settings, {**GOOD, "SERVE_DOCS": "false", "ORIGINS": ""})
    assert (other.serve_docs, other.origins) == (False, ())


def test_error_names_each_variable_that_is_missing_or_malformed_but_no_value() -> None:
    """All at once."""
    with pytest.raises(SettingsError) as caught:
        load_settings(Settings, {"WAIT_SECONDS": "secret", "SERVE_DOCS": "True", "TABLE_NAME": "secret"})
    assert str(caught.value) == "WAIT_SECONDS is malformed; SERVE_DOCS is malformed; ORIGINS is not set"
