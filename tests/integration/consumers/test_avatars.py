"""The newest upload of a user who is there is the avatar, in whatever order news of uploads come."""

from itertools import permutations

import pytest

from tests.helpers import pictures
from tests.helpers.answers import Context
from tests.helpers.consumers import upload_event
from tests.helpers.logs import Logs
from tests.helpers.wire import Wire
from tests.integration.consumers.surroundings import Bucket, Queue, Users
from users.consumers.thumbnails import lambda_handler

FUNCTION = "ThumbnailsFunction"
PICTURE = pictures.saved(pictures.quadrants(), "JPEG")
KEYS = [f"uploads/123/{letter * 32}" for letter in "abc"]
OLD, NEW, NEWEST = KEYS
TIMES = dict(
    zip(
        KEYS,
        ["2026-11-20T12:00:00.000Z", "2026-11-20T12:00:00.001Z", "2026-11-20T12:00:01.000Z"],
        strict=True,
    )
)


def uploaded(key: str) -> None:
    """News of an upload."""
    lambda_handler(upload_event(key, time=TIMES[key]), Context())


def removed(key: str) -> None:
    """News of a removal."""
    lambda_handler(upload_event(key, "upload-removed"), Context())


def thumbnails(key: str) -> set[str]:
    """The keys of an upload's thumbnails."""
    return {f"thumbnails/{size}/{key}" for size in ("small", "medium", "large")}


@pytest.fixture(autouse=True)
def _uploads(bucket: Bucket, topic: Queue, users: Users) -> None:  # noqa: ARG001 - the topic is there
    """A user with three uploads."""
    users.add("123")
    for key in KEYS:
        bucket.put(key, PICTURE)


class TestNewest:
    """An upload that is older than the avatar changes nothing of the user."""

    @pytest.mark.parametrize("order", [list(order) for order in permutations(KEYS)])
    def test_wins_in_any_order(self, users: Users, order: list[str]) -> None:
        for key in order * 2:
            uploaded(key)
        changes = [key for number, key in enumerate(order) if key == max(order[: number + 1])]
        assert users.avatar("123") == (NEWEST, 1 + len(changes))

    def test_does_not_hinder_thumbnails_of_older_ones(self, bucket: Bucket, topic: Queue) -> None:
        uploaded(NEW)
        uploaded(OLD)
        assert thumbnails(OLD) | thumbnails(NEW) <= bucket.keys
        assert topic.types == 2 * ["image_processed"]

    def test_older_one_does_not_come_back_when_it_is_removed(self, bucket: Bucket, users: Users) -> None:
        uploaded(NEW)
        bucket.delete(NEW)
        removed(NEW)
        uploaded(OLD)
        assert users.avatar("123") == (None, 3)

    @pytest.mark.parametrize(
        "key", ["uploads/123/photo.jpg", f"uploads/123/x/{'a' * 32}", f"uploads/123/{'A' * 32}"]
    )
    def test_is_only_what_came_through_the_api(self, bucket: Bucket, users: Users, key: str) -> None:
        bucket.put(key, PICTURE)
        lambda_handler(upload_event(key), Context())
        assert thumbnails(key) <= bucket.keys
        assert users.avatar("123") == (None, 1)


class TestUserGone:
    """Of a user who is gone nothing stays, and nobody comes into being."""

    def test_upload_and_thumbnails_go(self, bucket: Bucket, topic: Queue, users: Users, logs: Logs) -> None:
        users.remove("123")
        for _ in range(5):
            uploaded(OLD)
        assert bucket.keys == {NEW, NEWEST}
        assert users.item("123") == {}
        assert topic.messages == []
        assert [line["outcome"] for line in logs.lines] == ["user_gone", *4 * ["gone"]]

    def test_upload_goes_when_the_user_goes_meanwhile(self, bucket: Bucket, users: Users, wire: Wire) -> None:
        wire.meanwhile("UpdateItem", lambda: users.remove("123"))
        uploaded(OLD)
        assert bucket.keys == {NEW, NEWEST}
        assert users.item("123") == {}


class TestRemoval:
    """With an upload its thumbnails go, and the avatar if it was made of it."""

    def test_takes_the_avatar_along(self, bucket: Bucket, users: Users) -> None:
        uploaded(OLD)
        bucket.delete(OLD)
        for _ in range(5):
            removed(OLD)
        assert bucket.keys == {NEW, NEWEST}
        assert users.avatar("123") == (None, 3)

    def test_leaves_another_avatar(self, bucket: Bucket, users: Users) -> None:
        uploaded(OLD)
        uploaded(NEW)
        bucket.delete(OLD)
        removed(OLD)
        assert bucket.keys == {NEW, NEWEST, *thumbnails(NEW)}
        assert users.avatar("123") == (NEW, 3)

    def test_of_a_user_who_is_gone_takes_thumbnails(self, bucket: Bucket, users: Users) -> None:
        uploaded(OLD)
        users.remove("123")
        bucket.delete(OLD)
        removed(OLD)
        assert bucket.keys == {NEW, NEWEST}
        assert users.item("123") == {}

    def test_that_is_told_before_the_upload_counts(self, bucket: Bucket, topic: Queue, users: Users) -> None:
        bucket.delete(OLD)
        removed(OLD)
        uploaded(OLD)
        assert bucket.keys == {NEW, NEWEST}
        assert users.avatar("123") == (None, 1)
        assert topic.messages == []

    def test_that_is_late_leaves_what_was_uploaded_since(
        self, users: Users, bucket: Bucket, logs: Logs
    ) -> None:
        uploaded(OLD)
        removed(OLD)
        assert thumbnails(OLD) <= bucket.keys
        assert users.avatar("123") == (OLD, 2)
        assert [line["outcome"] for line in logs.lines] == ["processed", "replaced"]

    @pytest.mark.parametrize("operation", ["GetObject", "PutObject", "UpdateItem", "Publish"])
    def test_while_thumbnails_are_made_leaves_nothing(
        self, bucket: Bucket, users: Users, wire: Wire, operation: str
    ) -> None:
        def remove() -> None:
            bucket.delete(OLD)
            removed(OLD)

        wire.meanwhile(operation, remove)
        try:
            uploaded(OLD)
        except Exception:  # noqa: BLE001 - then Lambda tries again
            uploaded(OLD)
        assert bucket.keys == {NEW, NEWEST}
        assert users.avatar("123")[0] is None
