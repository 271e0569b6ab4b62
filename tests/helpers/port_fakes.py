"""In-memory stand-ins for the ports of events and pictures, true to their contracts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from tests.helpers.builders import NOON
from users.domain.avatars import Owner, StoredImage, UploadForm
from users.domain.errors import EffectInProgressError, ServiceUnavailableError, UserNotFoundError
from users.domain.events import UserEvent


class Faults:
    """Lets calls fail, in order; True is a call that fails."""

    def __init__(self) -> None:
        self.coming: list[bool] = []

    def __call__(self) -> None:
        """One call. Raises ServiceUnavailableError when its turn to fail has come."""
        if self.coming and self.coming.pop(0):
            raise ServiceUnavailableError


class InMemoryPublisher:
    """An `EventPublisher` and an `Announcer`; it refuses events of the user ids in `refused`."""

    def __init__(self) -> None:
        self.published: list[UserEvent] = []
        self.batches: list[int] = []
        self.announced: list[Mapping[str, Any]] = []
        self.refused: set[str] = set()
        self.faults = Faults()

    def publish(self, events: Sequence[UserEvent]) -> list[UserEvent]:
        """All but the refused."""
        self.faults()
        self.batches.append(len(events))
        self.published += [event for event in events if event.user_id not in self.refused]
        return [event for event in events if event.user_id in self.refused]

    def announce(self, message: Mapping[str, Any]) -> None:
        """One message."""
        self.faults()
        self.announced.append(message)


class InMemoryDeadLetterQueue:
    """A `DeadLetterQueue` in a list."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.faults = Faults()

    def send(self, body: str) -> None:
        """Keep a message."""
        self.faults()
        self.bodies.append(body)


class InMemoryMailer:
    """A `Mailer` that keeps what it sends."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.faults = Faults()

    def send_welcome(self, email: str, name: str) -> None:
        """Greet somebody."""
        self.faults()
        self.sent.append((email, name))


class InMemoryIdempotency:
    """An `Idempotency` over sets."""

    def __init__(self) -> None:
        self.done: set[str] = set()
        self.in_progress: set[str] = set()

    def once(self, key: str, effect: Callable[[], None]) -> bool:
        """Call it unless it has succeeded."""
        if key in self.in_progress:
            raise EffectInProgressError
        if key in self.done:
            return False
        self.in_progress.add(key)
        try:
            effect()
        finally:
            self.in_progress.discard(key)
        self.done.add(key)
        return True


class InMemoryImageStore:
    """An `ImageStore` over a dictionary."""

    def __init__(self, *keys: str, at: datetime = NOON, page_size: int = 1000) -> None:
        self.objects = dict.fromkeys(keys, (b"picture", at))
        self.deletions: list[list[str]] = []
        self.page_size = page_size

    @property
    def keys(self) -> set[str]:
        """What is there."""
        return set(self.objects)

    def upload_form(self, key: str, content_type: str) -> UploadForm:
        """A form that leads nowhere."""
        return UploadForm(url="https://example.com/", fields={"key": key, "Content-Type": content_type})

    def download_url(self, key: str) -> str:
        """A URL that leads nowhere."""
        return f"https://example.com/{key}"

    def read(self, key: str) -> tuple[StoredImage, bytes] | None:
        """The object."""
        image = self._image(key)
        return (image, self.objects[key][0]) if image else None

    def version(self, key: str) -> str | None:
        """The version of the object."""
        image = self._image(key)
        return image.version if image else None

    def _image(self, key: str) -> StoredImage | None:
        if key not in self.objects:
            return None
        content, modified = self.objects[key]
        return StoredImage(key, content.hex(), modified)

    def write(self, images: Mapping[str, bytes]) -> None:
        """Write images."""
        self.objects |= {key: (image, NOON) for key, image in images.items()}

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects."""
        self.deletions.append(list(keys))
        for key in self.deletions[-1]:
            self.objects.pop(key, None)

    def delete_unless_replaced(self, image: StoredImage) -> None:
        """Delete an object of this version."""
        if self._image(image.key) and self._image(image.key) == image:
            del self.objects[image.key]

    def pages(self, prefix: str) -> Iterator[Sequence[StoredImage]]:
        """Page by page."""
        below = [self._image(key) for key in sorted(self.objects) if key.startswith(prefix)]
        yield from batched(filter(None, below), self.page_size, strict=False)


class InMemoryAvatars:
    """An `AvatarRepository` over the users who are there, all of whom were created at the same time."""

    def __init__(self, *user_ids: str) -> None:
        self.avatars: dict[str, str | None] = dict.fromkeys(user_ids)
        self.errors: dict[str, str] = {}
        self.before: Callable[[], None] = lambda: None
        self._orders: dict[str, str] = {}

    def set_avatar(self, owner: Owner, image: StoredImage) -> bool:
        """Make it the avatar, unless there is a newer one."""
        self.before()
        self._check(owner)
        if self._orders.get(owner.user_id, "") <= image.order:
            self.avatars[owner.user_id] = image.key
            self._orders[owner.user_id] = image.order
        return self.avatars[owner.user_id] == image.key

    def set_error(self, owner: Owner, image: StoredImage, reason: str) -> None:  # noqa: ARG002 - it is the newest
        """Record why it was refused."""
        self._check(owner)
        self.errors[owner.user_id] = reason

    def remove_avatar(self, user_id: str, key: str) -> None:
        """Leave the user without, if this is the one."""
        if self.avatars.get(user_id) == key:
            self.avatars[user_id] = None

    def _check(self, owner: Owner) -> None:
        if owner.user_id not in self.avatars:
            raise UserNotFoundError
