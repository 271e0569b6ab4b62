"""Uploads get thumbnails and become avatars; what is removed takes both along."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import pytest

from tests import pictures
from tests.events import load_event
from tests.integration.reactions.conftest import BUCKET, Calls, Handler, World
from users.domain.avatars import MAX_UPLOAD_BYTES

KEY = "uploads/123/0123456789abcdef0123456789abcdef"
OTHER_KEY = "uploads/123/abcdef0123456789abcdef0123456789"
THUMBNAILS = [f"thumbnails/{size}/{KEY}" for size in ("large", "medium", "small")]
PICTURE = pictures.saved(pictures.quadrants(), "JPEG")


@pytest.fixture
def consume(function: Callable[..., Handler]) -> Handler:
    """ThumbnailsFunction."""
    return function("ThumbnailsFunction")


def news(
    name: str, key: str = KEY, *, time: str = "2026-11-20T12:10:00.000Z", number: int = 1
) -> dict[str, Any]:
    """A notification about another key, time or upload."""
    event = load_event(name)
    event["Records"][0]["eventTime"] = time
    event["Records"][0]["s3"]["object"] |= {"key": quote_plus(key, safe="/"), "sequencer": str(number)}
    return event


class TestUpload:
    """A picture gets three thumbnails and one announcement."""

    def test_makes_the_avatar_of_its_user(self, consume: Handler, world: World) -> None:
        world.add_user("123")
        world.put(KEY, PICTURE)
        for _ in range(5):
            consume(news("upload-created"))
        assert world.keys() == [*THUMBNAILS, KEY]
        user = world.user("123")
        assert (user["avatarKey"], user["version"]) == (KEY, "2")
        assert world.s3.head_object(Bucket=BUCKET, Key=THUMBNAILS[0])["ContentType"] == "image/jpeg"
        assert world.heard() == [
            {
                "event": "image_processed",
                "originalKey": KEY,
                "thumbnails": [f"thumbnails/{size}/{KEY}" for size in ("small", "medium", "large")],
            }
        ]

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_is_the_avatar_when_it_is_the_newest(
        self, consume: Handler, world: World, order: tuple[int, int]
    ) -> None:
        world.add_user("123")
        told = [
            news("upload-created", KEY),
            news("upload-created", OTHER_KEY, time="2026-11-20T12:11:00.000Z"),
        ]
        for number in order:
            world.put((KEY, OTHER_KEY)[number], PICTURE)
            consume(told[number])
        assert world.user("123")["avatarKey"] == OTHER_KEY

    def test_of_a_user_who_is_gone_goes_too(self, consume: Handler, world: World) -> None:
        world.put(KEY, PICTURE)
        consume(news("upload-created"))
        assert world.keys() == []
        assert world.user("123") == {}
        assert world.heard() == []

    def test_that_is_gone_is_let_go(self, consume: Handler, world: World) -> None:
        world.add_user("123")
        consume(news("upload-created"))
        assert "avatarKey" not in world.user("123")
        assert world.heard() == []

    def test_that_goes_meanwhile_leaves_no_thumbnails(self, consume: Handler, world: World) -> None:
        world.put(KEY, PICTURE)
        calls = Calls("s3")

        def remove(**_: Any) -> None:
            world.s3.delete_object(Bucket=BUCKET, Key=KEY)

        calls._events.register("before-call.s3.PutObject", remove)  # noqa: SLF001 - of the same tests
        consume(news("upload-created"))
        assert world.keys() == []

    @pytest.mark.parametrize(
        "key", ["uploads/my photo.jpg", "uploads/1/a+b=c&d.jpg", "uploads/1/фото/写真.jpg"]
    )
    def test_has_any_key(self, consume: Handler, world: World, key: str) -> None:
        world.put(key, PICTURE)
        consume(news("upload-created", key))
        assert sorted(world.keys()) == sorted(
            [key, *(f"thumbnails/{size}/{key}" for size in ("large", "medium", "small"))]
        )

    @pytest.mark.parametrize(
        ("content", "error"),
        [
            (b"only text", "not an image"),
            (b"", "not an image"),
            (PICTURE[:-100], "truncated or damaged"),
            (pictures.claiming("PNG", (30000, 30000)), "too many pixels"),
            (b"x" * (MAX_UPLOAD_BYTES + 1), "too large"),
        ],
        ids=["text", "empty", "truncated", "bomb", "too large"],
    )
    def test_that_is_no_picture_is_announced_once(
        self, consume: Handler, world: World, content: bytes, error: str
    ) -> None:
        world.put(KEY, content)
        for _ in range(5):
            consume(news("upload-created"))
        assert world.keys() == [KEY]
        assert world.heard() == [{"event": "image_processing_failed", "originalKey": KEY, "error": error}]


class TestRemoval:
    """A removed upload takes its thumbnails along."""

    def test_takes_thumbnails_and_avatar_along(self, consume: Handler, world: World) -> None:
        world.add_user("123")
        world.put(KEY, PICTURE)
        consume(news("upload-created"))
        world.s3.delete_object(Bucket=BUCKET, Key=KEY)
        for _ in range(2):
            consume(news("upload-removed"))
        assert world.keys() == []
        user = world.user("123")
        assert "avatarKey" not in user
        assert user["version"] == "3"

    def test_leaves_another_avatar(self, consume: Handler, world: World) -> None:
        world.add_user("123")
        world.put(KEY, PICTURE)
        consume(news("upload-created"))
        consume(news("upload-removed", OTHER_KEY))
        assert world.user("123")["avatarKey"] == KEY

    @pytest.mark.parametrize("key", [KEY, "uploads/x.jpg"])
    def test_is_nothing_when_nobody_is_left(self, consume: Handler, world: World, key: str) -> None:
        world.put(f"thumbnails/small/{key}")
        consume(news("upload-removed", key))
        assert world.keys() == []
        assert world.user("123") == {}


class TestFault:
    """What passes is raised, so that Lambda tries again, and then there is one effect."""

    @pytest.mark.parametrize(
        ("service", "operation"),
        [
            ("s3", "ListObjectsV2"),
            ("s3", "GetObject"),
            ("s3", "PutObject"),
            ("dynamodb", "UpdateItem"),
            ("dynamodb", "PutItem"),
            ("sns", "Publish"),
        ],
    )
    def test_is_raised_and_mended_by_the_next_try(
        self, consume: Handler, world: World, service: str, operation: str
    ) -> None:
        world.add_user("123")
        world.put(KEY, PICTURE)
        with Calls(service).failing(operation), pytest.raises(Exception, match=r".*"):
            consume(news("upload-created"))
        consume(news("upload-created"))
        assert world.keys() == [*THUMBNAILS, KEY]
        assert world.user("123")["version"] == "2"
        assert len(world.heard()) == 1

    def test_of_a_running_transaction_is_raised(self, consume: Handler, world: World) -> None:
        world.add_user("123")
        world.put(KEY, PICTURE)
        conflict = Calls("dynamodb").failing("UpdateItem", "TransactionConflictException", 400)
        with conflict, pytest.raises(Exception, match=r".*"):
            consume(news("upload-created"))

    def test_of_our_own_is_raised(self, consume: Handler, world: World) -> None:
        world.put(KEY, PICTURE)
        for operation in ("UpdateItem", "PutItem"):
            world.add_user("123")
            denied = Calls("dynamodb").failing(operation, "AccessDeniedException", 400)
            with denied, pytest.raises(Exception, match="AccessDenied"):
                consume(news("upload-created"))
