"""Thumbnails and avatars keep in step with uploads."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.helpers.builders import NOON
from tests.helpers.port_fakes import (
    InMemoryAvatars,
    InMemoryIdempotency,
    InMemoryImageStore,
    InMemoryPublisher,
)
from users.domain.avatars import MAX_UPLOAD_BYTES, thumbnail_keys
from users.domain.errors import InvalidImageError, ServiceUnavailableError
from users.domain.thumbnails import ThumbnailService, Upload

KEY = f"uploads/123/{'0a' * 16}"
NEWER = f"uploads/123/{'0b' * 16}"
THUMBNAILS = set(thumbnail_keys(KEY).values())


def make_thumbnails(original: bytes) -> Mapping[str, bytes]:
    """Stands in for Pillow."""
    if original != b"picture":
        raise InvalidImageError("not an image")
    return {"small": b"s", "medium": b"m", "large": b"l"}


class World:
    """The service and what is around it."""

    def __init__(self) -> None:
        self.images = InMemoryImageStore(KEY)
        self.avatars = InMemoryAvatars("123")
        self.announcer = InMemoryPublisher()
        self.service = ThumbnailService(
            images=self.images,
            avatars=self.avatars,
            announcer=self.announcer,
            idempotency=InMemoryIdempotency(),
            make_thumbnails=make_thumbnails,
        )

    def upload(self, key: str = KEY, seconds: int = 0) -> str:
        """The outcome of an upload."""
        uploaded_at = NOON + timedelta(seconds=seconds)
        return self.service.uploaded(Upload(id=f"{key}#{seconds}", key=key, uploaded_at=uploaded_at))

    def remove(self, key: str = KEY) -> None:
        """Remove an upload, and tell of it."""
        self.images.objects.pop(key)
        self.service.removed(key)


@pytest.fixture
def world() -> World:
    """A user with an upload."""
    return World()


class TestUploaded:
    """An upload gets thumbnails and may become the avatar."""

    def test_is_processed_once(self, world: World) -> None:
        assert [world.upload() for _ in range(5)] == 5 * ["processed"]
        assert world.images.keys == {KEY, *THUMBNAILS}
        assert world.avatars.avatars == {"123": KEY}
        assert world.announcer.announced == [
            {"event": "image_processed", "originalKey": KEY, "thumbnails": list(thumbnail_keys(KEY).values())}
        ]

    @pytest.mark.parametrize("order", [(KEY, NEWER), (NEWER, KEY)])
    def test_is_the_avatar_when_it_is_the_newest(self, world: World, order: tuple[str, str]) -> None:
        world.images.objects[NEWER] = (b"picture", NOON)
        for key in order:
            world.upload(key, seconds=int(key == NEWER))
        assert world.avatars.avatars == {"123": NEWER}

    def test_of_nobody_is_no_avatar(self, world: World) -> None:
        world.images.objects["uploads/a"] = (b"picture", NOON)
        assert world.upload("uploads/a") == "processed"
        assert world.avatars.avatars == {"123": None}

    @pytest.mark.parametrize(
        ("content", "reason"), [(b"text", "not an image"), (bytes(MAX_UPLOAD_BYTES + 1), "too large")]
    )
    def test_is_told_once_when_it_is_no_picture(self, world: World, content: bytes, reason: str) -> None:
        world.images.objects[KEY] = (content, NOON)
        assert [world.upload() for _ in range(5)] == 5 * ["invalid"]
        assert world.announcer.announced == [
            {"event": "image_processing_failed", "originalKey": KEY, "error": reason}
        ]
        assert world.images.keys == {KEY}

    def test_goes_when_the_user_is_gone(self, world: World) -> None:
        world.avatars.avatars.clear()
        assert [world.upload(), world.upload()] == ["user_gone", "gone"]
        assert world.images.keys == set()
        assert world.announcer.announced == []

    def test_is_announced_later_when_that_fails(self, world: World) -> None:
        world.announcer.faults.coming = [True]
        with pytest.raises(ServiceUnavailableError):
            world.upload()
        assert world.upload() == "processed"
        assert len(world.announcer.announced) == 1


class TestRemoved:
    """A removed upload leaves nothing, whenever its notification comes."""

    def test_leaves_nothing(self, world: World) -> None:
        world.upload()
        world.remove()
        assert world.images.keys == set()
        assert world.avatars.avatars == {"123": None}

    def test_leaves_what_was_uploaded_since(self, world: World) -> None:
        world.upload()
        assert world.service.removed(KEY) == "replaced"
        assert world.images.keys == {KEY, *THUMBNAILS}
        assert world.avatars.avatars == {"123": KEY}

    def test_of_nobody_leaves_no_thumbnails(self, world: World) -> None:
        world.images.objects["thumbnails/small/uploads/a"] = (b"s", NOON)
        assert world.service.removed("uploads/a") == "success"
        assert world.images.keys == {KEY}

    def test_leaves_nothing_when_the_picture_was_just_read(self, world: World) -> None:
        self.removed_before(world, "write")
        assert world.upload() == "gone"
        assert world.images.keys == set()

    def test_leaves_no_avatar_when_thumbnails_were_just_written(self, world: World) -> None:
        def remove() -> None:
            world.avatars.before = lambda: None
            world.remove()

        world.avatars.before = remove
        assert world.upload() == "gone"
        assert world.images.keys == set()
        assert world.avatars.avatars == {"123": None}

    def removed_before(self, world: World, operation: str) -> None:
        """Let the upload be removed right before an operation."""

        def before(name: str) -> None:
            if name == operation:
                world.images.before = lambda _name: None
                world.remove()

        world.images.before = before
