"""Temporary objects do not stay."""

from datetime import datetime, timedelta

from users.domain.ports import ImageStore

TEMPORARY = "temp/"
LIFETIME = timedelta(days=7)


def delete_temporary(images: ImageStore, now: datetime) -> int:
    """Delete what has lain under `temp/` for longer than 7 days, and say how many objects that was."""
    deleted = 0
    for page in images.pages(TEMPORARY):
        keys = [image.key for image in page if image.modified <= now - LIFETIME]
        images.delete(keys)
        deleted += len(keys)
    return deleted
