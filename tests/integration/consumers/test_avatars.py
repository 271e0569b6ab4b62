"""The newest picture of an existing user is the avatar, and all others are deleted."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from tests.helpers import pictures
from tests.helpers.consumers import upload_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.integration.consumers.services import Aws, thumbnails_of, upload_key
from users.adapters.dynamodb.items import user_from_item
from users.consumers.thumbnails import lambda_handler

FUNCTION = "ThumbnailsFunction"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PICTURE = pictures.saved(pictures.quadrants(), "JPEG")
KEYS = [upload_key(number) for number in range(3)]
OLD, NEW, NEWEST = KEYS
SECONDS = {OLD: 0, NEW: 0, NEWEST: 1}
CREATED_AGAIN_AT = "2026-11-20T11:00:00.001Z"


def uploaded(key: str) -> None:
    """Deliver the notification of an upload."""
    lambda_handler(upload_event(key), Context())


def removed(key: str) -> None:
    """Deliver the notification of a removal."""
    lambda_handler(upload_event(key, "upload-removed"), Context())


def notify_of_removals(aws: Aws) -> None:
    """Deliver notifications of all deleted objects, as S3 does."""
    for key in set(KEYS) - aws.bucket.keys:
        removed(key)


def error_of(aws: Aws) -> str | None:
    """Why the user's newest picture was refused, as clients see it."""
    return user_from_item(aws.users.item("123")).avatar_error


@pytest.fixture(autouse=True)
def _uploads(aws: Aws) -> None:
    """A user with three uploads, two of them in one second."""
    aws.users.add("123")
    for key in KEYS:
        aws.bucket.put(key, PICTURE, at=NOON + timedelta(seconds=SECONDS[key]))


class TestNewest:
    """Only the newest stays, with its thumbnails."""

    @pytest.mark.parametrize("order", [list(order) for order in permutations(KEYS)])
    def test_wins_in_any_order(self, aws: Aws, order: list[str]) -> None:
        for key in order * 2:
            uploaded(key)
        notify_of_removals(aws)
        changes = [key for number, key in enumerate(order) if key == max(order[: number + 1])]
        assert aws.users.avatar("123") == (NEWEST, 1 + len(changes))
        assert aws.bucket.keys == {NEWEST, *thumbnails_of(NEWEST)}

    def test_is_by_when_it_was_uploaded_and_not_by_its_form(self, aws: Aws) -> None:
        aws.bucket.put(OLD, PICTURE, at=NOON + timedelta(seconds=2))
        for key in KEYS:
            uploaded(key)
        assert aws.users.avatar("123") == (OLD, 2)

    def test_older_one_does_not_come_back_when_it_is_removed(self, aws: Aws) -> None:
        uploaded(NEW)
        aws.bucket.delete(NEW)
        removed(NEW)
        uploaded(OLD)
        assert aws.users.avatar("123") == (None, 3)
        assert aws.bucket.keys == {NEWEST}

    def test_is_announced_and_older_ones_are_not(self, aws: Aws) -> None:
        uploaded(NEW)
        uploaded(OLD)
        assert [news["originalKey"] for news in aws.topic.documents] == [NEW]

    @pytest.mark.parametrize(
        "key", ["uploads/123/photo.jpg", f"uploads/123/x/{'0a' * 16}", f"uploads/123/{'0A' * 16}"]
    )
    def test_is_only_what_came_through_the_api(self, aws: Aws, key: str) -> None:
        aws.bucket.put(key, PICTURE, at=NOON)
        uploaded(key)
        uploaded(NEWEST)
        assert {key, *thumbnails_of(key)} <= aws.bucket.keys
        assert aws.users.avatar("123") == (NEWEST, 2)


class TestRefused:
    """The user has the reason why the newest picture was refused, and keeps the previous avatar."""

    def test_has_an_error_until_a_later_upload_succeeds(self, aws: Aws) -> None:
        aws.bucket.put(NEW, b"only text", at=NOON)
        uploaded(OLD)
        uploaded(NEW)
        assert (aws.users.avatar("123"), error_of(aws)) == ((OLD, 3), "not an image")
        uploaded(NEWEST)
        notify_of_removals(aws)
        assert (aws.users.avatar("123"), error_of(aws)) == ((NEWEST, 4), None)
        assert aws.bucket.keys == {NEWEST, *thumbnails_of(NEWEST)}

    @pytest.mark.parametrize("order", [list(order) for order in permutations(KEYS)])
    def test_has_an_error_in_any_order_when_it_is_the_newest(self, aws: Aws, order: list[str]) -> None:
        aws.bucket.put(NEWEST, b"only text", at=NOON + timedelta(seconds=1))
        for key in order * 2:
            uploaded(key)
        notify_of_removals(aws)
        assert (aws.users.avatar("123")[0], error_of(aws)) == (NEW, "not an image")
        assert aws.bucket.keys == {NEW, *thumbnails_of(NEW)}

    def test_has_no_error_when_a_later_one_is_the_avatar(self, aws: Aws) -> None:
        aws.bucket.put(OLD, b"only text", at=NOON)
        uploaded(NEW)
        uploaded(OLD)
        assert (aws.users.avatar("123"), error_of(aws)) == ((NEW, 2), None)


class TestUserGone:
    """Nothing remains of a deleted user, and no user is created."""

    @pytest.mark.parametrize("content", [PICTURE, b"only text"])
    def test_upload_and_thumbnails_go(self, aws: Aws, logs: Logs, content: bytes) -> None:
        aws.bucket.put(OLD, content, at=NOON)
        aws.users.remove("123")
        for _ in range(5):
            uploaded(OLD)
        assert aws.bucket.keys == {NEW, NEWEST}
        assert aws.users.item("123") == {}
        assert [line["outcome"] for line in logs.lines] == ["user_gone", *4 * ["gone"]]

    @pytest.mark.parametrize("content", [PICTURE, b"only text"])
    def test_a_form_has_no_effect_for_a_user_who_is_created_again(self, aws: Aws, content: bytes) -> None:
        aws.users.remove("123")
        aws.users.add("123", CREATED_AGAIN_AT)
        again = aws.users.item("123")
        aws.bucket.put(OLD, content, at=NOON)
        uploaded(OLD)
        assert aws.users.item("123") == again
        assert aws.bucket.keys == {NEW, NEWEST}
        assert aws.topic.messages == []


class TestRemoval:
    """A removed upload is removed with its thumbnails, and with the avatar if it has this key."""

    def test_of_a_user_who_is_gone_takes_thumbnails(self, aws: Aws) -> None:
        uploaded(OLD)
        aws.users.remove("123")
        aws.bucket.delete(OLD)
        removed(OLD)
        assert aws.bucket.keys == {NEW, NEWEST}
        assert aws.users.item("123") == {}

    def test_that_is_notified_before_the_upload_counts(self, aws: Aws) -> None:
        aws.bucket.delete(OLD)
        removed(OLD)
        uploaded(OLD)
        assert aws.bucket.keys == {NEW, NEWEST}
        assert aws.users.avatar("123") == (None, 1)
        assert aws.topic.messages == []

    def test_that_is_late_leaves_what_was_uploaded_since(self, aws: Aws, logs: Logs) -> None:
        uploaded(OLD)
        removed(OLD)
        assert {OLD, *thumbnails_of(OLD)} <= aws.bucket.keys
        assert aws.users.avatar("123") == (OLD, 2)
        assert [line["outcome"] for line in logs.lines] == ["processed", "replaced"]
