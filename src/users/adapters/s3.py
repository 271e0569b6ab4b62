"""Images and thumbnails in S3."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from users.adapters.errors import translated_errors
from users.domain.avatars import MAX_UPLOAD_BYTES, UPLOAD_SECONDS, StoredImage, UploadForm
from users.domain.errors import ServiceUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_BATCH = 1000  # keys that S3 lists and deletes in a call
DOWNLOAD_SECONDS = 300


class S3ImageStore:
    """An `ImageStore` in one bucket."""

    def __init__(self, client: "S3Client", *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def upload_form(self, key: str, content_type: str) -> UploadForm:
        """Signed locally, without a call; S3 enforces the conditions."""
        form = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, MAX_UPLOAD_BYTES]],
            ExpiresIn=UPLOAD_SECONDS,
        )
        return UploadForm(url=form["url"], fields=form["fields"])

    def download_url(self, key: str) -> str:
        """Signed locally, without a call."""
        where = {"Bucket": self._bucket, "Key": key}
        return self._client.generate_presigned_url("get_object", Params=where, ExpiresIn=DOWNLOAD_SECONDS)

    def read(self, key: str) -> tuple[StoredImage, bytes] | None:
        """One GET of at most one byte more than the largest upload.

        Its error does not show whether the object exists: S3 returns AccessDenied without s3:ListBucket.
        """
        try:
            with translated_errors():
                response = self._client.get_object(Bucket=self._bucket, Key=key)
                content = response["Body"].read(MAX_UPLOAD_BYTES + 1)
        except ClientError:
            if self.version(key):
                raise
            return None
        if len(content) < min(response["ContentLength"], MAX_UPLOAD_BYTES + 1):  # botocore does not check
            raise ServiceUnavailableError
        return _image({"Key": key, **response}), content

    def version(self, key: str) -> str | None:
        """One list call: keys are sorted, so the key is the first one that has itself as a prefix."""
        with translated_errors():
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        return next((item["ETag"] for item in page.get("Contents", []) if item["Key"] == key), None)

    def pages(self, prefix: str) -> Iterator[Sequence[StoredImage]]:
        """One call per 1,000 objects below `prefix`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        iterator = iter(pages)
        while True:
            with translated_errors():
                page = next(iterator, None)
            if page is None:
                return
            yield [_image(item) for item in page.get("Contents", [])]

    def write(self, images: Mapping[str, bytes]) -> None:
        """One PUT per image."""
        for key, image in images.items():
            with translated_errors():
                self._client.put_object(Bucket=self._bucket, Key=key, Body=image, ContentType="image/jpeg")

    def delete(self, keys: Iterable[str]) -> None:
        """One call per 1,000 keys. Raises ServiceUnavailableError if S3 cannot delete one of them."""
        for batch in batched(keys, MAX_BATCH, strict=False):
            objects: Any = [{"Key": key} for key in batch]
            with translated_errors():
                response = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True}
                )
            if response.get("Errors"):
                raise ServiceUnavailableError

    def delete_unless_replaced(self, image: StoredImage) -> None:
        """One conditional call. As with `read`, its error does not show whether the object exists."""
        try:
            with translated_errors():
                self._client.delete_object(Bucket=self._bucket, Key=image.key, IfMatch=image.version)
        except ClientError:
            if self.version(image.key) == image.version:
                raise


def _image(item: Mapping[str, Any]) -> StoredImage:
    """The time is in whole seconds, as in S3. The local AWS lists fractions that a GET does not return."""
    return StoredImage(item["Key"], item["ETag"], item["LastModified"].replace(microsecond=0))
