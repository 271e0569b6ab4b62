"""Bodies: JSON objects, as application/json, of at most 64 KiB."""

import base64
import json
from typing import Any

import pytest

from tests.helpers.events import Event, changed_event
from tests.helpers.responses import Api

JOHN = {"userId": "123", "name": "John Doe", "email": "john@example.com"}
WRITES = ["create-user", "replace-user", "replace-user-in-body", "update-user", "create-avatar-upload"]
LIMIT = 64 * 1024
MALFORMED = [
    *("", " ", "{", "{]", "nul", "'a'", '{"name": "x",}', "{name: 1}", "\ufeff", '{"a":1}{"b":2}', "\x00"),
    *("[]", "null", "true", "1", '"text"', "[{}]"),
    *('{"name": NaN}', '{"name": Infinity}', '{"name": -Infinity}', '{"name": "a\nb"}'),
    *('{"name": "x", "name": "y", "email": "john@example.com"}', '{"a": {"b": 1, "b": 2}}'),
    *('{"name": "\\ud800x\\"}', "\ud800", '{"name": "\udcff"}'),
    '{"name": "Jos\ufffd", "email": "john@example.com"}',
    *("[" * 50_000, '{"a":' * 12_000, "1" * 60_000, '{"name": ' + "9" * 5000 + "}"),
]
NOT_BASE64 = ["a", "****", "ä", "YWJj\n", "=YWJj", base64.b64encode(b'{"name": "\xff"}').decode()]
MEDIA_TYPES: dict[int, list[str | None]] = {
    400: [
        *("application/json", "APPLICATION/JSON", "application/json; charset=utf-8", " application/json "),
        *("application/json;charset=UTF-8", "", None),
    ],
    415: [
        *("text/plain", "application/xml", "application/jsonp", "json", "application/problem+json", "*/*"),
        *("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
        *("application/json-patch+json", "application/json; charset=latin-1"),
    ],
}


def padded(size: int, document: dict[str, Any]) -> str:
    """A JSON text of `document` that is `size` bytes long."""
    text = json.dumps(document)
    return text + " " * (size - len(text))


def in_base64(event: Event, body: str) -> Event:
    """The event with a body as API Gateway passes on binary media types."""
    return event | {"body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True}


@pytest.mark.parametrize("name", WRITES)
class TestBody:
    """The rules are those of every operation with a body."""

    @pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
    def test_refused_when_it_is_not_a_json_object(self, api: Api, name: str, body: str) -> None:
        created, response = api("create-user"), api(name, body=body)
        assert (response.status, response.problem) == (400, "malformed-body")
        assert api("get-user").json == created.json["user"]

    @pytest.mark.parametrize("body", [None, *NOT_BASE64])
    def test_refused_when_it_is_absent_or_not_base64_of_utf_8(
        self, api: Api, name: str, body: str | None
    ) -> None:
        response = api.send(changed_event(name) | {"body": body, "isBase64Encoded": body is not None})
        assert (response.status, response.problem) == (400, "malformed-body")

    def test_accepted_when_it_is_at_the_limit(self, api: Api, name: str) -> None:
        if name != "create-user":
            api("create-user", body=JOHN)
        response = api(name, body=padded(LIMIT, json.loads(changed_event(name)["body"])))
        assert response.status == (201 if name.startswith("create-") else 200)

    def test_refused_when_it_has_more_bytes_than_the_limit(self, api: Api, name: str) -> None:
        response = api(name, body=padded(LIMIT + 1, JOHN))
        assert (response.status, response.problem) == (413, "body-too-large")
        assert api(name, body=json.dumps({"name": "é" * (LIMIT // 2)}, ensure_ascii=False)).status == 413
        event = changed_event(name)
        assert api.send(in_base64(event, padded(LIMIT, {"x": 1}))).status == 400
        assert api.send(in_base64(event, padded(LIMIT + 1, {"x": 1}))).status == 413

    @pytest.mark.parametrize(
        ("media_type", "status"), [(one, status) for status, some in MEDIA_TYPES.items() for one in some]
    )
    def test_unsupported_when_it_is_declared_as_other_than_json(
        self, api: Api, name: str, media_type: str | None, status: int
    ) -> None:
        headers = {"Content-Type": media_type, "If-Match": None}
        response = api(name, headers=headers, body='{"nickname": 1}')
        problem = "validation" if status == 400 else "unsupported-media-type"
        assert (response.status, response.problem) == (status, problem)

    def test_a_merge_patch_only_when_a_user_is_patched(self, api: Api, name: str) -> None:
        response = api(name, headers={"Content-Type": "application/merge-patch+json"})
        assert response.status == (404 if name == "update-user" else 415)


class TestCreateUser:
    """Bodies that are JSON objects, but not users."""

    @pytest.mark.parametrize(
        "value",
        ["1" * 4000, "1e999", "-0.0", "[" * 200 + "]" * 200, '{"a":' * 200 + "1" + "}" * 200, '"\\ud800"'],
    )
    def test_refused_when_a_value_is_of_another_type(self, api: Api, value: str) -> None:
        response = api("create-user", body=f'{{"name": {value}, "email": "john@example.com"}}')
        assert (response.status, response.fields) == (400, {"name"})

    def test_names_the_field_when_its_name_is_half_a_surrogate_pair(self, api: Api) -> None:
        response = api("create-user", body='{"\\ud800": 1, "name": "John", "email": "john@example.com"}')
        assert (response.status, response.problem) == (400, "validation")
        assert all(error["field"] for error in response.json["errors"])

    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    @pytest.mark.parametrize("base64", [False, True])
    def test_created_when_the_body_has_a_byte_order_mark_or_is_in_base64(
        self, api: Api, mark: str, *, base64: bool
    ) -> None:
        body = mark + json.dumps({**JOHN, "name": "Zoë"}, ensure_ascii=False)
        event = changed_event("create-user") | {"body": body}
        response = api.send(in_base64(event, body) if base64 else event)
        assert (response.status, response.json["user"]["name"]) == (201, "Zoë")
