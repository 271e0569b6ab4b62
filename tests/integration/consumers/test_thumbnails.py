"""An uploaded picture gets thumbnails, whatever its name; other files get none."""

from typing import Any
from unittest.mock import ANY, patch

import pytest
from botocore.response import StreamingBody

from tests.helpers import pictures
from tests.helpers.consumers import upload_event
from tests.helpers.events import load_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.integration.consumers.services import Aws, thumbnails_of, upload_key
from users.adapters.dynamodb.items import user_from_item
from users.consumers.thumbnails import lambda_handler
from users.domain.avatars import MAX_UPLOAD_BYTES

FUNCTION = "ThumbnailsFunction"
KEY = upload_key()
KEY_OF_NOBODY = "uploads/nobody"
SIZES = {"small": 150, "medium": 300, "large": 600}
PICTURE = pictures.saved(pictures.quadrants(), "JPEG")
ODD_KEYS = [
    "uploads/123/Zoë + 猫.jpg",
    "uploads/123/a+b.png",
    "uploads/a b  c.gif",
    "uploads/100%25.jpg",
    "uploads/фото/写真 (1).webp",
    "uploads/a&b=c;d?e#f.jpg",
    "uploads/123/" + "é" * 100,
]


def notify(key: str = KEY, **changes: Any) -> None:
    """Deliver the notification of an upload."""
    lambda_handler(upload_event(key, **changes), Context())


class TestPictures:
    """Three JPEGs of each."""

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
    def test_get_three_thumbnails(self, aws: Aws, kind: str) -> None:
        aws.users.add("123")
        aws.bucket.put(KEY, pictures.saved(pictures.quadrants((640, 480)), kind))
        notify()
        assert aws.bucket.keys == {KEY, *thumbnails_of(KEY)}
        for key, size in zip(thumbnails_of(KEY), SIZES.values(), strict=True):
            content, content_type = aws.bucket.get(key)
            assert pictures.opened(content).size == (size, size)
            assert content_type == "image/jpeg"
        assert aws.users.avatar("123") == (KEY, 2)
        assert aws.topic.types == ["image_processed"]

    @pytest.mark.parametrize("key", ODD_KEYS)
    def test_may_have_any_name(self, aws: Aws, key: str) -> None:
        aws.bucket.put(key, PICTURE)
        aws.bucket.put("uploads/another", PICTURE)
        notify(key)
        assert aws.bucket.keys == {"uploads/another", key, *thumbnails_of(key)}
        assert aws.topic.documents == [
            {"event": "image_processed", "originalKey": key, "thumbnails": thumbnails_of(key)}
        ]
        aws.bucket.delete(key)
        notify(key, name="upload-removed")
        assert aws.bucket.keys == {"uploads/another"}

    def test_are_announced_once_when_the_notification_is_repeated(self, aws: Aws) -> None:
        aws.users.add("123")
        aws.bucket.put(KEY, PICTURE)
        for _ in range(5):
            notify()
        assert aws.topic.documents == [
            {"event": "image_processed", "originalKey": KEY, "thumbnails": thumbnails_of(KEY)}
        ]
        assert aws.wire.count("Publish") == 1
        assert aws.users.avatar("123") == (KEY, 2)

    def test_are_announced_again_when_uploaded_again(self, aws: Aws) -> None:
        aws.bucket.put(KEY_OF_NOBODY, PICTURE)
        notify(KEY_OF_NOBODY, sequencer="0055AED6DCD90281E5")
        notify(KEY_OF_NOBODY, sequencer="0055AED6DCD90281F0")
        assert aws.topic.types == 2 * ["image_processed"]

    def test_all_records_of_a_notification_count(self, aws: Aws) -> None:
        keys = ["uploads/a", "uploads/b"]
        for key in keys:
            aws.bucket.put(key, PICTURE)
        lambda_handler({"Records": [upload_event(key)["Records"][0] for key in keys]}, Context())
        assert [message["originalKey"] for message in aws.topic.documents] == keys


class TestNoPictures:
    """Files that are not pictures are announced once, and not retried."""

    @pytest.mark.parametrize(
        ("content", "error"),
        [
            (b"only text", "not an image"),
            (b"", "not an image"),
            (b"<svg/>", "not an image"),
            (PICTURE[: len(PICTURE) // 2], "truncated or damaged"),
            (pictures.scan_bomb(), "truncated or damaged"),
            (pictures.claiming("PNG", (12000, 12000)), "too many pixels"),
            (pictures.claiming("JPEG", (60000, 60000)), "too many pixels"),
        ],
        ids=["text", "empty", "svg", "truncated", "scan-bomb", "png-bomb", "jpeg-bomb"],
    )
    def test_are_announced_once(self, aws: Aws, logs: Logs, content: bytes, error: str) -> None:
        aws.users.add("123")
        aws.bucket.put(KEY, content)
        for _ in range(5):
            notify()
        assert aws.topic.documents == [
            {"event": "image_processing_failed", "originalKey": KEY, "error": error}
        ]
        assert aws.topic.types == ["image_processing_failed"]
        assert aws.bucket.keys == set()
        assert aws.users.avatar("123") == (None, 2)
        assert user_from_item(aws.users.item("123")).avatar_error == error
        assert [line["outcome"] for line in logs.lines] == ["invalid", *4 * ["gone"]]

    def test_too_large_is_not_read_to_its_end(self, aws: Aws) -> None:
        aws.bucket.put(KEY_OF_NOBODY, PICTURE + bytes(2 * MAX_UPLOAD_BYTES))
        original = StreamingBody.read
        with patch.object(StreamingBody, "read", autospec=True, side_effect=original) as read:
            notify(KEY_OF_NOBODY)
        read.assert_called_once_with(ANY, MAX_UPLOAD_BYTES + 1)
        [message] = aws.topic.documents
        assert (message["event"], message["error"]) == ("image_processing_failed", "too large")

    @pytest.mark.parametrize(
        "content",
        [pictures.saved(pictures.quadrants((1, 1)), "PNG"), PICTURE.ljust(MAX_UPLOAD_BYTES, b"\x00")],
        ids=["one-pixel", "as-large-as-may-be"],
    )
    def test_are_not_those_of_an_extreme_size(self, aws: Aws, content: bytes) -> None:
        aws.bucket.put(KEY_OF_NOBODY, content)
        notify(KEY_OF_NOBODY)
        assert aws.topic.types == ["image_processed"]


class TestLogs:
    """Each upload has a log line with an id, but without the key, which contains a user id."""

    def test_hold_no_keys(self, aws: Aws, logs: Logs) -> None:
        aws.users.add("123")
        aws.bucket.put(KEY, PICTURE)
        notify()
        [line] = logs.lines
        assert (line["operation"], line["outcome"]) == ("make_thumbnails", "processed")
        request_id = load_event("upload-created")["Records"][0]["responseElements"]["x-amz-request-id"]
        assert line["correlation_id"] == aws.users.item("123")["correlationId"]["S"] == request_id
        assert aws.users.item("123")["actor"] == {"S": ""}, "no client has made this change"
        assert "uploads/" not in logs.text
        assert "John" not in logs.text
        assert aws.topic.messages
