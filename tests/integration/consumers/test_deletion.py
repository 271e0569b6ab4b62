"""The pictures of a deleted user are deleted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.helpers.consumers import messages, user_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.integration.consumers.services import Aws, Bucket, thumbnails_of, upload_key
from users.consumers.user_events import lambda_handler

FUNCTION = "UserEventsFunction"
DONE: dict[str, Any] = {"batchItemFailures": []}
AGAIN = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
DELETED_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CREATED, LATER = user_event()["data"]["createdAt"], "2026-11-20T12:00:00.001Z"


def deliver(user_id: str = "123") -> dict[str, Any]:
    """The response to the event of a deletion."""
    event = user_event(kind="user.deleted", userId=user_id, time="2026-11-20T12:00:00.000Z")
    response: dict[str, Any] = lambda_handler(messages(event), Context())
    return response


def put(bucket: Bucket, user_id: str, name: str, at: datetime = DELETED_AT - SECOND) -> set[str]:
    """Write a picture and its thumbnails."""
    upload = f"uploads/{user_id}/{name}"
    keys = {upload, *thumbnails_of(upload)}
    bucket.put_many(keys, at=at)
    return keys


class TestDeletion:
    """Uploads are deleted with their thumbnails."""

    @pytest.mark.parametrize("name", [32 * "a", "my photo+1.jpg", "猫/50%.png", "a&b=c?d#e"])
    def test_removes_uploads_and_thumbnails(self, aws: Aws, name: str) -> None:
        put(aws.bucket, "123", name)
        put(aws.bucket, "123", "another")
        assert deliver() == DONE
        assert aws.bucket.keys == set()

    @pytest.mark.parametrize("other", ["12", "1234", "124", "123.", "123-a"])
    def test_leaves_those_of_other_users(self, aws: Aws, other: str) -> None:
        theirs = put(aws.bucket, other, "a")
        put(aws.bucket, "123", "a")
        aws.bucket.put("temp/123/a", at=DELETED_AT - SECOND)
        assert deliver() == DONE
        assert aws.bucket.keys == theirs | {"temp/123/a"}

    def test_of_a_user_without_pictures_is_nothing(self, aws: Aws, logs: Logs) -> None:
        assert deliver() == DONE
        assert aws.wire.count("DeleteObjects") == 0
        assert aws.bucket.keys == set()
        assert [line["outcome"] for line in logs.lines] == ["success"]

    def test_takes_eight_calls_for_a_thousand_pictures(self, aws: Aws) -> None:
        for number in range(1000):
            put(aws.bucket, "123", str(number))
        assert deliver() == DONE
        assert (aws.wire.count("ListObjectsV2"), aws.wire.count("DeleteObjects")) == (4, 4)
        assert aws.bucket.keys == set()

    def test_removes_thumbnails_whose_upload_has_expired(self, aws: Aws) -> None:
        put(aws.bucket, "123", "a")
        aws.bucket.delete("uploads/123/a")
        assert deliver() == DONE
        assert aws.bucket.keys == set()


class TestLateDeletion:
    """A user with the same id may have been created before the event arrives."""

    @pytest.mark.parametrize("later", [SECOND, timedelta(hours=3)])
    def test_leaves_what_was_written_after_it(self, aws: Aws, later: timedelta) -> None:
        put(aws.bucket, "123", "old")
        new = put(aws.bucket, "123", "new", at=DELETED_AT + later)
        assert [deliver() for _ in range(5)] == 5 * [DONE]
        assert aws.bucket.keys == new

    def test_knows_pictures_from_forms_by_their_user(self, aws: Aws) -> None:
        """Whenever they were written: the new user's in the same second, the old one's after the deletion."""
        new = put(aws.bucket, "123", upload_key(created_at=LATER).rpartition("/")[2])
        put(aws.bucket, "123", upload_key(created_at=CREATED).rpartition("/")[2], at=DELETED_AT + SECOND)
        assert deliver() == DONE
        assert aws.bucket.keys == new

    def test_takes_what_was_written_within_the_second_that_the_stream_knows(self, aws: Aws) -> None:
        put(aws.bucket, "123", "old", at=DELETED_AT + timedelta(milliseconds=900))
        assert deliver() == DONE
        assert aws.bucket.keys == set()


class TestFaults:
    """Objects that S3 did not delete are deleted when the message is retried."""

    def test_is_retried_when_the_response_was_lost(self, aws: Aws) -> None:
        put(aws.bucket, "123", "a")
        aws.wire.lose_response("DeleteObjects")
        assert [deliver(), deliver()] == [AGAIN, DONE]
        assert aws.bucket.keys == set()

    @pytest.mark.parametrize("staying", [["uploads/123/a"], thumbnails_of("uploads/123/a")])
    def test_is_retried_when_some_objects_stay(self, aws: Aws, staying: list[str]) -> None:
        put(aws.bucket, "123", "a")
        put(aws.bucket, "123", "b")
        aws.wire.refuse("DeleteObjects", lambda item: item["Key"] in staying)
        assert deliver() == AGAIN
        aws.wire.recover()
        assert deliver() == DONE
        assert aws.bucket.keys == set()
