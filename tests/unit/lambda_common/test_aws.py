"""Clients of AWS services."""

import pytest

from lambda_common.aws import client
from tests.environment import REGION


class TestClient:
    """One client per service, that gives up in time."""

    def test_the_same_when_asked_again(self) -> None:
        assert client("dynamodb") is client("dynamodb")

    @pytest.mark.parametrize("service", ["dynamodb", "s3", "sns", "sqs", "sesv2"])
    def test_gives_up_within_the_functions_timeout(self, service: str) -> None:
        config = client(service).meta.config
        assert (config.connect_timeout, config.read_timeout) == (1, 2)
        assert config.retries == {"mode": "standard", "total_max_attempts": 3}

    def test_presigns_for_the_host_of_the_region(self) -> None:
        url = client("s3").generate_presigned_url("get_object", Params={"Bucket": "a-bucket", "Key": "k"})
        assert url.startswith(
            f"https://a-bucket.s3.{REGION}.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&"
        )
