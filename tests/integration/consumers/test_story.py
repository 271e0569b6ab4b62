"""One correlation id links a change and everything that follows it."""

import os

import pytest

from tests.helpers.consumers import messages, stream_record
from tests.helpers.environment import prepare
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.integration.consumers.services import SENDER, Bucket, Mailbox, Queue
from users.consumers import user_events, user_stream

FUNCTION = "UserStreamFunction"
REQUEST = "0f8c1d2e-3b4a-4c5d-8e6f-7a8b9c0d9e99"


class TestStory:
    """The stream consumer and the queue consumer log under the id of the request."""

    @pytest.mark.parametrize("name", ["stream-insert", "stream-remove"])
    def test_all_consumers_log_one_id(  # noqa: PLR0913, PLR0917 - it leads through all of them
        self,
        topic: Queue,
        mailbox: Mailbox,
        request: pytest.FixtureRequest,
        monkeypatch: pytest.MonkeyPatch,
        logs: Logs,
        name: str,
    ) -> None:
        record = stream_record(name)
        for image in ("NewImage", "OldImage"):
            if image in record["dynamodb"]:
                record["dynamodb"][image]["correlationId"] = {"S": REQUEST}
        user_stream.lambda_handler({"Records": [record]}, Context())

        service = os.environ["POWERTOOLS_SERVICE_NAME"]  # of the fixture that reads the logs
        prepare(monkeypatch, "UserEventsFunction")
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", service)
        monkeypatch.setenv("SENDER_EMAIL_ADDRESS", SENDER)
        bucket: Bucket = request.getfixturevalue("bucket")
        monkeypatch.setenv("IMAGES_BUCKET_NAME", bucket.name)
        response = user_events.lambda_handler(messages(*topic.bodies), Context())

        assert response == {"batchItemFailures": []}
        lines = [(line["operation"], line["outcome"], line["correlation_id"]) for line in logs.lines]
        ids = {message["MessageAttributes"]["correlationId"]["StringValue"] for message in topic.messages}
        assert ids == {REQUEST}
        assert lines == [
            ("publish_event", "success", REQUEST),
            ("handle_event", "success", REQUEST),
        ]
        assert len(mailbox.recipients) == (name == "stream-insert")
        assert not [word for word in ("John", "Jane", "@") if word in logs.text]
