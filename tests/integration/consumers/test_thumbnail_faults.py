"""When AWS fails while thumbnails are made, the notification is retried and takes effect once."""

from typing import Any

import pytest
from botocore.exceptions import IncompleteReadError, ResponseStreamingError
from botocore.response import StreamingBody

from tests.helpers import pictures
from tests.helpers.consumers import upload_event
from tests.helpers.responses import Context
from tests.helpers.wire import PASSING, Wire, refusal
from tests.integration.consumers.services import Bucket, Locks, Queue, Users, thumbnails_of, upload_key
from users.consumers.thumbnails import lambda_handler
from users.domain.errors import EffectInProgressError, ServiceUnavailableError

FUNCTION = "ThumbnailsFunction"
KEY, OLDER = upload_key(1), upload_key(0)
THUMBNAILS = thumbnails_of(KEY)
PICTURE = pictures.saved(pictures.quadrants(), "JPEG")
INVOCATION_SECONDS = Context().get_remaining_time_in_millis() // 1000
OPERATIONS = ["GetObject", "PutObject", "UpdateItem", "ListObjectsV2", "DeleteObject", "PutItem", "Publish"]


def notify(name: str = "upload-created") -> None:
    """Deliver the notification of an upload or its removal."""
    lambda_handler(upload_event(KEY, name), Context())


@pytest.fixture(autouse=True)
def _upload(bucket: Bucket, topic: Queue, users: Users) -> None:  # noqa: ARG001 - creates the topic
    """A user with an upload and an earlier one."""
    users.add("123")
    bucket.put(OLDER, PICTURE)
    bucket.put(KEY, PICTURE)


def check_done_once(bucket: Bucket, topic: Queue, users: Users) -> None:
    """The upload had all of its effects, each once."""
    assert bucket.keys == {KEY, *THUMBNAILS}
    assert users.avatar("123") == (KEY, 2)
    assert topic.types == ["image_processed"]


