"""Uploads of pictures with curl, and the thumbnails that result."""

import io
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.e2e.polling import eventually
from tests.e2e.services import Bucket, Queues, Subscriber
from tests.helpers import pictures

SIZES = {"small": 150, "medium": 300, "large": 600}
JPEG = pictures.saved(pictures.quadrants(), "JPEG")
HTML = b"<html/>"

type Form = dict[str, Any]


@dataclass(frozen=True)
class Owner:
    """A user who uploads pictures."""

    api: httpx.Client
    bucket: Bucket
    body: dict[str, str]
    directory: Path

    @property
    def path(self) -> str:
        """The path of the user."""
        return f"/users/{self.body['userId']}"

    def read(self) -> dict[str, Any]:
        """The user."""
        user: dict[str, Any] = self.api.get(self.path).json()
        return user

    def keys(self) -> set[str]:
        """Uploads and thumbnails."""
        return set(self.bucket.keys_of_user(self.body["userId"]))

    def ask(self, content_type: str = "image/jpeg") -> Form:
        """A form."""
        response = self.api.post(f"{self.path}/avatar", json={"contentType": content_type})
        assert response.status_code == 201
        form: Form = response.json()
        return form

    def upload(self, form: Form, content: bytes = JPEG, **changed: str) -> int:
        """Send a form with curl; return the status of the bucket's response."""
        file = self.directory / "picture"
        file.write_bytes(content)
        fields = [f"{name}={value}" for name, value in (form["fields"] | changed).items()]
        arguments = [part for field in (*fields, f"file=@{file}") for part in ("-F", field)]
        command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", *arguments, form["url"]]
        return int(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.fixture
def owner(api: httpx.Client, bucket: Bucket, existing_user: dict[str, str], tmp_path: Path) -> Owner:
    """A user without an avatar."""
    return Owner(api, bucket, existing_user, tmp_path)


class TestAvatar:
    """An uploaded picture becomes the user's avatar."""

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
    def test_is_shown_in_three_sizes(self, owner: Owner, subscriber: Subscriber, kind: str) -> None:
        form = owner.ask(f"image/{kind.lower()}")
        assert (form["expiresIn"], form["maxBytes"]) == (300, 10485760)

        resolution = pictures.TWELVE_MEGAPIXELS if kind == "JPEG" else (640, 480)
        assert owner.upload(form, pictures.turned(6, resolution, kind)) == 204
        user = eventually(lambda: next((user for user in [owner.read()] if "avatar" in user), None))

        assert user["version"] == 2
        assert user["avatar"] == {size: f"{owner.path}/avatar/{size}" for size in SIZES}
        for size, pixels in SIZES.items():
            redirect = owner.api.get(user["avatar"][size])
            assert redirect.status_code == 302
            thumbnail = httpx.get(redirect.headers["location"])
            assert thumbnail.headers["content-type"] == "image/jpeg"
            picture = Image.open(io.BytesIO(thumbnail.content))
            assert (picture.format, picture.size) == ("JPEG", (pixels, pixels))
            assert "exif" not in picture.info
        [event] = eventually(lambda: subscriber.of_picture(form["key"]))
        assert (event["event"], event["attribute"]) == ("image_processed", "image_processed")
        assert len(event["thumbnails"]) == 3

    def test_is_gone_when_the_upload_is_removed(self, owner: Owner) -> None:
        form = owner.ask()
        owner.upload(form)
        eventually(lambda: "avatar" in owner.read())
        owner.bucket.client.delete_object(Bucket=owner.bucket.name, Key=form["key"])
        eventually(lambda: "avatar" not in owner.read() and not owner.keys())
        assert owner.api.get(f"{owner.path}/avatar/small").status_code == 404

    def test_is_all_that_stays_of_many_uploads(
        self, owner: Owner, subscriber: Subscriber, queues: Queues
    ) -> None:
        forms = [owner.ask() for _ in range(6)]
        for number, form in enumerate(forms[:5]):
            owner.upload(form, HTML if number % 2 else JPEG)
        key = forms[4]["key"]
        kept = {key, *(f"thumbnails/{size}/{key}" for size in SIZES)}
        eventually(lambda: owner.keys() == kept)
        assert "avatarError" not in owner.read()
        owner.upload(forms[5], HTML)
        user = eventually(lambda: next((user for user in [owner.read()] if "avatarError" in user), None))
        assert (user["avatarError"], set(user["avatar"])) == ("not an image", set(SIZES))
        [event] = eventually(lambda: subscriber.of_picture(forms[5]["key"]))
        assert (event["event"], event["error"]) == ("image_processing_failed", "not an image")
        eventually(lambda: owner.keys() == kept)
        assert queues.dead_letters() == {}

    @pytest.mark.parametrize("again", [False, True])
    def test_leaves_nothing_when_the_user_is_deleted_before_the_upload(
        self, owner: Owner, *, again: bool
    ) -> None:
        form = owner.ask()
        owner.api.delete(owner.path)
        if again:
            owner.api.post("/users", json=owner.body)
        owner.upload(form)
        eventually(lambda: not owner.keys())
        assert owner.read()["version" if again else "status"] == (1 if again else 404)

    def test_is_not_created_when_the_user_does_not_exist(self, owner: Owner) -> None:
        owner.api.delete(owner.path)
        asked = owner.api.post(f"{owner.path}/avatar", json={"contentType": "image/png"})
        shown = owner.api.get(f"{owner.path}/avatar/small")
        assert (asked.status_code, shown.status_code) == (404, 404)


@pytest.mark.parametrize(
    ("changed", "content", "status"),
    [
        ({"key": "uploads/somebody-else/x"}, JPEG, 403),
        ({"Content-Type": "text/html"}, JPEG, 403),
        ({"acl": "public-read"}, JPEG, 403),
        *(({}, b"x" * size, 400) for size in (0, 10485761)),
    ],
    ids=["key", "type", "acl", "empty", "large"],
)
def test_the_bucket_accepts_only_what_was_signed(
    owner: Owner, changed: dict[str, str], content: bytes, status: int
) -> None:
    """A form with other fields, or of another size."""
    assert owner.upload(owner.ask(), content, **changed) == status


@pytest.mark.parametrize("name", ["写真 #1 (50%) a+b=c&d.jpg", "deep/er/down.jpg"])
def test_keys_are_taken_as_they_are(bucket: Bucket, subscriber: Subscriber, name: str) -> None:
    """S3 encodes them in its notifications."""
    key = f"uploads/{uuid.uuid4().hex}/{name}"
    bucket.put(key, JPEG)
    [event] = eventually(lambda: subscriber.of_picture(key))
    assert event["thumbnails"] == [f"thumbnails/{size}/{key}" for size in SIZES]
    for thumbnail in event["thumbnails"]:
        assert pictures.opened(bucket.get(thumbnail))
