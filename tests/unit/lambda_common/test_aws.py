"""Clients of AWS services."""

from lambda_common.aws import client


class TestClient:
    """One client per service, that gives up in time."""

    def test_the_same_when_asked_again(self) -> None:
        assert client("dynamodb") is client("dynamodb")

    def test_gives_up_within_the_functions_timeout(self) -> None:
        config = client("dynamodb").meta.config
        assert (config.connect_timeout, config.read_timeout) == (1, 2)
        assert config.retries == {"mode": "standard", "total_max_attempts": 3}
