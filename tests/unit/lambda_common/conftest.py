"""Fixtures of the tests of traces."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from lambda_common import clients


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    """The client that functions use, over a DynamoDB without tables."""
    with mock_aws():
        clients.client.cache_clear()
        yield clients.client("dynamodb")
    clients.client.cache_clear()
