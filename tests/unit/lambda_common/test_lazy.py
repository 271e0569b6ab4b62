"""Modules that are imported on first use."""

from pathlib import Path

import pytest

from lambda_common.lazy import lazy_module


def test_is_the_module_that_others_import_and_runs_when_an_attribute_is_first_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its code is read no earlier."""
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "read_late.py"
    file.write_text("raise LookupError", encoding="utf-8")
    module = lazy_module("read_late")
    file.write_text("value = 1", encoding="utf-8")
    import read_late  # type: ignore[import-not-found]

    assert module is read_late is lazy_module("read_late")
    assert module.value == 1


def test_fails_at_once_when_there_is_no_such_module() -> None:
    """As an import does."""
    with pytest.raises(ModuleNotFoundError):
        lazy_module("no_such_module")
