"""Deletes temporary objects."""

from datetime import datetime, timedelta

from users.domain.ports import ImageStore

TEMPORARY = "temp/"
LIFETIME = timedelta(days=7)


def delete_temporary(images: ImageStore, now: datetime) -> int:
    """Delete objects under `temp/` that are older than 7 days; return their number."""
    deleted = 0
    for page in images.pages(TEMPORARY):
        keys = [image.key for image in page if image.modified <= now - LIFETIME]
        images.delete(keys)
        deleted += len(keys)
    return deleted
