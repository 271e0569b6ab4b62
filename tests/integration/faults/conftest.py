"""The API over the real SDK and a DynamoDB with injected faults."""

import time
from collections.abc import Iterator
from types import SimpleNamespace

import botocore.endpoint
import pytest

from lambda_common.clients import client
from tests.integration.faults.server import DynamoDBServer
from users.adapters.dynamodb import transactions


@pytest.fixture
def slow_server(dynamodb: object) -> Iterator[DynamoDBServer]:  # noqa: ARG001 - it makes the tables
    """A server for the function's client."""
    client.cache_clear()
    yield DynamoDBServer(client("dynamodb"))
    client.cache_clear()


@pytest.fixture
def server(slow_server: DynamoDBServer, monkeypatch: pytest.MonkeyPatch) -> DynamoDBServer:
    """The same with short waits, and the same order of events."""
    monkeypatch.setattr(transactions, "CONTENTION_SECONDS", 0.2)
    # The SDK waits up to a second, then up to two, before it repeats what was throttled.
    no_sleep = SimpleNamespace(sleep=lambda _seconds: None, time=time.time)
    monkeypatch.setattr(botocore.endpoint, "time", no_sleep)
    return slow_server
