"""What Lambda does with what a function could not handle: it comes again, and then it is a dead letter."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from local.stack import Stack
from tests import pictures
from tests.e2e.awaiting import eventually
from tests.e2e.roles import Role
from tests.e2e.world import Bucket, Queues, Subscriber

type NewUser = Callable[[], dict[str, str]]

PUBLISH = ("UserStreamRole", "stream-and-topic", "sns:Publish")


@contextmanager
def unable(stack: Stack, role: str, policy: str, action: str) -> Iterator[None]:
    """While inside, a role may not do what it has to."""
    holder = Role(stack, role)
    [statement] = [index for index, held in holder.actions(policy) if held == action]
    with holder.without(policy, statement, action):
        yield


class Mapping:
    """From the stream to its function."""

    def __init__(self, stack: Stack) -> None:
        self._client = stack.aws.client("lambda")
        name = stack.resources("AWS::Lambda::Function")["UserStreamFunction"]
        mappings = self._client.list_event_source_mappings()["EventSourceMappings"]
        [self._id] = [each["UUID"] for each in mappings if f":{name}" in each["FunctionArn"]]

    def fails(self) -> bool:
        """Whether the last batch came back."""
        mapping = self._client.get_event_source_mapping(UUID=self._id)
        return bool(mapping["LastProcessingResult"] == "FAILED")

    def retry(self, times: int) -> None:
        """Give up after so many retries."""
        self._client.update_event_source_mapping(UUID=self._id, MaximumRetryAttempts=times)


@pytest.fixture
def mapping(stack: Stack) -> Iterator[Mapping]:
    """The mapping, as it was after the test."""
    mapping = Mapping(stack)
    yield mapping
    mapping.retry(10)


class TestFailure:
    """Permissions are taken away, as if what they lead to could not be reached."""

    def test_changes_are_published_once_the_topic_is_back(
        self, stack: Stack, api: httpx.Client, new_user: NewUser, mapping: Mapping, subscriber: Subscriber
    ) -> None:
        users = [new_user() for _ in range(5)]
        with unable(stack, *PUBLISH):
            for user in users:
                api.post("/users", json=user)
            eventually(mapping.fails)
        eventually(lambda: all(subscriber.of_user(user["userId"]) for user in users))

    def test_a_change_that_fails_too_often_is_a_dead_letter_of_its_own(
        self, stack: Stack, api: httpx.Client, new_user: NewUser, mapping: Mapping, queues: Queues
    ) -> None:
        mapping.retry(1)
        with unable(stack, *PUBLISH):
            api.post("/users", json=new_user())
            api.post("/users", json=new_user())
            eventually(lambda: queues.waiting("UserStreamDeadLetterQueueUrl") == 2)
        letters = [json.loads(body) for body in queues.drain("UserStreamDeadLetterQueueUrl")]
        assert [letter["requestContext"]["condition"] for letter in letters] == ["RetryAttemptsExhausted"] * 2
        assert [letter["DDBStreamBatchInfo"]["batchSize"] for letter in letters] == [1, 1]

    def test_an_upload_that_fails_too_often_is_a_dead_letter(
        self, stack: Stack, bucket: Bucket, queues: Queues
    ) -> None:
        key = f"uploads/{uuid.uuid4().hex}/x.jpg"
        with unable(stack, "ThumbnailsRole", "images-and-news", "s3:GetObject"):
            bucket.put(key, pictures.saved(pictures.quadrants(), "JPEG"))
            eventually(lambda: queues.waiting("ThumbnailsDeadLetterQueueUrl") == 1)
        [letter] = queues.drain("ThumbnailsDeadLetterQueueUrl")
        assert json.loads(letter)["requestPayload"]["Records"][0]["s3"]["object"]["key"] == key
