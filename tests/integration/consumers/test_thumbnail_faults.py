"""When AWS fails while thumbnails are made, the notification is retried and takes effect once."""

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import IncompleteReadError, ResponseStreamingError
from botocore.response import StreamingBody

from tests.helpers import pictures
from tests.helpers.consumers import upload_event
from tests.helpers.responses import Context
from tests.helpers.wire import PASSING, refusal
from tests.integration.consumers.services import Aws, thumbnails_of, upload_key
from users.consumers.thumbnails import lambda_handler
from users.domain.errors import EffectInProgressError, ServiceUnavailableError

FUNCTION = "ThumbnailsFunction"
KEY, OLDER = upload_key(1), upload_key(0)
THUMBNAILS = thumbnails_of(KEY)
PICTURE = pictures.saved(pictures.quadrants(), "JPEG")
INVOCATION_SECONDS = Context().get_remaining_time_in_millis() // 1000
OPERATIONS = ["GetObject", "PutObject", "UpdateItem", "ListObjectsV2", "DeleteObject", "PutItem", "Publish"]
# An operation, and the faults of its next calls.
TRANSIENT: list[tuple[str, Sequence[Exception | None]]] = [
    *((operation, [fault]) for operation in OPERATIONS for fault in PASSING.values()),
    *(("PutObject", [*[None] * working, PASSING["slow-down"]]) for working in (1, 2)),
    ("UpdateItem", [refusal("TransactionConflictException")]),
]


def notify(name: str = "upload-created") -> None:
    """Deliver the notification of an upload or its removal."""
    lambda_handler(upload_event(KEY, name), Context())


@pytest.fixture(autouse=True)
def _upload(aws: Aws) -> None:
    """A user with an upload and an earlier one."""
    aws.users.add("123")
    aws.bucket.put(OLDER, PICTURE)
    aws.bucket.put(KEY, PICTURE)


def check_done_once(aws: Aws) -> None:
    """The upload had all of its effects, each once."""
    assert aws.bucket.keys == {KEY, *THUMBNAILS}
    assert aws.users.avatar("123") == (KEY, 2)
    assert aws.topic.types == ["image_processed"]


def check_retried(aws: Aws) -> None:
    """The notification raises an exception, so that Lambda retries, and the next try succeeds."""
    with pytest.raises(ServiceUnavailableError):
        notify()
    notify()
    check_done_once(aws)


class TestUpload:
    """Faults raise an exception, so that Lambda retries."""

    @pytest.mark.parametrize(("operation", "faults"), TRANSIENT)
    def test_is_done_once_by_the_next_try(self, aws: Aws, operation: str, faults: list[Exception]) -> None:
        aws.wire.fail(operation, *faults)
        check_retried(aws)

    @pytest.mark.parametrize("operation", ["PutObject", "UpdateItem"])
    def test_is_done_once_when_a_response_was_lost(self, aws: Aws, operation: str) -> None:
        aws.wire.lose_response(operation)
        check_retried(aws)

    def test_is_done_once_when_the_response_to_a_lock_was_lost(self, aws: Aws) -> None:
        aws.wire.lose_response("PutItem")
        with pytest.raises(ServiceUnavailableError):
            notify()
        with pytest.raises(EffectInProgressError):
            notify()
        aws.locks.age(INVOCATION_SECONDS)
        notify()
        check_done_once(aws)

    def test_is_announced_once_when_that_cannot_be_recorded(self, aws: Aws) -> None:
        aws.wire.fail("UpdateItem", None, PASSING["throttled"])  # the first is the avatar's
        notify()
        check_done_once(aws)

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_raises_internal_errors(self, aws: Aws, operation: str) -> None:
        aws.wire.fail(operation, refusal("AccessDeniedException"))
        with pytest.raises(Exception, match="AccessDenied"):
            notify()
        notify()
        check_done_once(aws)

    @pytest.mark.parametrize(("operation", "working"), [("ListObjectsV2", 2), ("UpdateItem", 1)])
    def test_leaves_nothing_when_the_upload_goes_between_two_tries(
        self, aws: Aws, operation: str, working: int
    ) -> None:
        def remove() -> None:
            aws.bucket.delete(KEY)
            notify("upload-removed")

        aws.wire.meanwhile("PutObject", remove)
        aws.wire.fail(operation, *[None] * working, PASSING["throttled"])
        with pytest.raises(ServiceUnavailableError):
            notify()
        notify()
        assert aws.bucket.keys <= {OLDER}
        assert aws.users.avatar("123")[0] is None

    @pytest.mark.parametrize(
        "download",
        [
            ResponseStreamingError(error="connection broken"),
            IncompleteReadError(actual_bytes=1, expected_bytes=2),
            PASSING["read-timeout"],
            *(PICTURE[:1], PICTURE[:-1]),
        ],
        ids=lambda download: f"{type(download).__name__}-{len(str(download))}",
    )
    def test_is_retried_when_the_download_is_incomplete(
        self, aws: Aws, monkeypatch: pytest.MonkeyPatch, download: bytes | Exception
    ) -> None:
        def read(*_: Any, **__: Any) -> bytes:
            if isinstance(download, Exception):
                raise download
            return download

        with monkeypatch.context() as patch:
            patch.setattr(StreamingBody, "read", read)
            with pytest.raises((ServiceUnavailableError, IncompleteReadError)):
                notify()
        notify()
        check_done_once(aws)


class TestNoPicture:
    """An upload that is not a picture is announced once, and removed."""

    @pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
    @pytest.mark.parametrize(
        "operation", ["UpdateItem", "PutItem", "Publish", "DeleteObject", "DeleteObjects"]
    )
    def test_is_announced_once_by_the_next_try(self, aws: Aws, operation: str, fault: Exception) -> None:
        aws.bucket.put(KEY, b"only text")
        aws.wire.fail(operation, fault)
        with pytest.raises(ServiceUnavailableError):
            notify()
        notify()
        assert aws.topic.types == ["image_processing_failed"]
        assert aws.users.item("123")["avatarError"] == {"S": "not an image"}
        assert aws.bucket.keys == {OLDER}

    @pytest.mark.parametrize("operation", ["GetObject", "DeleteObject"])
    def test_is_gone_when_s3_denies_access(self, aws: Aws, operation: str) -> None:
        """S3 returns AccessDenied instead of NoSuchKey without permission to list the bucket."""
        aws.bucket.put(KEY, b"only text")
        aws.wire.meanwhile(operation, lambda: aws.bucket.delete(KEY))
        aws.wire.fail(operation, refusal("AccessDenied", 403))
        notify()
        assert aws.bucket.keys == {OLDER}


class TestRemoval:
    """Faults during a removal also raise an exception."""

    @pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
    @pytest.mark.parametrize("operation", ["ListObjectsV2", "UpdateItem", "DeleteObjects"])
    def test_is_done_by_the_next_try(self, aws: Aws, operation: str, fault: Exception) -> None:
        notify()
        aws.bucket.delete(KEY)
        aws.wire.fail(operation, fault)
        with pytest.raises(ServiceUnavailableError):
            notify("upload-removed")
        notify("upload-removed")
        assert aws.bucket.keys <= {OLDER}
        assert aws.users.avatar("123") == (None, 3)

    def test_of_a_user_who_is_gone_is_done_by_the_next_try(self, aws: Aws) -> None:
        aws.users.remove("123")
        aws.wire.refuse("DeleteObjects", lambda item: item["Key"] in THUMBNAILS)
        with pytest.raises(ServiceUnavailableError):
            notify()
        aws.wire.recover()
        notify()
        assert aws.bucket.keys <= {OLDER}
