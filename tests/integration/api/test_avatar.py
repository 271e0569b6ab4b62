"""GET of an avatar: the redirect to a thumbnail, and the avatar in the user."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.builders import NOON
from tests.helpers.events import Event, changed_event, set_path_parameter
from tests.helpers.logs import Logs
from tests.helpers.responses import Api, check_user
from tests.integration.presigned import SignedUrl
from tests.integration.tables import AVATAR_KEY, avatar_repository

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BUCKET = "users-images-123456789012-eu-west-1"
SIZES = ["small", "medium", "large"]
READS = ["get-user", "get-user-by-query"]
ANOTHER_KEY = f"uploads/123/{'0b' * 16}"


def of_size(size: str) -> Event:
    """A request for the avatar in this size."""
    event = changed_event("get-avatar")
    set_path_parameter(event, "size", size)
    return event


@pytest.fixture
def user(api: Api) -> dict[str, Any]:
    """A user without an avatar."""
    created: dict[str, Any] = api("create-user").json["user"]
    return created


class TestGetAvatar:
    """A redirect to the thumbnail of the picture that is the avatar."""

    @pytest.mark.parametrize("size", SIZES)
    def test_redirects_to_the_thumbnail(
        self, api: Api, dynamodb: "DynamoDBClient", user: dict[str, Any], size: str
    ) -> None:
        avatar_repository(dynamodb).set_avatar(user["userId"], AVATAR_KEY, NOON)
        response = api.send(of_size(size))
        assert response.status == 302
        url = SignedUrl(response.headers["Location"])
        assert (url.scheme, url.host) == ("https", f"{BUCKET}.s3.eu-west-1.amazonaws.com")
        assert url.path == f"/thumbnails/{size}/{AVATAR_KEY}"
        assert url.query["X-Amz-Expires"] == "300"
        assert url.query["X-Amz-SignedHeaders"] == "host"

    def test_the_paths_of_the_user_lead_there(
        self, api: Api, dynamodb: "DynamoDBClient", user: dict[str, Any]
    ) -> None:
        avatar_repository(dynamodb).set_avatar(user["userId"], AVATAR_KEY, NOON)
        assert api("get-user").json["avatar"] == {size: f"/users/123/avatar/{size}" for size in SIZES}

    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.usefixtures("user")
    def test_not_found_when_there_is_none(self, api: Api, size: str) -> None:
        response = api.send(of_size(size))
        assert (response.status, response.problem) == (404, "avatar-not-found")
        assert "Location" not in response.headers

    def test_has_the_reason_when_the_newest_was_refused(
        self, api: Api, dynamodb: "DynamoDBClient", user: dict[str, Any]
    ) -> None:
        avatars = avatar_repository(dynamodb)
        avatars.set_error(user["userId"], AVATAR_KEY, NOON, "too many pixels")
        assert api("get-avatar").json["detail"] == "The newest picture was refused: too many pixels."
        refused = api("get-user")
        check_user(refused.json)
        assert (refused.json["version"], refused.json["avatarError"]) == (2, "too many pixels")
        avatars.set_avatar(user["userId"], ANOTHER_KEY, NOON + timedelta(seconds=1))
        assert "avatarError" not in api("get-user", headers={"If-None-Match": refused.headers["ETag"]}).json

    @pytest.mark.parametrize("size", ["huge", "SMALL", "small ", "..", "150", "smal\u0142"])
    def test_not_found_when_there_is_no_such_size(
        self, api: Api, dynamodb: "DynamoDBClient", user: dict[str, Any], size: str
    ) -> None:
        avatar_repository(dynamodb).set_avatar(user["userId"], AVATAR_KEY, NOON)
        response = api.send(of_size(size))
        assert (response.status, response.problem) == (404, "not-found")

    def test_not_found_when_there_is_no_user(self, api: Api) -> None:
        response = api("get-avatar")
        assert (response.status, response.problem) == (404, "user-not-found")

    def test_refused_when_the_path_names_no_possible_user(self, api: Api) -> None:
        response = api("get-avatar", user_id="a b")
        assert (response.status, response.fields) == (400, {"userId"})

    def test_refused_when_there_is_a_query_string(self, api: Api) -> None:
        response = api("get-avatar", query={"format": "png"})
        assert (response.status, response.fields) == (400, {"format"})

    def test_nothing_that_opens_the_bucket_is_logged(
        self, api: Api, logs: Logs, dynamodb: "DynamoDBClient"
    ) -> None:
        api("create-user")
        avatar_repository(dynamodb).set_avatar("123", AVATAR_KEY, NOON)
        form, url = api("create-avatar-upload").json, api("get-avatar").headers["Location"]
        operations = [(line["operation"], line["status"]) for line in logs.lines[-2:]]
        assert operations == [("create_avatar_upload", 201), ("get_avatar", 302)]
        for secret in (form["fields"]["x-amz-signature"], form["key"], AVATAR_KEY, url, "Signature"):
            assert secret not in logs.text


class TestAvatarOfTheUser:
    """An avatar is a part of the user: setting and removing it creates new versions."""

    @pytest.mark.parametrize("name", READS)
    def test_a_new_version_when_it_comes_and_when_it_goes(
        self, api: Api, dynamodb: "DynamoDBClient", user: dict[str, Any], name: str
    ) -> None:
        avatars, tags = avatar_repository(dynamodb), [api(name).headers["ETag"]]
        avatars.set_avatar("123", AVATAR_KEY, NOON)
        with_avatar = api(name, headers={"If-None-Match": ", ".join(tags)})
        assert (with_avatar.status, with_avatar.json["version"]) == (200, 2)
        check_user(with_avatar.json)
        changed = {"version", "updatedAt", "avatar"}
        assert {key: with_avatar.json[key] for key in user.keys() - changed} == {
            key: user[key] for key in user.keys() - changed
        }
        assert "avatar" in with_avatar.json
        avatars.remove_avatar("123", AVATAR_KEY)
        tags.append(with_avatar.headers["ETag"])
        without = api(name, headers={"If-None-Match": ", ".join(tags)})
        assert (without.status, without.json["version"]) == (200, 3)
        assert "avatar" not in without.json

    def test_shown_wherever_the_user_is(
        self, api: Api, dynamodb: "DynamoDBClient", user: dict[str, Any]
    ) -> None:
        assert "avatar" not in user
        avatar_repository(dynamodb).set_avatar("123", AVATAR_KEY, NOON)
        shown = api("get-user").json
        assert api("find-user-by-email").json["users"] == api("list-users").json["users"] == [shown]
        writes = ("update-user", "replace-user", "replace-user-in-body")
        responses = [api(name, headers={"If-Match": None}) for name in writes]
        assert [response.json["user"]["avatar"] for response in responses] == 3 * [shown["avatar"]]

    def test_a_stale_version_is_refused(
        self, api: Api, dynamodb: "DynamoDBClient", user: dict[str, Any]
    ) -> None:
        stale = api("get-user").headers["ETag"]
        avatar_repository(dynamodb).set_avatar(user["userId"], AVATAR_KEY, NOON)
        for name in ("update-user", "delete-user"):
            assert api(name, headers={"If-Match": stale}).status == 412
        current = api("get-user").headers["ETag"]
        assert api("delete-user", headers={"If-Match": current}).status == 200

    def test_the_replayed_response_is_the_first(self, api: Api, dynamodb: "DynamoDBClient") -> None:
        first = api("create-user-idempotent")
        user_id = first.json["user"]["userId"]
        avatar_repository(dynamodb).set_avatar(user_id, f"uploads/{user_id}/{'0a' * 16}", NOON)
        again = api("create-user-idempotent")
        assert (again.json, again.headers["ETag"]) == (first.json, first.headers["ETag"])

    def test_none_when_the_user_is_created_again(
        self, api: Api, dynamodb: "DynamoDBClient", user: dict[str, Any]
    ) -> None:
        avatar_repository(dynamodb).set_avatar(user["userId"], AVATAR_KEY, NOON)
        api("delete-user")
        assert "avatar" not in api("create-user").json["user"]
        assert api("get-avatar").problem == "avatar-not-found"

    def test_the_latest_upload_is_shown(
        self, api: Api, dynamodb: "DynamoDBClient", user: dict[str, Any]
    ) -> None:
        avatars = avatar_repository(dynamodb)
        avatars.set_avatar(user["userId"], ANOTHER_KEY, NOON + timedelta(seconds=1))
        avatars.set_avatar(user["userId"], AVATAR_KEY, NOON)
        assert SignedUrl(api("get-avatar").headers["Location"]).path.endswith(ANOTHER_KEY)
        assert api("get-user").json["version"] == 2
