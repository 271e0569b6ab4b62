"""Interfaces that adapters implement."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from users.domain.avatars import Owner, StoredImage, UploadForm

if TYPE_CHECKING:  # events are models of pydantic, which reads must not load
    from users.domain.events import UserEvent


class EventPublisher(Protocol):
    """Publishes events."""

    def publish(self, events: "Sequence[UserEvent]") -> "list[UserEvent]":
        """Publish up to 10 events; return those refused. ServiceUnavailableError: none was published."""


class DeadLetterQueue(Protocol):
    """Keeps messages that cannot be published or delivered."""

    def send(self, body: str, *, reason: str = "") -> None:
        """Send a message. Raises ServiceUnavailableError."""


class Mailer(Protocol):
    """Sends email."""

    def send_welcome(self, email: str) -> None:
        """Greet a new user. Raises ServiceUnavailableError, also if it is unknown whether email was sent."""


class Idempotency(Protocol):
    """Runs effects once although events can arrive more than once."""

    def once(self, key: str, effect: Callable[[], None]) -> bool:
        """Call `effect` and return True, or return False if it has already succeeded under `key`.

        Raises EffectInProgressError while another delivery of the same event is in progress.
        """


class ImageStore(Protocol):
    """The images of users and their thumbnails."""

    def upload_form(self, key: str, content_type: str) -> UploadForm:
        """A form that allows only uploads of this key and type."""

    def download_url(self, key: str) -> str:
        """A URL that allows downloads of the object for a short time."""

    def read(self, key: str) -> tuple[StoredImage, bytes] | None:
        """The object, truncated if it is larger than the maximum of an upload; None if it does not exist."""

    def version(self, key: str) -> str | None:
        """The version of the object; None if it does not exist."""

    def pages(self, prefix: str) -> Iterable[Sequence[StoredImage]]:
        """The objects below `prefix`, page by page."""

    def write(self, images: Mapping[str, bytes]) -> None:
        """Write JPEG images by key."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; keys that do not exist are ignored."""

    def delete_unless_replaced(self, image: StoredImage) -> None:
        """Delete the object if it still has this version."""


class AvatarRepository(Protocol):
    """Stores which image is a user's avatar."""

    def set_avatar(self, owner: Owner, image: StoredImage) -> bool:
        """Set the avatar; False if the user has already had a later one. Raises UserNotFoundError."""

    def set_error(self, owner: Owner, image: StoredImage, reason: str) -> None:
        """Record why an image was refused, unless a later upload has an outcome. Raises UserNotFoundError."""

    def remove_avatar(self, user_id: str, key: str) -> None:
        """Remove the user's avatar if it has this key."""


class Announcer(Protocol):
    """Publishes notifications about images."""

    def announce(self, message: Mapping[str, Any]) -> None:
        """Publish a message; `event` is its type. Raises ServiceUnavailableError."""
