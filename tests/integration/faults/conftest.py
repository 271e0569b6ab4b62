"""The API over the real SDK and a DynamoDB with injected faults."""

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING

import botocore.endpoint
import pytest
from botocore.config import Config

import lambda_common.clients
from tests.integration.faults.server import DynamoDBServer
from users.adapters.dynamodb import transactions

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def slow_server(dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDBServer]:
    """A server for the function's client, with the client's own time-outs."""
    server = DynamoDBServer(dynamodb)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", server.url)
    lambda_common.clients.client.cache_clear()
    yield server
    lambda_common.clients.client("dynamodb").close()
    lambda_common.clients.client.cache_clear()
    server.stop()


@pytest.fixture
def server(slow_server: DynamoDBServer, monkeypatch: pytest.MonkeyPatch) -> DynamoDBServer:
    """The same with short waits, and the same order of events."""
    short = lambda_common.clients.CONFIG.merge(Config(read_timeout=0.7))
    monkeypatch.setattr(lambda_common.clients, "CONFIG", short)
    monkeypatch.setattr(transactions, "CONTENTION_SECONDS", 0.2)
    # The SDK waits up to a second, then up to two, before it repeats what was throttled.
    monkeypatch.setattr(
        botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None, time=time.time)
    )
    return slow_server


@pytest.fixture
def hurried_server(server: DynamoDBServer, monkeypatch: pytest.MonkeyPatch) -> DynamoDBServer:
    """The same with time-outs so short that good responses can be late: for faults that last."""
    hurried = lambda_common.clients.CONFIG.merge(Config(read_timeout=0.2))
    monkeypatch.setattr(lambda_common.clients, "CONFIG", hurried)
    return server
