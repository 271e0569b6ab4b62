"""boto3 clients."""

import pytest

from lambda_common.clients import client
from tests.helpers.environment import REGION


@pytest.mark.parametrize(
    ("service", "read_timeout", "attempts"),
    [*((service, 2, 3) for service in ("dynamodb", "s3", "sns", "sqs")), ("sesv2", 5, 1)],
)
def test_a_client_gives_up_within_the_timeout_of_the_function(
    service: str, read_timeout: int, attempts: int
) -> None:
    """SES is called once: a second attempt could send a second mail."""
    config = client(service).meta.config
    assert client(service) is client(service)
    assert (config.connect_timeout, config.read_timeout) == (1, read_timeout)
    assert config.retries == {"mode": "standard", "total_max_attempts": attempts}


def test_presigned_urls_name_the_host_of_the_region() -> None:
    """And have signature version 4."""
    url = client("s3").generate_presigned_url("get_object", Params={"Bucket": "a-bucket", "Key": "k"})
    assert url.startswith(f"https://a-bucket.s3.{REGION}.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&")
