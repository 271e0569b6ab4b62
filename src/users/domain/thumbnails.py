"""Updates thumbnails and avatars after uploads and removals.

Runs for one key may overlap, because a form can be used twice and a notification can arrive twice. A run
therefore checks after its last write that the upload is still the one that it read, or else starts again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from users.domain.avatars import (
    MAX_UPLOAD_BYTES,
    Owner,
    StoredImage,
    owner_of,
    thumbnail_keys,
    uploads_of,
)
from users.domain.errors import InvalidImageError, UserNotFoundError
from users.domain.ports import Announcer, AvatarRepository, Idempotency, ImageStore

type MakeThumbnails = Callable[[bytes], Mapping[str, bytes]]


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One upload. `id` is the same in all deliveries of its notification."""

    id: str
    key: str


@dataclass(frozen=True, kw_only=True)
class ThumbnailService:
    """Handles notifications of uploads and removals."""

    images: ImageStore
    avatars: AvatarRepository
    announcer: Announcer
    idempotency: Idempotency
    make_thumbnails: MakeThumbnails

    def uploaded(self, upload: Upload) -> str:
        """Make thumbnails and set the user's avatar. Returns the outcome, such as `processed`."""
        return self._settle(upload, self.images.read(upload.key))

    def removed(self, upload: Upload) -> str:
        """Undo an upload. Returns the outcome: `replaced` if the key has been uploaded again."""
        return "replaced" if self.images.version(upload.key) else self._settle(upload, None)

    def _settle(self, upload: Upload, found: tuple[StoredImage, bytes] | None) -> str:
        image = found[0] if found else None
        try:
            outcome = self._process(upload, *found) if found else "gone"
        except UserNotFoundError:
            outcome = "user_gone"
        kept = image.version if image and outcome == "processed" else None
        if not kept:
            self._remove(upload.key, image)
        return outcome if self.images.version(upload.key) == kept else self.uploaded(upload)

    def _process(self, upload: Upload, image: StoredImage, content: bytes) -> str:
        """The upload has to be removed after every outcome except `processed`."""
        owner, keys = owner_of(image.key), thumbnail_keys(image.key)
        try:
            thumbnails = self._thumbnails(content)
        except InvalidImageError as error:
            if owner:
                self.avatars.set_error(owner, image, error.reason)
            self._announce(upload, "image_processing_failed", error=error.reason)
            return "invalid"
        self.images.write({keys[size]: thumbnail for size, thumbnail in thumbnails.items()})
        if owner and not self._becomes_avatar(owner, image):
            return "superseded"
        self._announce(upload, "image_processed", thumbnails=list(keys.values()))
        return "processed"

    def _becomes_avatar(self, owner: Owner, image: StoredImage) -> bool:
        """Set the avatar and delete earlier uploads; False if a later upload has already been the avatar."""
        if not self.avatars.set_avatar(owner, image):
            return False
        for page in self.images.pages(uploads_of(owner.user_id)):
            for other in page:
                if owner_of(other.key) and other.recency < image.recency:
                    self.images.delete_unless_replaced(other)
        return True

    def _remove(self, key: str, image: StoredImage | None) -> None:
        """Remove an upload and its thumbnails, and the avatar if it has this key."""
        owner = owner_of(key)
        if image:
            self.images.delete_unless_replaced(image)
        if owner:
            self.avatars.remove_avatar(owner.user_id, key)
        self.images.delete(thumbnail_keys(key).values())

    def _thumbnails(self, original: bytes) -> Mapping[str, bytes]:
        if len(original) > MAX_UPLOAD_BYTES:
            raise InvalidImageError("too large")
        return self.make_thumbnails(original)

    def _announce(self, upload: Upload, event: str, **content: object) -> None:
        message = {"event": event, "originalKey": upload.key, **content}
        self.idempotency.once(f"{event}#{upload.id}", lambda: self.announcer.announce(message))
