"""Pictures and thumbnails in S3."""

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
        """Signed here, without a call; S3 holds the upload to the conditions."""
        form = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, MAX_UPLOAD_BYTES]],
            ExpiresIn=UPLOAD_SECONDS,
        )
        return UploadForm(url=form["url"], fields=form["fields"])

    def download_url(self, key: str) -> str:
        """Signed here, without a call."""
        where = {"Bucket": self._bucket, "Key": key}
        return self._client.generate_presigned_url("get_object", Params=where, ExpiresIn=DOWNLOAD_SECONDS)

    def read(self, key: str) -> tuple[StoredImage, bytes] | None:
        """One GET of at most a byte more than the largest upload.

        Its error does not tell that nothing is there: S3 says AccessDenied to those who may not list.
        """
        try:
            with translated_errors():
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
                content = answer["Body"].read(MAX_UPLOAD_BYTES + 1)
        except ClientError:
            if self.version(key):
                raise
            return None
        if len(content) < min(answer["ContentLength"], MAX_UPLOAD_BYTES + 1):  # botocore does not look
            raise ServiceUnavailableError
        return _image({"Key": key, **answer}), content

    def version(self, key: str) -> str | None:
        """One list call: keys come in order, so the key itself is the first below itself."""
        with translated_errors():
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        return next((item["ETag"] for item in page.get("Contents", []) if item["Key"] == key), None)

    def pages(self, prefix: str) -> Iterator[Sequence[StoredImage]]:
        """One call for each 1,000 objects below `prefix`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        iterator = iter(pages)
        while True:
            with translated_errors():
                page = next(iterator, None)
            if page is None:
                return
            yield [_image(item) for item in page.get("Contents", [])]

    def write(self, images: Mapping[str, bytes]) -> None:
        """One PUT for each."""
        for key, image in images.items():
            with translated_errors():
                self._client.put_object(Bucket=self._bucket, Key=key, Body=image, ContentType="image/jpeg")

    def delete(self, keys: Iterable[str]) -> None:
        """One call for each 1,000 keys. What S3 could not delete makes it ServiceUnavailableError."""
        for batch in batched(keys, MAX_BATCH, strict=False):
            objects: Any = [{"Key": key} for key in batch]
            with translated_errors():
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True}
                )
            if answer.get("Errors"):
                raise ServiceUnavailableError

    def delete_unless_replaced(self, image: StoredImage) -> None:
        """One conditional call. As with `read`, its error does not tell whether the object is still there."""
        try:
            with translated_errors():
                self._client.delete_object(Bucket=self._bucket, Key=image.key, IfMatch=image.version)
        except ClientError:
            if self.version(image.key) == image.version:
                raise


def _image(item: Mapping[str, Any]) -> StoredImage:
    """In whole seconds, as S3 has them. The local AWS lists fractions that a GET does not have."""
    return StoredImage(item["Key"], item["ETag"], item["LastModified"].replace(microsecond=0))
