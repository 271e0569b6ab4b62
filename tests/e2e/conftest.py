"""A separate stack for the tests, on a free port and in its own directory."""

import itertools
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.e2e.services import Bucket, Mailbox, Queues, Subscriber
from tools.local.emulator import Emulator
from tools.local.stack import Stack
from tools.local.workspace import Workspace, free_port

type Item = dict[str, Any]

# The others follow these files, so that all workers end at about the same time.
LONGEST = [
    "docs",
    "make",
    "webhooks",
    "least_privilege",
    "options",
    "dead_letters",
    "build",
    "events",
    "docs_page",
]

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the tests start many processes of SAM CLI and make


def pytest_configure(config: pytest.Config) -> None:
    """Let xdist keep the order of files, which it would sort by their number of tests."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    order = {f"test_{name}": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(LONGEST)))


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The workspace of the tests' stack."""
    return Workspace(free_port(), tmp_path_factory.mktemp("stack"))


@pytest.fixture(scope="session")
def emulator(workspace: Workspace) -> Emulator:
    """The local AWS of the tests."""
    return Emulator(workspace)


@pytest.fixture(scope="session")
def stack(workspace: Workspace, emulator: Emulator) -> Iterator[Stack]:
    """The stack, built and deployed."""
    stack = Stack(workspace)
    emulator.start()
    try:
        stack.build()
        stack.deploy(ThrottlingRateLimit="1000", ThrottlingBurstLimit="1000")
        stack.wait_until_healthy()
        yield stack
    finally:
        emulator.stop()


@pytest.fixture(scope="session")
def url(stack: Stack) -> str:
    """The URL of the API."""
    return stack.url()


@pytest.fixture(scope="session")
def anonymous(url: str) -> Iterator[httpx.Client]:
    """A client without a token."""
    with httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def api(stack: Stack, url: str) -> Iterator[httpx.Client]:
    """A client that may read and write."""
    headers = {"Authorization": f"Bearer {stack.token()}"}
    limits = httpx.Limits(max_connections=None)
    with httpx.Client(base_url=url, timeout=60, headers=headers, limits=limits) as client:
        yield client


@pytest.fixture
def new_user() -> Callable[[], dict[str, str]]:
    """Bodies of users who do not exist yet."""
    unique, numbers = uuid.uuid4().hex[:12], itertools.count(1)

    def body() -> dict[str, str]:
        user_id = f"{unique}-{next(numbers)}"
        return {"userId": user_id, "name": "John Doe", "email": f"{user_id}@example.com"}

    return body


@pytest.fixture
def existing_user(api: httpx.Client, new_user: Callable[[], dict[str, str]]) -> dict[str, str]:
    """The body with which a user was created."""
    body = new_user()
    assert api.post("/users", json=body).status_code == 201
    return body


@dataclass(frozen=True)
class Tables:
    """The content of the tables, read without the API."""

    stack: Stack

    def items(self, output: str) -> list[Item]:
        """Every item of the table that an output of the stack names."""
        client = self.stack.aws.client("dynamodb")
        pages = client.get_paginator("scan").paginate(TableName=self.stack.outputs()[output])
        return [item for page in pages for item in page["Items"]]

    def assert_consistent(self) -> None:
        """Each address in use belongs to the user who has it, and there are no other items."""
        users = self.items("UsersTableName")
        reservations = self.items("UserEmailsTableName")
        held = {(item["email"]["S"], item["userId"]["S"]) for item in reservations}
        assert held == {(item["email"]["S"], item["userId"]["S"]) for item in users}
        assert len(reservations) == len(users)


@pytest.fixture
def tables(stack: Stack) -> Tables:
    """The tables of the stack."""
    return Tables(stack)


@pytest.fixture(scope="session")
def subscriber(stack: Stack) -> Subscriber:
    """A subscriber to everything that is published from now on."""
    return Subscriber(stack)


@pytest.fixture(scope="session")
def mailbox(stack: Stack, workspace: Workspace) -> Mailbox:  # noqa: ARG001 - after the stack
    """The mail that was sent."""
    return Mailbox(workspace)


@pytest.fixture(scope="session")
def bucket(stack: Stack) -> Bucket:
    """The bucket of pictures."""
    return Bucket(stack)


@pytest.fixture(scope="session")
def queues(stack: Stack) -> Queues:
    """The queues, with short visibility timeouts, so that failed messages are soon received again."""
    queues = Queues(stack)
    queues.client.set_queue_attributes(
        QueueUrl=queues.urls["UserEventsQueueUrl"], Attributes={"VisibilityTimeout": "2"}
    )
    return queues
