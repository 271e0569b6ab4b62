"""Environment variables that Logger, Metrics and the resolver read when the code is imported."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.helpers.environment import function_environment

if TYPE_CHECKING:
    from tests.helpers.traces import Daemon

os.environ |= function_environment("UsersApiFunction")


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator["Daemon"]:
    """The X-Ray daemon of an invocation that is sampled."""
    from lambda_common import tracing  # after os.environ is set
    from tests.helpers.traces import HEADER, Daemon

    daemon = Daemon()
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", daemon.address)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "users")
    yield daemon
    daemon.close()
    if tracing.provider.cache_info().currsize:  # as in a new process, whose daemon may be another
        tracing.provider().shutdown()
        tracing.provider.cache_clear()
