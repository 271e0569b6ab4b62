"""Thumbnails and avatars keep in step with uploads."""

from collections.abc import Mapping

import pytest

from tests.helpers.builders import NOON
from tests.helpers.port_fakes import (
    InMemoryAvatars,
    InMemoryIdempotency,
    InMemoryImageStore,
    InMemoryPublisher,
)
from users.domain.avatars import AVATAR_SIZES, MAX_UPLOAD_BYTES, thumbnail_keys
from users.domain.errors import InvalidImageError, ServiceUnavailableError
from users.domain.thumbnails import ThumbnailService, Upload

KEY = f"uploads/123/{'0a' * 16}"
NEWER = f"uploads/123/{'0b' * 16}"
THUMBNAILS = set(thumbnail_keys(KEY).values())


def make_thumbnails(original: bytes) -> Mapping[str, bytes]:
    """Stands in for Pillow."""
    if not original.endswith(b"picture"):
        raise InvalidImageError("not an image")
    return dict.fromkeys(AVATAR_SIZES, b"s of " + original)


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

    def upload(self, key: str = KEY) -> str:
        """The outcome of an upload."""
        return self.service.uploaded(Upload(id=f"{key}#1", key=key))

    def remove(self, key: str = KEY) -> str:
        """The outcome of a removal."""
        return self.service.removed(Upload(id=f"{key}#2", key=key))


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

    def test_of_nobody_is_no_avatar(self, world: World) -> None:
        world.images.objects["uploads/a"] = (b"picture", NOON)
        assert world.upload("uploads/a") == "processed"
        assert world.avatars.avatars == {"123": None}

    @pytest.mark.parametrize(
        ("content", "reason"), [(b"text", "not an image"), (bytes(MAX_UPLOAD_BYTES + 1), "too large")]
    )
    def test_is_told_once_when_it_is_no_picture(self, world: World, content: bytes, reason: str) -> None:
        world.images.objects[KEY] = (content, NOON)
        assert [world.upload() for _ in range(3)] == ["invalid", "gone", "gone"]
        assert world.announcer.announced == [
            {"event": "image_processing_failed", "originalKey": KEY, "error": reason}
        ]
        assert world.avatars.errors == {"123": reason}
        assert world.images.keys == set()

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

    def test_is_the_one_that_stays_when_another_is_written_to_its_key_meanwhile(self, world: World) -> None:
        world.avatars.before = lambda: world.images.objects.update({KEY: (b"another picture", NOON)})
        assert world.upload() == "processed"
        assert {world.images.objects[key][0] for key in THUMBNAILS} == {b"s of another picture"}

    def test_removes_those_before_it_from_every_page(self, world: World) -> None:
        world.images.objects = dict.fromkeys([KEY, NEWER, "uploads/123/of nobody"], (b"picture", NOON))
        world.images.page_size = 1
        assert [world.upload(NEWER), world.upload()] == ["processed", "gone"]
        assert world.images.keys == {NEWER, "uploads/123/of nobody", *thumbnail_keys(NEWER).values()}


class TestRemoved:
    """A removed upload leaves nothing, whenever its notification comes."""

    def test_leaves_nothing(self, world: World) -> None:
        world.upload()
        world.images.objects.pop(KEY)
        assert world.remove() == "gone"
        assert world.images.keys == set()
        assert world.avatars.avatars == {"123": None}

    def test_leaves_what_was_uploaded_since(self, world: World) -> None:
        world.upload()
        assert world.remove() == "replaced"
        assert world.images.keys == {KEY, *THUMBNAILS}
        assert world.avatars.avatars == {"123": KEY}

    def test_of_nobody_leaves_no_thumbnails(self, world: World) -> None:
        world.images.objects["thumbnails/small/uploads/a"] = (b"s", NOON)
        assert world.remove("uploads/a") == "gone"
        assert world.images.keys == {KEY}
