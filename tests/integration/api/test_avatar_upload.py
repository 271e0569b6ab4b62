"""POST of an avatar: a form that uploads one picture of one type, and nothing else."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.helpers.responses import Api
from tests.integration.presigned import Form

BUCKET = "users-images-123456789012-eu-west-1"
TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif"]


@pytest.fixture
def user(api: Api) -> dict[str, Any]:
    """A user without an avatar."""
    created: dict[str, Any] = api("create-user").json["user"]
    return created


@pytest.mark.usefixtures("user")
class TestCreateUpload:
    """A form for one picture of one type."""

    @pytest.mark.parametrize("content_type", TYPES)
    def test_201_with_a_form(self, api: Api, content_type: str) -> None:
        response = api("create-avatar-upload", body={"contentType": content_type})
        assert response.status == 201
        assert set(response.json) == {"url", "fields", "key", "expiresIn", "maxBytes"}
        assert (response.json["expiresIn"], response.json["maxBytes"]) == (300, 10_485_760)
        assert re.fullmatch("uploads/123/[0-9a-f]{32}", response.json["key"])
        assert response.json["url"] == f"https://{BUCKET}.s3.eu-west-1.amazonaws.com/"
        assert response.json["fields"]["key"] == response.json["key"]
        assert response.json["fields"]["Content-Type"] == content_type
        assert not {"ETag", "Location"} & set(response.headers)

    @pytest.mark.parametrize("content_type", TYPES)
    def test_the_form_uploads_this_and_nothing_else(self, api: Api, content_type: str) -> None:
        response = api("create-avatar-upload", body={"contentType": content_type}).json
        form = Form(response["fields"])
        assert form.exact == {
            "bucket": BUCKET,
            "key": response["key"],
            "Content-Type": content_type,
            "x-amz-algorithm": "AWS4-HMAC-SHA256",
            "x-amz-credential": response["fields"]["x-amz-credential"],
            "x-amz-date": response["fields"]["x-amz-date"],
            "x-amz-security-token": "testing",
        }
        assert form.other == [["content-length-range", 1, 10_485_760]]

    def test_the_form_is_valid_for_five_minutes_in_the_region(self, api: Api) -> None:
        before = datetime.now(UTC).replace(microsecond=0)
        form = Form(api("create-avatar-upload").json["fields"])
        assert before <= form.signed_at <= datetime.now(UTC)
        assert timedelta(seconds=299) <= form.expires_at - form.signed_at <= timedelta(seconds=301)
        assert form.scope == ["testing", f"{form.signed_at:%Y%m%d}", "eu-west-1", "s3", "aws4_request"]

    def test_every_key_is_another(self, api: Api) -> None:
        assert len({api("create-avatar-upload").json["key"] for _ in range(20)}) == 20

    def test_changes_nothing_of_the_user(self, api: Api, user: dict[str, Any]) -> None:
        tag = api("get-user").headers["ETag"]
        api("create-avatar-upload")
        response = api("get-user")
        assert (response.json, response.headers["ETag"]) == (user, tag)

    @pytest.mark.parametrize(
        "value",
        [
            *("image/svg+xml", "image/jpg", "image/*", "IMAGE/JPEG", "image/jpeg ", "text/html", "image/bmp"),
            *("", None, 1, ["image/png"]),
        ],
    )
    def test_refused_when_it_is_no_type_of_the_contract(self, api: Api, value: Any) -> None:
        response = api("create-avatar-upload", body={"contentType": value})
        assert (response.status, response.problem, response.fields) == (400, "validation", {"contentType"})

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({}, {"contentType"}),
            ({"content_type": "image/png"}, {"contentType", "content_type"}),
            ({"contentType": "image/png", "key": "uploads/456/a"}, {"key"}),
            ({"contentType": "image/png", "maxBytes": 1}, {"maxBytes"}),
        ],
    )
    def test_refused_when_the_fields_are_others(
        self, api: Api, body: dict[str, Any], fields: set[str]
    ) -> None:
        response = api("create-avatar-upload", body=body)
        assert (response.status, response.fields) == (400, fields)

    def test_refused_when_the_path_names_no_possible_user(self, api: Api) -> None:
        response = api("create-avatar-upload", user_id="a b")
        assert (response.status, response.fields) == (400, {"userId"})

    def test_refused_when_there_is_a_query_string(self, api: Api) -> None:
        response = api("create-avatar-upload", query={"size": "small"})
        assert (response.status, response.fields) == (400, {"size"})

    def test_not_found_when_there_is_no_such_user(self, api: Api) -> None:
        response = api("create-avatar-upload", user_id="456")
        assert (response.status, response.problem) == (404, "user-not-found")
