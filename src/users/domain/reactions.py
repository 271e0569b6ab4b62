"""What follows when something happened to a user."""

from users.domain.avatars import thumbnail_keys, uploads_of
from users.domain.events import UserEvent
from users.domain.ports import EffectLog, ImageStore, Mailer


def welcome(event: UserEvent, *, mailer: Mailer, effects: EffectLog) -> bool:
    """Greet a new user by mail, once for each event; False when that was done before."""
    user = event.data
    if user is None:
        return False
    return effects.once(f"welcome#{event.id}", lambda: mailer.send_welcome(user.email, user.name))


def forget_images(event: UserEvent, *, images: ImageStore) -> None:
    """Remove the pictures of a deleted user. Those written after that belong to a new user of the same id."""
    for keys in images.keys_until(uploads_of(event.user_id), event.time):
        images.delete([name for key in keys for name in thumbnail_keys(key).values()])
        images.delete(keys)  # last, because thumbnails are found through them
