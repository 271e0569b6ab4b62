"""Temporary objects are deleted after seven days."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.helpers.events import load_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.helpers.wire import PASSING, refusal
from tests.integration.consumers.services import Aws
from users.consumers.cleanup import lambda_handler
from users.domain.errors import ServiceUnavailableError

FUNCTION = "CleanupFunction"
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


def clean_up() -> None:
    """Invoke the function as the schedule does."""
    lambda_handler(load_event("cleanup"), Context())


def ago(age: timedelta) -> datetime:
    """A moment in the past."""
    return datetime.now(UTC) - age


class TestCleanup:
    """Objects older than seven days are deleted."""

    def test_takes_three_list_and_three_delete_calls_for_2500(self, aws: Aws, logs: Logs) -> None:
        aws.bucket.put_many((f"temp/{number:04}" for number in range(2500)), at=ago(WEEK + MINUTE))
        clean_up()
        assert aws.bucket.keys == set()
        assert [name for name, _ in aws.wire.calls] == 3 * ["ListObjectsV2", "DeleteObjects"]
        [line] = logs.lines
        assert (line["operation"], line["outcome"], line["deleted"]) == ("clean_up", "success", 2500)
        assert line["correlation_id"] == Context().aws_request_id

    def test_takes_old_ones_of_any_key_and_leaves_younger_ones_and_other_prefixes(self, aws: Aws) -> None:
        old = [
            "temp/old",
            "temp/below/it/old",
            "temp/my file+1.txt",
            "temp/猫.jpg",
            "temp/a&b<c>%20",
            "temp/",
        ]
        aws.bucket.put_many(old, at=ago(WEEK + MINUTE))
        others = ["uploads/1/a", "thumbnails/small/uploads/1/a", "temporary/a", "a/temp/a", "temp"]
        aws.bucket.put_many(others, at=ago(4 * WEEK))
        aws.bucket.put("temp/young", at=ago(WEEK - MINUTE))
        aws.bucket.put("temp/new")
        clean_up()
        assert aws.bucket.keys == {*others, "temp/young", "temp/new"}

    def test_a_page_of_young_ones_takes_no_delete_call(self, aws: Aws, logs: Logs) -> None:
        young = [f"temp/a{number:03}" for number in range(1000)]
        aws.bucket.put_many(young, at=ago(WEEK - MINUTE))
        aws.bucket.put("temp/b", at=ago(WEEK + MINUTE))
        clean_up()
        clean_up()
        assert aws.bucket.keys == set(young)
        assert [name for name, _ in aws.wire.calls] == [
            *2 * ["ListObjectsV2"],
            "DeleteObjects",
            "ListObjectsV2",
        ]
        assert [line["deleted"] for line in logs.lines] == [1, 0]


class TestFaults:
    """A failed deletion raises an exception, so that Lambda retries the invocation."""

    @pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
    @pytest.mark.parametrize("operation", ["ListObjectsV2", "DeleteObjects"])
    def test_raises_and_a_retry_succeeds(self, aws: Aws, operation: str, fault: Exception) -> None:
        aws.bucket.put_many((f"temp/{number:04}" for number in range(1001)), at=ago(WEEK + MINUTE))
        aws.wire.fail(operation, None, fault)
        with pytest.raises(ServiceUnavailableError):
            clean_up()
        assert len(aws.bucket.keys) == 1
        clean_up()
        assert aws.bucket.keys == set()

    def test_raises_when_some_objects_stay(self, aws: Aws) -> None:
        aws.bucket.put_many(["temp/a", "temp/b", "temp/c"], at=ago(WEEK + MINUTE))
        aws.wire.refuse("DeleteObjects", lambda item: item["Key"] == "temp/b")
        with pytest.raises(ServiceUnavailableError):
            clean_up()
        assert aws.bucket.keys == {"temp/b"}
        aws.wire.recover()
        clean_up()
        assert aws.bucket.keys == set()

    def test_raises_internal_errors(self, aws: Aws) -> None:
        aws.wire.fail("ListObjectsV2", refusal("AccessDenied", 403))
        with pytest.raises(Exception, match="AccessDenied"):
            clean_up()
        assert aws.bucket.keys == set()
