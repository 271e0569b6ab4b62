"""POST and GET of an avatar, and the avatar in the user."""

import json
import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.helpers.builders import NOON
from tests.helpers.events import changed_event, set_path_parameter
from tests.helpers.logs import Logs
from tests.helpers.responses import Api, Response, check_user
from tests.integration.tables import AVATAR_KEY, Avatars

BUCKET = "users-images-123456789012-eu-west-1"
READS = ["get-user", "get-user-by-query"]
NEWER_KEY = f"uploads/123/{'0b' * 16}"
MAX_BYTES = 10_485_760


def get_avatar(api: Api, size: str) -> Response:
    """The response to a request for the avatar in this size."""
    event = changed_event("get-avatar")
    set_path_parameter(event, "size", size)
    return api.send(event)


@pytest.fixture
def user(api: Api) -> dict[str, Any]:
    """A user without an avatar."""
    created: dict[str, Any] = api("create-user").json["user"]
    return created


@pytest.mark.usefixtures("user")
class TestCreateUpload:
    """A form for one picture of one type, and nothing else."""

    @pytest.mark.parametrize("content_type", ["image/jpeg", "image/png", "image/webp", "image/gif"])
    def test_201_with_a_form(self, api: Api, content_type: str) -> None:
        response = api("create-avatar-upload", body={"contentType": content_type})
        fields, key = response.json["fields"], response.json["key"]
        assert response.status == 201
        assert re.fullmatch("uploads/123/[0-9a-f]{32}", key)
        assert response.json == {
            "url": f"https://{BUCKET}.s3.eu-west-1.amazonaws.com/",
            "fields": fields,
            "key": key,
            "expiresIn": 300,
            "maxBytes": MAX_BYTES,
        }
        signed = {"key": key, "Content-Type": content_type, "x-amz-algorithm": "AWS4-HMAC-SHA256"}
        given = ("x-amz-credential", "x-amz-date", "x-amz-security-token")
        signed |= {name: fields[name] for name in given}
        assert fields.items() >= signed.items()
        conditions = json.loads(b64decode(fields["policy"]))["conditions"]
        exact = [*({name: value} for name, value in signed.items()), {"bucket": BUCKET}]
        assert [condition for condition in conditions if condition not in exact] == [
            ["content-length-range", 1, MAX_BYTES]
        ]
        assert all(condition in conditions for condition in exact)
        assert not {"ETag", "Location"} & set(response.headers)

    def test_the_form_is_valid_for_five_minutes_in_the_region(self, api: Api) -> None:
        before = datetime.now(UTC).replace(microsecond=0)
        fields = api("create-avatar-upload").json["fields"]
        signed_at = datetime.strptime(fields["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        expires_at = datetime.fromisoformat(json.loads(b64decode(fields["policy"]))["expiration"])
        assert before <= signed_at <= datetime.now(UTC)
        assert timedelta(seconds=299) <= expires_at - signed_at <= timedelta(seconds=301)
        assert fields["x-amz-credential"] == f"testing/{signed_at:%Y%m%d}/eu-west-1/s3/aws4_request"

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            *(
                ({"contentType": value}, {"contentType"})
                for value in ("image/svg+xml", "image/jpg", "image/*", "IMAGE/JPEG", "image/jpeg ", "", 1)
            ),
            *(({"contentType": None}, {"contentType"}), ({"contentType": ["image/png"]}, {"contentType"})),
            *(({}, {"contentType"}), ({"content_type": "image/png"}, {"contentType", "content_type"})),
            ({"contentType": "image/png", "key": "uploads/456/a"}, {"key"}),
            ({"contentType": "image/png", "maxBytes": 1}, {"maxBytes"}),
        ],
    )
    def test_refused_when_the_type_or_a_field_is_another(self, api: Api, body: Any, fields: set[str]) -> None:
        response = api("create-avatar-upload", body=body)
        assert (response.status, response.problem, response.fields) == (400, "validation", fields)


@pytest.mark.usefixtures("user")
class TestGetAvatar:
    """A redirect to the thumbnail of the picture that is the avatar."""

    @pytest.mark.parametrize("size", ["small", "medium", "large"])
    def test_redirects_to_the_thumbnail(self, api: Api, avatars: Avatars, size: str) -> None:
        avatars.set()
        response = get_avatar(api, size)
        assert response.status == 302
        scheme, host, path, query, _ = urlsplit(response.headers["Location"])
        assert (scheme, host) == ("https", f"{BUCKET}.s3.eu-west-1.amazonaws.com")
        assert unquote(path) == f"/thumbnails/{size}/{AVATAR_KEY}"
        signed = {"X-Amz-Expires": ["300"], "X-Amz-SignedHeaders": ["host"]}
        assert parse_qs(query, strict_parsing=True).items() >= signed.items()

    def test_has_the_reason_when_the_newest_was_refused(self, api: Api, avatars: Avatars) -> None:
        avatars.refuse("too many pixels")
        assert api("get-avatar").json["detail"] == "The newest upload was refused: too many pixels."
        refused = api("get-user")
        check_user(refused.json)
        assert (refused.json["version"], refused.json["avatarError"]) == (2, "too many pixels")
        avatars.set(NEWER_KEY, NOON + timedelta(seconds=1))
        assert "avatarError" not in api("get-user", headers={"If-None-Match": refused.headers["ETag"]}).json

    @pytest.mark.parametrize("size", ["huge", "SMALL", "small ", "..", "150", "smal\u0142"])
    def test_not_found_when_there_is_no_such_size(self, api: Api, avatars: Avatars, size: str) -> None:
        avatars.set()
        response = get_avatar(api, size)
        assert (response.status, response.problem) == (404, "not-found")

    def test_nothing_that_opens_the_bucket_is_logged(self, api: Api, logs: Logs, avatars: Avatars) -> None:
        avatars.set()
        form, url = api("create-avatar-upload").json, api("get-avatar").headers["Location"]
        operations = [(line["operation"], line["status"]) for line in logs.lines]
        assert operations == [("create_avatar_upload", 201), ("get_avatar", 302)]
        for secret in (form["fields"]["x-amz-signature"], form["key"], AVATAR_KEY, url, "Signature"):
            assert secret not in logs.text


class TestAvatarOfTheUser:
    """An avatar is a part of the user: setting and removing it creates new versions."""

    @pytest.mark.parametrize("name", READS)
    def test_a_new_version_when_it_comes_and_when_it_goes(
        self, api: Api, avatars: Avatars, user: dict[str, Any], name: str
    ) -> None:
        tags = [api(name).headers["ETag"]]
        avatars.set()
        with_avatar = api(name, headers={"If-None-Match": ", ".join(tags)})
        check_user(with_avatar.json)
        changed = {name: with_avatar.json[name] for name in ("updatedAt", "avatar")}
        assert (with_avatar.status, with_avatar.json) == (200, user | changed | {"version": 2})
        avatars.remove()
        tags.append(with_avatar.headers["ETag"])
        without = api(name, headers={"If-None-Match": ", ".join(tags)})
        assert (without.status, without.json["version"]) == (200, 3)
        assert "avatar" not in without.json

    def test_shown_wherever_the_user_is(self, api: Api, avatars: Avatars, user: dict[str, Any]) -> None:
        assert "avatar" not in user
        avatars.set()
        shown = api("get-user").json
        assert api("find-user-by-email").json["users"] == api("list-users").json["users"] == [shown]
        writes = ("update-user", "replace-user", "replace-user-in-body")
        responses = [api(name, headers={"If-Match": None}) for name in writes]
        assert [response.json["user"]["avatar"] for response in responses] == 3 * [shown["avatar"]]
