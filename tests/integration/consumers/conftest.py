"""Bucket, topic, queues and mailbox in moto."""

import os
from typing import Any

import boto3
import pytest
from moto.backends import get_backend

from tests.helpers.environment import ACCOUNT, REGION, prepare
from tests.helpers.wire import SERVICES, Wire
from tests.integration.consumers.services import (
    SENDER,
    Aws,
    Bucket,
    Locks,
    Mailbox,
    Queue,
    Users,
    create_queue,
    subscribe,
)


@pytest.fixture(autouse=True)
def _environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of the module's FUNCTION, which has an address to send from."""
    prepare(monkeypatch, request.module.FUNCTION)
    monkeypatch.setenv("SENDER_EMAIL_ADDRESS", SENDER)


@pytest.fixture(scope="session")
def clients(_dynamodb: Any) -> dict[str, Any]:
    """The tests' own clients, without fault injection."""
    make: Any = boto3.client
    return {service: make(service, region_name=REGION) for service in SERVICES}


@pytest.fixture(autouse=True)
def _nothing_there(dynamodb: Any, clients: dict[str, Any]) -> None:  # noqa: ARG001 - it empties the tables
    """Neither buckets nor topics, queues or mail from another test."""
    for service in ("s3", "sns", "sqs", "ses"):
        regions = get_backend(service)[ACCOUNT]
        regions["aws" if service == "s3" else REGION].reset()


@pytest.fixture
def dead_letters(clients: dict[str, Any]) -> Queue:
    """UserStreamDeadLetterQueue."""
    return create_queue(clients["sqs"], "UserStreamDeadLetterQueue")


@pytest.fixture
def aws(clients: dict[str, Any], dead_letters: Queue, wire: Wire) -> Aws:
    """All services."""
    bucket, region = os.environ.get("IMAGES_BUCKET_NAME", "images"), {"LocationConstraint": REGION}
    clients["s3"].create_bucket(Bucket=bucket, CreateBucketConfiguration=region)
    clients["sesv2"].create_email_identity(EmailIdentity=SENDER)
    return Aws(
        bucket=Bucket(clients["s3"], get_backend("s3")[ACCOUNT]["aws"], bucket),
        topic=subscribe(clients["sns"], clients["sqs"], "UserEventsTopic"),
        dead_letters=dead_letters,
        mailbox=Mailbox(get_backend("ses")[ACCOUNT][REGION]),
        users=Users(clients["dynamodb"]),
        locks=Locks(clients["dynamodb"]),
        wire=wire,
    )