class TestUpload:
    """Faults raise an exception, so that Lambda retries."""

    @pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_is_done_once_by_the_next_try(  # noqa: PLR0913, PLR0917 - it is about all of them
        self, bucket: Bucket, topic: Queue, users: Users, wire: Wire, operation: str, fault: Exception
    ) -> None:
        wire.fail(operation, fault)
        with pytest.raises(ServiceUnavailableError):
            notify()
        notify()
        check_done_once(bucket, topic, users)

    @pytest.mark.parametrize("operation", ["PutObject", "UpdateItem"])
    def test_is_done_once_when_a_response_was_lost(
        self, bucket: Bucket, topic: Queue, users: Users, wire: Wire, operation: str
    ) -> None:
        wire.lose_response(operation)
        with pytest.raises(ServiceUnavailableError):
            notify()
        notify()
        check_done_once(bucket, topic, users)

    @pytest.mark.parametrize("working", [1, 2])
    def test_is_done_once_when_only_some_thumbnails_were_written(
        self, bucket: Bucket, topic: Queue, users: Users, wire: Wire, working: int
    ) -> None:
        wire.fail("PutObject", *[None] * working, PASSING["slow-down"])
        with pytest.raises(ServiceUnavailableError):
            notify()
        notify()
        check_done_once(bucket, topic, users)

    def test_is_done_once_when_the_response_to_a_lock_was_lost(
        self, bucket: Bucket, topic: Queue, users: Users, wire: Wire, locks: Locks
    ) -> None:
        wire.lose_response("PutItem")
        with pytest.raises(ServiceUnavailableError):
            notify()
        with pytest.raises(EffectInProgressError):
            notify()
        locks.age(INVOCATION_SECONDS)
        notify()
        check_done_once(bucket, topic, users)

    def test_is_announced_once_when_that_cannot_be_recorded(
        self, bucket: Bucket, topic: Queue, users: Users, wire: Wire
    ) -> None:
        wire.fail("UpdateItem", None, PASSING["throttled"])  # the first is the avatar's
        notify()
        check_done_once(bucket, topic, users)

    def test_is_done_once_when_another_writer_is_at_the_user(
        self, bucket: Bucket, topic: Queue, users: Users, wire: Wire
    ) -> None:
        wire.fail("UpdateItem", refusal("TransactionConflictException"))
        with pytest.raises(ServiceUnavailableError):
            notify()
        notify()
        check_done_once(bucket, topic, users)

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_raises_internal_errors(
        self, bucket: Bucket, topic: Queue, users: Users, wire: Wire, operation: str
    ) -> None:
        wire.fail(operation, refusal("AccessDeniedException"))
        with pytest.raises(Exception, match="AccessDenied"):
            notify()
        notify()
        check_done_once(bucket, topic, users)

    @pytest.mark.parametrize("operation", ["ListObjectsV2", "UpdateItem"])
    def test_leaves_nothing_when_the_upload_goes_between_two_tries(
        self, bucket: Bucket, users: Users, wire: Wire, operation: str
    ) -> None:
        def remove() -> None:
            bucket.delete(KEY)
            notify("upload-removed")

        wire.meanwhile("PutObject", remove)
        wire.fail(operation, *[None] * (2 if operation == "ListObjectsV2" else 1), PASSING["throttled"])
        with pytest.raises(ServiceUnavailableError):
            notify()
        notify()
        assert bucket.keys <= {OLDER}
        assert users.avatar("123")[0] is None

    @pytest.mark.parametrize(
        "error",
        [
            ResponseStreamingError(error="connection broken"),
            IncompleteReadError(actual_bytes=1, expected_bytes=2),
            PASSING["read-timeout"],
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_is_retried_when_the_download_breaks_off(
        self,
        bucket: Bucket,
        topic: Queue,
        users: Users,
        monkeypatch: pytest.MonkeyPatch,
        error: Exception,
    ) -> None:
        def breaking(*_: Any, **__: Any) -> bytes:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(StreamingBody, "read", breaking)
            with pytest.raises((ServiceUnavailableError, IncompleteReadError)):
                notify()
        notify()
        check_done_once(bucket, topic, users)

    @pytest.mark.parametrize("length", [1, len(PICTURE) - 1])
    def test_is_retried_when_the_download_is_incomplete(
        self, bucket: Bucket, topic: Queue, users: Users, monkeypatch: pytest.MonkeyPatch, length: int
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(StreamingBody, "read", lambda *_, **__: PICTURE[:length])
            with pytest.raises(ServiceUnavailableError):
                notify()
        notify()
        check_done_once(bucket, topic, users)


class TestNoPicture:
    """An upload that is not a picture is announced once, and removed."""

    @pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
    @pytest.mark.parametrize(
        "operation", ["UpdateItem", "PutItem", "Publish", "DeleteObject", "DeleteObjects"]
    )
    def test_is_announced_once_by_the_next_try(  # noqa: PLR0913, PLR0917 - it is about all of them
        self, bucket: Bucket, topic: Queue, users: Users, wire: Wire, operation: str, fault: Exception
    ) -> None:
        bucket.put(KEY, b"only text")
        wire.fail(operation, fault)
        with pytest.raises(ServiceUnavailableError):
            notify()
        notify()
        assert topic.types == ["image_processing_failed"]
        assert users.item("123")["avatarError"] == {"S": "not an image"}
        assert bucket.keys == {OLDER}

    @pytest.mark.parametrize("operation", ["GetObject", "DeleteObject"])
    def test_is_gone_when_s3_denies_access(self, bucket: Bucket, wire: Wire, operation: str) -> None:
        """S3 returns AccessDenied instead of NoSuchKey without permission to list the bucket."""
        bucket.put(KEY, b"only text")
        wire.meanwhile(operation, lambda: bucket.delete(KEY))
        wire.fail(operation, refusal("AccessDenied", 403))
        notify()
        assert bucket.keys == {OLDER}


class TestRemoval:
    """Faults during a removal also raise an exception."""

    @pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
    @pytest.mark.parametrize("operation", ["ListObjectsV2", "UpdateItem", "DeleteObjects"])
    def test_is_done_by_the_next_try(
        self, bucket: Bucket, users: Users, wire: Wire, operation: str, fault: Exception
    ) -> None:
        notify()
        bucket.delete(KEY)
        wire.fail(operation, fault)
        with pytest.raises(ServiceUnavailableError):
            notify("upload-removed")
        notify("upload-removed")
        assert bucket.keys <= {OLDER}
        assert users.avatar("123") == (None, 3)

    def test_of_a_user_who_is_gone_is_done_by_the_next_try(
        self, bucket: Bucket, users: Users, wire: Wire
    ) -> None:
        users.remove("123")
        wire.refuse("DeleteObjects", lambda item: item["Key"] in THUMBNAILS)
        with pytest.raises(ServiceUnavailableError):
            notify()
        wire.recover()
        notify()
        assert bucket.keys <= {OLDER}
