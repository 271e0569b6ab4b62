"""Pictures and thumbnails in S3."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING, Any

from users.adapters.errors import translated_errors
from users.domain.avatars import MAX_UPLOAD_BYTES, UPLOAD_SECONDS, UploadForm
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

    def read(self, key: str) -> bytes | None:
        """One look whether it is there, and one GET of at most a byte more than the largest upload.

        A GET alone would not tell: of what is not there, S3 says AccessDenied to those who may not list.
        """
        if not self.exists(key):
            return None
        with translated_errors():
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            content = answer["Body"].read(MAX_UPLOAD_BYTES + 1)
        if len(content) < min(answer["ContentLength"], MAX_UPLOAD_BYTES + 1):  # botocore does not look
            raise ServiceUnavailableError
        return content

    def exists(self, key: str) -> bool:
        """One list call: keys come in order, so the key itself is the first below itself."""
        with translated_errors():
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        return any(item["Key"] == key for item in page.get("Contents", []))

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

    def keys_until(self, prefix: str, moment: datetime) -> Iterator[Sequence[str]]:
        """One call for each 1,000 objects below `prefix`. S3 tells their times in whole seconds."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        iterator = iter(pages)
        while True:
            with translated_errors():
                page = next(iterator, None)
            if page is None:
                return
            yield [item["Key"] for item in page.get("Contents", []) if _second(item) <= moment]


def _second(item: Any) -> datetime:
    modified: datetime = item["LastModified"]
    return modified.replace(microsecond=0)
