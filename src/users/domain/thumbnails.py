"""From an uploaded picture to thumbnails and a user's avatar, and back when it is removed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from users.domain.avatars import MAX_UPLOAD_BYTES, owner_of, thumbnail_keys
from users.domain.errors import InvalidImageError, UserNotFoundError
from users.domain.ports import Announcer, AvatarRepository, Idempotency, ImageStore

type MakeThumbnails = Callable[[bytes], Mapping[str, bytes]]


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One upload. `id` is the same however often its notification arrives."""

    id: str
    key: str
    uploaded_at: datetime


@dataclass(frozen=True, kw_only=True)
class ThumbnailService:
    """Keeps thumbnails and avatars in step with what has been uploaded."""

    images: ImageStore
    avatars: AvatarRepository
    announcer: Announcer
    idempotency: Idempotency
    make_thumbnails: MakeThumbnails

    def uploaded(self, upload: Upload) -> str:
        """Make thumbnails, and the user's avatar of them. Returns the outcome: `processed` and so on."""
        original = self.images.read(upload.key)
        if original is None:
            self._forget(upload.key)  # an earlier attempt may have left something
            return "gone"
        try:
            thumbnails = self._thumbnails(original)
        except InvalidImageError as error:
            self._announce(
                upload, "image_processing_failed", {"originalKey": upload.key, "error": error.reason}
            )
            return "invalid"
        keys = thumbnail_keys(upload.key)
        self.images.write({keys[size]: thumbnail for size, thumbnail in thumbnails.items()})
        if not self._set_avatar(upload):
            self.images.delete([upload.key, *keys.values()])
            return "user_gone"
        if not self.images.exists(upload.key):  # removed meanwhile
            self._forget(upload.key)
            return "gone"
        self._announce(
            upload, "image_processed", {"originalKey": upload.key, "thumbnails": list(keys.values())}
        )
        return "processed"

    def removed(self, key: str) -> str:
        """Undo an upload. Returns the outcome: `replaced` when the key has been uploaded again since."""
        if self.images.exists(key):
            return "replaced"
        self._forget(key)
        return "success"

    def _forget(self, key: str) -> None:
        """Remove the thumbnails of an upload, and the avatar if it was made of it."""
        owner = owner_of(key)
        if owner is not None:
            self.avatars.remove_avatar(owner, key)
        self.images.delete(thumbnail_keys(key).values())

    def _thumbnails(self, original: bytes) -> Mapping[str, bytes]:
        if len(original) > MAX_UPLOAD_BYTES:
            raise InvalidImageError("too large")
        return self.make_thumbnails(original)

    def _set_avatar(self, upload: Upload) -> bool:
        """False when the upload is a user's and the user is gone."""
        owner = owner_of(upload.key)
        try:
            if owner is not None:
                self.avatars.set_avatar(owner, upload.key, upload.uploaded_at)
        except UserNotFoundError:
            return False
        return True

    def _announce(self, upload: Upload, event: str, content: Mapping[str, object]) -> None:
        message = {"event": event, **content}
        self.idempotency.once(f"{event}#{upload.id}", lambda: self.announcer.announce(message))
