"""Concurrent changes while a picture is processed: the result is consistent at every interleaving."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest

from tests.helpers import pictures
from tests.helpers.consumers import upload_event, user_event
from tests.helpers.responses import Context
from tests.integration.consumers.services import CREATED_AT, Aws, thumbnails_of, upload_key
from users.adapters.dynamodb.items import user_from_item
from users.adapters.images import make_thumbnails
from users.adapters.s3 import S3ImageStore
from users.consumers.thumbnails import lambda_handler
from users.domain.avatars import thumbnail_keys
from users.domain.events import UserEvent
from users.domain.reactions import Reactions

FUNCTION = "ThumbnailsFunction"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIRST = pictures.saved(pictures.quadrants((64, 64)), "PNG")
SECOND = pictures.saved(pictures.quadrants((64, 64)).rotate(90), "PNG")
THIRD = pictures.saved(pictures.quadrants((64, 64)).rotate(180), "PNG")
TEXT = b"only text"
KEY, NEWER = upload_key(1), upload_key(2)
CALLS = {"upload": 10, "refusal": 9, "late upload": 9, "removal": 4}


class World:
    """Uploads and removals of a user's pictures, and S3's notifications of them."""

    def __init__(self, aws: Aws) -> None:
        self.bucket, self.users, self.wire = aws.bucket, aws.users, aws.wire
        self.happened = 0

    def put(self, key: str, content: bytes) -> None:
        """Upload with a later time than all earlier uploads."""
        self.happened += 1
        self.bucket.put(key, content, at=NOON + timedelta(seconds=self.happened))

    def uploaded(self, key: str = KEY) -> None:
        """Deliver the notification of an upload."""
        lambda_handler(upload_event(key, sequencer=str(self.happened)), Context())

    def upload(self, key: str, content: bytes) -> None:
        """Upload, and deliver the notification."""
        self.put(key, content)
        self.uploaded(key)

    def remove(self, key: str = KEY) -> None:
        """Remove an upload, and deliver the notification."""
        self.bucket.delete(key)
        self.removed(key)

    def removed(self, key: str = KEY) -> None:
        """Deliver the notification of a removal."""
        lambda_handler(upload_event(key, "upload-removed"), Context())

    def create_again(self) -> None:
        """Another user gets the id, and the pictures of the previous one are deleted."""
        self.users.remove("123")
        self.users.add("123", "2026-11-20T12:30:00.000Z")
        event = user_event(kind="user.deleted", userId="123")
        event["previous"]["createdAt"] = CREATED_AT
        images = S3ImageStore(self.bucket.s3, bucket=self.bucket.name)
        reactions = Reactions(mailer=None, idempotency=Mock(), images=images)
        reactions.react(UserEvent.model_validate(event))

    def start(self, kind: str) -> Callable[[], None]:
        """Prepare a notification, and return its processing."""
        self.put(KEY, TEXT if kind == "refusal" else FIRST)
        if kind == "late upload":
            self.upload(NEWER, THIRD)
            self.bucket.put(KEY, FIRST, at=NOON)
        if kind == "removal":
            self.uploaded()
            self.bucket.delete(KEY)
            return self.removed
        return self.uploaded


MEANWHILE: dict[str, Callable[[World], None]] = {
    "replaced": lambda world: world.upload(KEY, SECOND),
    "replaced, told later": lambda world: world.put(KEY, SECOND),
    "replaced by no picture": lambda world: world.upload(KEY, TEXT),
    "another uploaded": lambda world: world.upload(NEWER, THIRD),
    "removed": World.remove,
    "user created again": World.create_again,
}
AVATARS = {
    "replaced": (KEY, SECOND),
    "replaced, told later": (KEY, SECOND),
    "another uploaded": (NEWER, THIRD),
}


@pytest.fixture
def world(aws: Aws) -> World:
    """A user without pictures."""
    aws.users.add("123")
    return World(aws)


@pytest.mark.parametrize("meanwhile", MEANWHILE)
@pytest.mark.parametrize(
    ("kind", "number"), [(kind, number + 1) for kind, calls in CALLS.items() for number in range(calls)]
)
def test_the_result_is_consistent(world: World, kind: str, number: int, meanwhile: str) -> None:
    """The avatar is the newest picture, with thumbnails of the remaining object; the rest is deleted."""
    process = world.start(kind)
    happened: list[None] = []
    world.wire.calls.clear()

    def meanwhile_happens() -> None:
        happened.append(MEANWHILE[meanwhile](world))

    world.wire.meanwhile(number, meanwhile_happens)
    process()
    assert happened, "the run has fewer calls"
    if meanwhile == "replaced, told later":
        world.uploaded()
    for key in {KEY, NEWER} - world.bucket.keys:  # S3 also notifies of the function's own deletions
        world.removed(key)

    avatar, content = AVATARS.get(meanwhile, (None, b""))
    if kind == "late upload" and meanwhile in {"removed", "replaced by no picture"}:
        avatar, content = NEWER, THIRD
    user = user_from_item(world.users.item("123"))
    assert user.avatar_key == avatar
    assert world.bucket.keys == ({avatar, *thumbnails_of(avatar)} if avatar else set())
    if avatar:
        shown = {key: world.bucket.get(key)[0] for key in thumbnails_of(avatar)}
        made = make_thumbnails(content)
        assert shown == {key: made[size] for size, key in thumbnail_keys(avatar).items()}
    refused = meanwhile == "replaced by no picture" or (
        meanwhile == "removed" and kind == "refusal" and number > 1
    )
    assert user.avatar_error == ("not an image" if refused else None)
