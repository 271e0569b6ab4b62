"""What the use cases need of the outside."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from users.domain.avatars import UploadForm

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

    def send_welcome(self, email: str, name: str) -> None:
        """Greet a new user. Raises ServiceUnavailableError."""


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

    def read(self, key: str) -> bytes | None:
        """The object, cut short if it is larger than an upload may be; None when there is none."""

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""

    def write(self, images: Mapping[str, bytes]) -> None:
        """Write JPEG images by key."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects, up to 1,000 in a call; one that is not there is no error."""

    def keys_until(self, prefix: str, moment: datetime) -> Iterable[Sequence[str]]:
        """The keys below `prefix` that were written until `moment`, page by page."""


class AvatarRepository(Protocol):
    """Which picture is a user's avatar."""

    def set_avatar(self, user_id: str, key: str, uploaded_at: datetime) -> None:
        """Make it the avatar, unless the user has one that was uploaded later. Raises UserNotFoundError."""

    def remove_avatar(self, user_id: str, key: str) -> None:
        """Leave the user without an avatar, if this is the one."""


class Announcer(Protocol):
    """Where notifications of pictures go out."""

    def announce(self, message: Mapping[str, Any]) -> None:
        """Publish a message, whose `event` says what it is. Raises ServiceUnavailableError."""
