"""What the tests of traces share."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from lambda_common import clients, tracing
from tests.helpers.traces import HEADER, Daemon


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """The daemon of an invocation that is sampled."""
    daemon = Daemon()
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", daemon.address)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "users")
    yield daemon
    daemon.close()
    forget_sdk()


def forget_sdk() -> None:
    """As in a new process, whose daemon may be another."""
    if tracing.provider.cache_info().currsize:
        tracing.provider().shutdown()
        tracing.provider.cache_clear()


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    """The client that functions use, over a DynamoDB without tables."""
    with mock_aws():
        clients.client.cache_clear()
        yield clients.client("dynamodb")
    clients.client.cache_clear()
