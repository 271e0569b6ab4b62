"""boto3 clients."""

import pytest

from lambda_common.clients import client
from tests.helpers.environment import REGION


class TestClient:
    """One client per service, that gives up in time."""

    def test_the_same_when_asked_again(self) -> None:
        assert client("dynamodb") is client("dynamodb")

    def test_asks_ses_once_because_a_second_time_could_be_a_second_mail(self) -> None:
        config = client("sesv2").meta.config
        assert (config.connect_timeout, config.read_timeout) == (1, 5)
        assert config.retries == {"mode": "standard", "total_max_attempts": 1}

    @pytest.mark.parametrize("service", ["dynamodb", "s3", "sns", "sqs"])
    def test_gives_up_within_the_functions_timeout(self, service: str) -> None:
        config = client(service).meta.config
        assert (config.connect_timeout, config.read_timeout) == (1, 2)
        assert config.retries == {"mode": "standard", "total_max_attempts": 3}

    def test_presigns_for_the_host_of_the_region(self) -> None:
        url = client("s3").generate_presigned_url("get_object", Params={"Bucket": "a-bucket", "Key": "k"})
        assert url.startswith(
            f"https://a-bucket.s3.{REGION}.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&"
        )
