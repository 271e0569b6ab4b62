"""Uploads of pictures with curl, and the thumbnails that result."""

import io
import json
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.e2e.polling import eventually
from tests.e2e.services import Bucket, Queues, Subscriber
from tests.helpers import pictures

SIZES = {"small": 150, "medium": 300, "large": 600}
MEGAPIXELS_12 = (4000, 3000)

type NewUser = Callable[[], dict[str, str]]
type Form = dict[str, Any]


def transparent() -> bytes:
    """A PNG that is half transparent."""
    picture = pictures.quadrants((640, 480)).convert("RGBA")
    picture.putalpha(128)
    return pictures.saved(picture, "PNG")


PICTURES: dict[str, Callable[[], bytes]] = {
    "image/jpeg": lambda: pictures.turned(6, MEGAPIXELS_12),
    "image/png": transparent,
    "image/webp": lambda: pictures.saved(pictures.quadrants((640, 480)), "WEBP"),
    "image/gif": lambda: pictures.animation("GIF"),
}


def upload(form: Form, content: bytes, directory: Path, **changed: str) -> int:
    """Send the form with curl; return the status of the bucket's response."""
    file = directory / "picture"
    file.write_bytes(content)
    fields = form["fields"] | changed
    arguments = [part for name, value in fields.items() for part in ("-F", f"{name}={value}")]
    command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", *arguments, "-F", f"file=@{file}"]
    done = subprocess.run([*command, form["url"]], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.fixture
def form(api: httpx.Client, existing_user: dict[str, str]) -> Callable[[str], Form]:
    """A function that requests a form for the existing user."""

    def ask(content_type: str = "image/jpeg") -> Form:
        path = f"/users/{existing_user['userId']}/avatar"
        response = api.post(path, json={"contentType": content_type})
        assert response.status_code == 201
        document: Form = response.json()
        return document

    return ask


class TestAvatar:
    """An uploaded picture becomes the user's avatar."""

    @pytest.mark.parametrize("content_type", list(PICTURES))
    def test_is_shown_in_three_sizes(
        self,
        api: httpx.Client,
        form: Callable[[str], Form],
        subscriber: Subscriber,
        tmp_path: Path,
        content_type: str,
    ) -> None:
        asked = form(content_type)
        path = f"/users/{asked['key'].split('/')[1]}"
        assert (asked["expiresIn"], asked["maxBytes"]) == (300, 10485760)

        assert upload(asked, PICTURES[content_type](), tmp_path) == 204
        user = eventually(lambda: next((u for u in [api.get(path).json()] if "avatar" in u), None))

        assert user["version"] == 2
        assert user["avatar"] == {size: f"{path}/avatar/{size}" for size in SIZES}
        for size, pixels in SIZES.items():
            redirect = api.get(user["avatar"][size])
            assert redirect.status_code == 302
            thumbnail = httpx.get(redirect.headers["location"])
            assert thumbnail.headers["content-type"] == "image/jpeg"
            picture = Image.open(io.BytesIO(thumbnail.content))
            assert (picture.format, picture.size) == ("JPEG", (pixels, pixels))
            assert "exif" not in picture.info
        (news,) = eventually(lambda: subscriber.of_picture(asked["key"]))
        assert (news["event"], news["attribute"], len(news["thumbnails"])) == (
            "image_processed",
            "image_processed",
            3,
        )

    def test_is_gone_when_the_upload_is_removed(
        self,
        api: httpx.Client,
        existing_user: dict[str, str],
        form: Callable[[], Form],
        bucket: Bucket,
        tmp_path: Path,
    ) -> None:
        path, asked = f"/users/{existing_user['userId']}", form()
        upload(asked, pictures.saved(pictures.quadrants(), "JPEG"), tmp_path)
        eventually(lambda: "avatar" in api.get(path).json())
        bucket.client.delete_object(Bucket=bucket.name, Key=asked["key"])
        eventually(lambda: "avatar" not in api.get(path).json())
        eventually(lambda: not bucket.keys_of_user(existing_user["userId"]))
        assert api.get(f"{path}/avatar/small").status_code == 404

    def test_is_all_that_stays_of_many_uploads(
        self,
        api: httpx.Client,
        existing_user: dict[str, str],
        form: Callable[[], Form],
        bucket: Bucket,
        tmp_path: Path,
    ) -> None:
        path, asked = f"/users/{existing_user['userId']}", [form() for _ in range(5)]
        for number, each in enumerate(asked):
            picture = b"<html/>" if number % 2 else pictures.saved(pictures.quadrants(), "JPEG")
            upload(each, picture, tmp_path)
        kept = {asked[4]["key"], *(f"thumbnails/{size}/{asked[4]['key']}" for size in SIZES)}
        eventually(lambda: set(bucket.keys_of_user(existing_user["userId"])) == kept)
        assert "avatarError" not in api.get(path).json()
        upload(form(), b"<html/>", tmp_path)
        user = eventually(lambda: next((u for u in [api.get(path).json()] if "avatarError" in u), None))
        assert (user["avatarError"], set(user["avatar"])) == ("not an image", set(SIZES))
        eventually(lambda: set(bucket.keys_of_user(existing_user["userId"])) == kept)

    @pytest.mark.parametrize("again", [False, True])
    def test_leaves_nothing_when_the_user_is_deleted_before_the_upload(  # noqa: PLR0913 - it is about all of them
        self,
        api: httpx.Client,
        existing_user: dict[str, str],
        form: Callable[[], Form],
        bucket: Bucket,
        tmp_path: Path,
        *,
        again: bool,
    ) -> None:
        asked, path = form(), f"/users/{existing_user['userId']}"
        api.delete(path)
        if again:
            api.post("/users", json=existing_user)
        upload(asked, pictures.saved(pictures.quadrants(), "JPEG"), tmp_path)
        eventually(lambda: not bucket.keys_of_user(existing_user["userId"]))
        assert (api.get(path).json()["version"] == 1) if again else (api.get(path).status_code == 404)

    def test_is_not_created_when_the_user_does_not_exist(self, api: httpx.Client, new_user: NewUser) -> None:
        path = f"/users/{new_user()['userId']}/avatar"
        assert api.post(path, json={"contentType": "image/png"}).status_code == 404
        assert api.get(f"{path}/small").status_code == 404


class TestForm:
    """The bucket accepts only what was signed."""

    @pytest.mark.parametrize(
        "changed", [{"key": "uploads/somebody-else/x"}, {"Content-Type": "text/html"}, {"acl": "public-read"}]
    )
    def test_is_refused_when_changed(
        self, form: Callable[[], Form], tmp_path: Path, changed: dict[str, str]
    ) -> None:
        assert upload(form(), b"x", tmp_path, **changed) == 403

    @pytest.mark.parametrize("size", [0, 10485761])
    def test_is_refused_with_too_little_or_too_much(
        self, form: Callable[[], Form], tmp_path: Path, size: int
    ) -> None:
        assert upload(form(), b"x" * size, tmp_path) == 400


class TestOddPictures:
    """Every object below uploads/ has one outcome, and none is retried forever."""

    @pytest.mark.parametrize(
        "name", ["my photo.jpg", "a+b=c&d.jpg", "фото.jpg", "写真 #1 (50%).jpg", "deep/er/down.jpg"]
    )
    def test_keys_are_taken_as_they_are(self, bucket: Bucket, subscriber: Subscriber, name: str) -> None:
        key = f"uploads/{uuid.uuid4().hex}/{name}"
        bucket.put(key, pictures.saved(pictures.quadrants(), "JPEG"))
        (news,) = eventually(lambda: subscriber.of_picture(key))
        assert news["thumbnails"] == [f"thumbnails/{size}/{key}" for size in SIZES]
        for thumbnail in news["thumbnails"]:
            assert Image.open(io.BytesIO(bucket.get(thumbnail))).format == "JPEG"

    @pytest.mark.parametrize(
        ("content", "event"),
        [
            (b"only text", "image_processing_failed"),
            (pictures.turned(1, (640, 480))[:5000], "image_processing_failed"),
            (pictures.saved(pictures.quadrants((1, 1)), "PNG"), "image_processed"),
            (pictures.claiming("PNG", (30000, 30000)), "image_processing_failed"),
            (b"", "image_processing_failed"),
        ],
        ids=["text", "truncated", "one pixel", "bomb", "empty"],
    )
    def test_have_one_outcome(
        self, bucket: Bucket, subscriber: Subscriber, queues: Queues, content: bytes, event: str
    ) -> None:
        key = f"uploads/{uuid.uuid4().hex}/x.jpg"
        bucket.put(key, content)
        (news,) = eventually(lambda: subscriber.of_picture(key))
        assert news["event"] == event
        expected = {"event", "originalKey", "attribute"}
        assert set(news) == expected | {"error" if event == "image_processing_failed" else "thumbnails"}
        assert queues.dead_letters() == {}
        assert json.dumps(news)
