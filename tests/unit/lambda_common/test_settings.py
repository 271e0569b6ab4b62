"""Settings from environment variables."""

from dataclasses import dataclass

import pytest

from lambda_common.settings import SettingsError, load_settings

GOOD = {"TABLE_NAME": "t", "WAIT_SECONDS": "5", "SERVE_DOCS": "true", "ORIGINS": "a, b"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A field of each type."""

    table_name: str
    wait_seconds: int
    serve_docs: bool
    origins: tuple[str, ...]


class TestLoadSettings:
    """Every field is a variable, which must be set and of the field's type."""

    def test_each_field_has_its_type(self) -> None:
        settings = load_settings(Settings, {**GOOD, "OTHER": "x"})
        assert settings == Settings(table_name="t", wait_seconds=5, serve_docs=True, origins=("a", "b"))
        assert load_settings(Settings, {**GOOD, "SERVE_DOCS": "false"}).serve_docs is False

    @pytest.mark.parametrize(("text", "items"), [("*", ("*",)), ("", ()), (" a , b,", ("a", "b"))])
    def test_a_list_is_separated_by_commas(self, text: str, items: tuple[str, ...]) -> None:
        assert load_settings(Settings, {**GOOD, "ORIGINS": text}).origins == items

    def test_names_each_variable_that_is_missing_or_malformed_but_no_value(self) -> None:
        with pytest.raises(SettingsError) as caught:
            load_settings(Settings, {"WAIT_SECONDS": "secret", "SERVE_DOCS": "True", "TABLE_NAME": "secret"})
        assert str(caught.value) == "WAIT_SECONDS is malformed; SERVE_DOCS is malformed; ORIGINS is not set"

    @pytest.mark.parametrize("seconds", ["", "1.5", "five"])
    def test_an_int_is_a_whole_number(self, seconds: str) -> None:
        with pytest.raises(SettingsError, match="WAIT_SECONDS is malformed"):
            load_settings(Settings, {**GOOD, "WAIT_SECONDS": seconds})

    def test_reads_the_environment_when_nothing_else_is_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in GOOD.items():
            monkeypatch.setenv(name, value)
        assert load_settings(Settings) == load_settings(Settings, GOOD)
