"""Reactions to the events of users: email to new users, removal of deleted users' images."""

from dataclasses import dataclass
from functools import partial

from users.domain.avatars import UPLOADS, StoredImage, owner_of, thumbnail_keys, uploads_of
from users.domain.events import UserEvent, UserSnapshot
from users.domain.ports import Idempotency, ImageStore, Mailer


@dataclass(frozen=True, kw_only=True)
class Reactions:
    """Reacts to events. Without a mailer, no email is sent."""

    mailer: Mailer | None
    idempotency: Idempotency
    images: ImageStore

    def react(self, event: UserEvent) -> str:
        """React to one event; returns the outcome, such as `success` or `repeated`."""
        match event.type:
            case "user.created" if event.data:
                return self._welcome(event.id, event.data)
            case "user.deleted":
                self._delete_images(event)
                return "success"
            case _:
                return "ignored"

    def _welcome(self, event_id: str, user: UserSnapshot) -> str:
        if self.mailer is None:
            return "no_sender_configured"
        send = partial(self.mailer.send_welcome, user.email)
        return "success" if self.idempotency.once(f"welcome#{event_id}", send) else "repeated"

    def _delete_images(self, event: UserEvent) -> None:
        """Delete the user's images. Later ones belong to a new user with the same id."""
        uploads = uploads_of(event.user_id)
        for prefix in (*thumbnail_keys(uploads).values(), uploads):
            for page in self.images.pages(prefix):
                self.images.delete([image.key for image in page if _is_of(event, image)])


def _is_of(event: UserEvent, image: StoredImage) -> bool:
    """Whether it belongs to the deleted user: by the creation time in its key, or else by its own time."""
    owner = owner_of(image.key[image.key.index(UPLOADS) :])
    if owner and event.previous:
        return owner.created_at <= event.previous.created_at
    return image.modified <= event.time
