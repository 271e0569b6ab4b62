"""In-memory stand-ins for the ports of events and pictures, true to their contracts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from tests.helpers.builders import NOON
from users.domain.avatars import UploadForm
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
        self.sent: list[str] = []
        self.faults = Faults()

    def send_welcome(self, email: str) -> None:
        """Greet somebody."""
        self.faults()
        self.sent.append(email)


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
    """An `ImageStore` over a dictionary. `before` is called with the name of each operation and its key."""

    def __init__(self, *keys: str, at: datetime = NOON, page_size: int = 1000) -> None:
        self.objects = dict.fromkeys(keys, (b"picture", at))
        self.deletions: list[list[str]] = []
        self.page_size = page_size
        self.before: Callable[[str], None] = lambda _operation: None

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

    def read(self, key: str) -> bytes | None:
        """The object."""
        self.before("read")
        return self.objects[key][0] if key in self.objects else None

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        self.before("exists")
        return key in self.objects

    def write(self, images: Mapping[str, bytes]) -> None:
        """Write images."""
        self.before("write")
        self.objects |= {key: (image, NOON) for key, image in images.items()}

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects."""
        self.before("delete")
        self.deletions.append(list(keys))
        for key in self.deletions[-1]:
            self.objects.pop(key, None)

    def keys_until(self, prefix: str, moment: datetime) -> Iterator[Sequence[str]]:
        """Page by page."""
        below = sorted(key for key in self.objects if key.startswith(prefix))
        for page in batched(below, self.page_size, strict=False):
            yield [key for key in page if self.objects[key][1] <= moment]


class InMemoryAvatars:
    """An `AvatarRepository` over the users who are there."""

    def __init__(self, *user_ids: str) -> None:
        self.avatars: dict[str, str | None] = dict.fromkeys(user_ids)
        self.before: Callable[[], None] = lambda: None
        self._uploaded_at: dict[str, datetime] = {}

    def set_avatar(self, user_id: str, key: str, uploaded_at: datetime) -> None:
        """Make it the avatar, unless there is a newer one."""
        self.before()
        if user_id not in self.avatars:
            raise UserNotFoundError
        if user_id not in self._uploaded_at or self._uploaded_at[user_id] < uploaded_at:
            self.avatars[user_id] = key
            self._uploaded_at[user_id] = uploaded_at

    def remove_avatar(self, user_id: str, key: str) -> None:
        """Leave the user without, if this is the one."""
        if self.avatars.get(user_id) == key:
            self.avatars[user_id] = None
