"""What the use cases need of the outside."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from users.domain.avatars import Owner, StoredImage, UploadForm

if TYPE_CHECKING:  # events are models of pydantic, which reads must not load
    from users.domain.events import UserEvent


class EventPublisher(Protocol):
    """Where events go out."""

    def publish(self, events: "Sequence[UserEvent]") -> "list[UserEvent]":
        """Publish up to 10 events; return those refused. ServiceUnavailableError: none went out."""


class DeadLetterQueue(Protocol):
    """Keeps what cannot be published or delivered."""

    def send(self, body: str, *, reason: str = "") -> None:
        """Send a message. Raises ServiceUnavailableError."""


class Mailer(Protocol):
    """Sends mail."""

    def send_welcome(self, email: str) -> None:
        """Greet a new user. Raises ServiceUnavailableError, also when it is unknown whether mail went out."""


class Idempotency(Protocol):
    """Lets effects happen once although events arrive more than once."""

    def once(self, key: str, effect: Callable[[], None]) -> bool:
        """Call `effect` unless it has succeeded under `key` before; False then.

        Raises EffectInProgressError while another delivery of the same event is processed.
        """


class ImageStore(Protocol):
    """The pictures of users and their thumbnails."""

    def upload_form(self, key: str, content_type: str) -> UploadForm:
        """A form that uploads this key and type and nothing else."""

    def download_url(self, key: str) -> str:
        """A URL from which anybody can read the object for a short time."""

    def read(self, key: str) -> tuple[StoredImage, bytes] | None:
        """The object, cut short if it is larger than an upload may be; None when there is none."""

    def version(self, key: str) -> str | None:
        """The version of the object; None when there is none."""

    def pages(self, prefix: str) -> Iterable[Sequence[StoredImage]]:
        """The objects below `prefix`, page by page."""

    def write(self, images: Mapping[str, bytes]) -> None:
        """Write JPEG images by key."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects, up to 1,000 in a call; one that is not there is no error."""

    def delete_unless_replaced(self, image: StoredImage) -> None:
        """Delete the object if it still has this version."""


class AvatarRepository(Protocol):
    """Which picture is a user's avatar."""

    def set_avatar(self, owner: Owner, image: StoredImage) -> bool:
        """Make it the avatar; False when the user has had one that comes later. Raises UserNotFoundError."""

    def set_error(self, owner: Owner, image: StoredImage, reason: str) -> None:
        """Record why it was refused, unless a later upload has an outcome. Raises UserNotFoundError."""

    def remove_avatar(self, user_id: str, key: str) -> None:
        """Leave the user without an avatar, if this is the one."""


class Announcer(Protocol):
    """Where notifications of pictures go out."""

    def announce(self, message: Mapping[str, Any]) -> None:
        """Publish a message, whose `event` says what it is. Raises ServiceUnavailableError."""
