"""What happens before the first invocation, and after a restore."""

import gc
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from lambda_common import aws, start


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What Lambda's runtime is asked to call after a restore. Only the runtime has the module."""
    hooks: list[Callable[[], None]] = []
    runtime = ModuleType("snapshot_restore_py")
    runtime.register_after_restore = hooks.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", runtime)
    return hooks


@pytest.fixture
def built() -> list[str]:
    """Notes that the collaborators were built."""
    return []


def prepare(built: list[str]) -> None:
    """As a handler's module does at its end."""
    start.prepare(lambda: built.append("built"), rest=lambda: built.append("rest"))


class TestPrepare:
    """How Lambda starts the function decides what is done."""

    def test_nothing_when_it_is_not_lambda(self, built: list[str]) -> None:
        prepare(built)
        assert built == []

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("on-demand", ["built"]),
            ("provisioned-concurrency", ["built", "rest"]),
            ("snap-start", ["built", "rest"]),
        ],
    )
    @pytest.mark.usefixtures("restored")
    def test_what_some_requests_need_is_loaded_when_nobody_waits(
        self,
        monkeypatch: pytest.MonkeyPatch,
        built: list[str],
        kind: str,
        expected: list[str],
    ) -> None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "users")
        monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", kind)
        prepare(built)
        assert built == expected

    @pytest.mark.parametrize(("kind", "hooks"), [("on-demand", []), ("snap-start", [random.seed])])
    def test_randomness_is_renewed_after_each_restore_of_a_snapshot(
        self,
        monkeypatch: pytest.MonkeyPatch,
        built: list[str],
        restored: list[Callable[[], None]],
        kind: str,
        hooks: list[Callable[[], None]],
    ) -> None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "users")
        monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", kind)
        prepare(built)
        assert restored == hooks

    def test_each_client_connects_anew_after_a_restore(
        self, monkeypatch: pytest.MonkeyPatch, restored: list[Callable[[], None]]
    ) -> None:
        monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
        aws.client.cache_clear()
        clients = [aws.client(service) for service in ("dynamodb", "s3")]
        assert restored == [client.close for client in clients]
        aws.client.cache_clear()


class TestGarbage:
    """Collected from the moment on when the function is built."""

    @pytest.mark.usefixtures("restored")
    def test_is_collected_again_when_all_is_built(
        self, monkeypatch: pytest.MonkeyPatch, built: list[str]
    ) -> None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "users")
        gc.disable()
        prepare(built)
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
        gc.unfreeze()

    def test_is_not_collected_while_modules_load_in_lambda(self) -> None:
        tell = "import gc, lambda_common; print(gc.isenabled())"
        layer = str(Path(__file__).parents[3] / "layers" / "common")
        enabled = [
            subprocess.run(
                [sys.executable, "-c", tell],
                env={"PYTHONPATH": layer, **function},
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
            for function in ({}, {"AWS_LAMBDA_FUNCTION_NAME": "users"})
        ]
        assert enabled == ["True", "False"]
