"""`make sam-invoke`: each function in a container, with an event from events/."""

import json
from typing import Any

import pytest

from tests.e2e.polling import eventually
from tests.e2e.services import Bucket
from tests.helpers import pictures
from tests.helpers.events import load_event
from tests.helpers.template import resources_of_type
from tests.helpers.terminal import Terminal

EVENTS = {
    "CleanupFunction": "cleanup/cleanup",
    "ThumbnailsFunction": "thumbnails/upload-created",
    "UserEventsFunction": "user_events/user-events",
    "UserStreamFunction": "user_stream/stream-batch",
    "UsersApiFunction": "users_api/create-user",
}
NO_FAILURES: dict[str, Any] = {"batchItemFailures": []}


def invoke(terminal: Terminal, function: str) -> Any:
    """The response of the function to its event; the command must succeed."""
    event = f"EVENT=events/{EVENTS[function]}.json"
    return json.loads(terminal.make("-s", "sam-invoke", f"FUNCTION={function}", event))


def test_every_function_has_an_event() -> None:
    """A new function needs a line in EVENTS and a test below."""
    hooks = {"PreTrafficFunction", "PostTrafficFunction"}  # only CodeDeploy invokes them
    webhooks = {"WebhookFunction"}  # in a container, loopback has no receiver
    assert set(EVENTS) == set(resources_of_type("AWS::Serverless::Function")) - hooks - webhooks


class TestInvoke:
    """The effect of each function."""

    def test_of_the_api_creates_the_user(self, terminal: Terminal) -> None:
        answer = invoke(terminal, "UsersApiFunction")
        assert answer["statusCode"] == 201
        assert terminal.users() == [json.loads(load_event("create-user")["body"])["userId"]]

    @pytest.mark.parametrize("function", ["UserStreamFunction", "UserEventsFunction"])
    def test_of_a_consumer_handles_the_whole_batch(self, terminal: Terminal, function: str) -> None:
        assert invoke(terminal, function) == NO_FAILURES

    def test_of_the_clean_up_deletes_nothing_that_is_young(self, terminal: Terminal, bucket: Bucket) -> None:
        bucket.put("temp/young", b"x")
        assert invoke(terminal, "CleanupFunction") is None
        assert bucket.keys("temp/") == ["temp/young"]

    def test_of_an_upload_makes_thumbnails(self, terminal: Terminal, bucket: Bucket) -> None:
        key = load_event("upload-created")["Records"][0]["s3"]["object"]["key"]
        bucket.put(key, pictures.saved(pictures.quadrants(), "JPEG"))
        thumbnails = [f"thumbnails/{size}/{key}" for size in ("large", "medium", "small")]
        eventually(lambda: bucket.keys("thumbnails/") == thumbnails)  # S3 notifies the local AWS, too
        for name in thumbnails:
            bucket.client.delete_object(Bucket=bucket.name, Key=name)
        assert invoke(terminal, "ThumbnailsFunction") is None
        assert bucket.keys("thumbnails/") == thumbnails


class TestFailure:
    """SAM CLI ends with 0 when a handler raises. This command does not."""

    @pytest.mark.parametrize(
        ("function", "advice"), [("ThumbnailsFunction", "KeyError"), ("Nothing", "UsersApiFunction")]
    )
    def test_fails_the_command_and_names_it(self, terminal: Terminal, function: str, advice: str) -> None:
        """Of the handler, whose event is another function's, or of the name."""
        arguments = (f"FUNCTION={function}", "EVENT=events/cleanup/cleanup.json")
        result = terminal.run("make", "-s", "sam-invoke", *arguments)
        assert advice in result.stdout + result.stderr
        assert result.returncode != 0
