"""Modules that are imported when they are first used."""

import sys
from pathlib import Path

import pytest

from lambda_common.lazy import lazy_module


class TestLazyModule:
    """The code of a module runs when an attribute is first read."""

    @pytest.fixture(autouse=True)
    def _modules(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "module_that_works.py").write_text("value = 1")
        (tmp_path / "module_that_fails.py").write_text("raise LookupError")
        monkeypatch.syspath_prepend(tmp_path)
        for name in ("module_that_works", "module_that_fails"):
            sys.modules.pop(name, None)

    def test_an_attribute_is_that_of_the_module(self) -> None:
        assert lazy_module("module_that_works").value == 1

    def test_nothing_runs_until_then(self) -> None:
        module = lazy_module("module_that_fails")
        with pytest.raises(LookupError):
            module.value  # noqa: B018 - reading it is the point

    def test_is_the_module_that_others_import(self) -> None:
        module = lazy_module("module_that_works")
        import module_that_works  # type: ignore[import-not-found]

        assert module is module_that_works is lazy_module("module_that_works")

    def test_fails_at_once_when_there_is_no_such_module(self) -> None:
        with pytest.raises(ModuleNotFoundError):
            lazy_module("no_such_module")
