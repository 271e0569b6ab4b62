"""Initialization before the first invocation, and after a restore."""

import random
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from lambda_common.clients import client
from lambda_common.start import initialize


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """The hooks that are registered for a restore. Only Lambda's runtime has the module."""
    hooks: list[Callable[[], None]] = []
    runtime = ModuleType("snapshot_restore_py")
    runtime.register_after_restore = hooks.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", runtime)
    return hooks


@pytest.mark.parametrize(
    ("kind", "called", "hooks"),
    [
        (None, [], []),  # a test imports the handler, and builds nothing
        ("on-demand", ["build"], []),
        ("provisioned-concurrency", ["build", "rest"], []),
        ("snap-start", ["build", "rest"], [random.seed]),
    ],
)
def test_builds_in_lambda_and_loads_the_rest_when_no_request_waits(
    monkeypatch: pytest.MonkeyPatch,
    restored: list[Any],
    kind: str | None,
    called: list[str],
    hooks: list[Any],
) -> None:
    """AWS_LAMBDA_INITIALIZATION_TYPE is how Lambda starts the function."""
    if kind:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "function")
        monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", kind)
    log: list[str] = []
    initialize(lambda: log.append("build"), rest=lambda: log.append("rest"))
    assert (log, restored) == (called, hooks)


def test_each_client_connects_anew_after_a_restore(
    monkeypatch: pytest.MonkeyPatch, restored: list[Callable[[], None]]
) -> None:
    """Connections do not survive a snapshot."""
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    client.cache_clear()
    clients = [client(service) for service in ("dynamodb", "s3")]
    assert restored == [made.close for made in clients]
    client.cache_clear()
