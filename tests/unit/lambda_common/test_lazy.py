"""Modules that are imported on first use."""

import sys
from pathlib import Path

import pytest

from lambda_common.lazy import lazy_module


@pytest.fixture(autouse=True)
def _modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "module_that_works.py").write_text("value = 1")
    (tmp_path / "module_that_fails.py").write_text("raise LookupError")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("module_that_works", "module_that_fails"):
        sys.modules.pop(name, None)


def test_is_the_module_that_others_import() -> None:
    """With its attributes."""
    module = lazy_module("module_that_works")
    import module_that_works  # type: ignore[import-not-found]

    assert module is module_that_works is lazy_module("module_that_works")
    assert module.value == 1


def test_runs_when_an_attribute_is_first_read() -> None:
    """Not before."""
    module = lazy_module("module_that_fails")
    with pytest.raises(LookupError):
        module.value  # noqa: B018 - reading it is the point


def test_fails_at_once_when_there_is_no_such_module() -> None:
    """As an import does."""
    with pytest.raises(ModuleNotFoundError):
        lazy_module("no_such_module")
