"""Bodies: JSON objects, as application/json, of at most 64 KiB."""

import base64
import json
from typing import Any

import pytest

from tests.helpers.answers import Api
from tests.helpers.events import Event, changed_event

JOHN = {"userId": "123", "name": "John Doe", "email": "john@example.com"}
WRITES = ["create-user", "replace-user", "replace-user-in-body", "update-user", "create-avatar-upload"]
LIMIT = 64 * 1024


def padded(size: int, document: dict[str, Any]) -> str:
    """A JSON text of `document` that is `size` bytes long."""
    text = json.dumps(document)
    return text + " " * (size - len(text))


def in_base64(event: Event, body: bytes) -> Event:
    """The event with a body as API Gateway passes on binary media types."""
    return event | {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


@pytest.mark.parametrize("name", WRITES)
class TestMalformedBody:
    """What is not a JSON object is refused before anything is looked up."""

    @pytest.mark.parametrize(
        "body",
        [
            "",
            " ",
            "{",
            "{]",
            "nul",
            "'a'",
            '{"name": "x",}',
            "{name: 1}",
            "\ufeff",
            '{"name": "Jos\ufffd", "email": "john@example.com"}',
            '{"a":1}{"b":2}',
            "\x00",
            "[]",
            "null",
            "true",
            "1",
            '"text"',
            "[{}]",
            '{"name": NaN}',
            '{"name": Infinity}',
            '{"name": -Infinity}',
            '{"name": "x", "name": "y", "email": "john@example.com"}',
            '{"a": {"b": 1, "b": 2}}',
            '{"name": "a\nb"}',
            '{"name": "\\ud800x\\"}',
            "\ud800",
            '{"name": "\udcff"}',
            "[" * 50_000,
            '{"a":' * 12_000,
            "1" * 60_000,
            '{"name": ' + "9" * 5000 + "}",
        ],
        ids=range(31),
    )
    def test_refused_when_it_is_not_a_json_object(self, api: Api, name: str, body: str) -> None:
        answer = api("create-user"), api(name, body=body)
        assert (answer[1].status, answer[1].problem) == (400, "malformed-body")
        assert api("get-user").json == answer[0].json["user"]

    def test_refused_when_there_is_none(self, api: Api, name: str) -> None:
        answer = api.send(changed_event(name) | {"body": None})
        assert (answer.status, answer.problem) == (400, "malformed-body")

    @pytest.mark.parametrize("body", ["a", "****", "ä", "YWJj\n", "=YWJj"])
    def test_refused_when_base64_is_broken(self, api: Api, name: str, body: str) -> None:
        answer = api.send(changed_event(name) | {"body": body, "isBase64Encoded": True})
        assert (answer.status, answer.problem) == (400, "malformed-body")

    def test_refused_when_base64_holds_no_utf_8(self, api: Api, name: str) -> None:
        answer = api.send(in_base64(changed_event(name), b'{"name": "\xff"}'))
        assert (answer.status, answer.problem) == (400, "malformed-body")


class TestByteOrderMark:
    """RFC 8259 allows it to be ignored."""

    @pytest.mark.parametrize("base64", [False, True])
    def test_ignored_at_the_start_of_a_body(self, api: Api, *, base64: bool) -> None:
        body = "\ufeff" + json.dumps(JOHN)
        event = changed_event("create-user") | {"body": body}
        response = api.send(in_base64(event, body.encode()) if base64 else event)
        assert (response.status, response.json["user"]["name"]) == (201, "John Doe")


class TestStrangeBody:
    """JSON that is well formed and means nothing to us is refused as validation."""

    @pytest.mark.parametrize(
        "value",
        ["1" * 4000, "1e999", "-0.0", "[" * 200 + "]" * 200, '{"a":' * 200 + "1" + "}" * 200, '"\\ud800"'],
    )
    def test_refused_when_a_value_is_of_another_type(self, api: Api, value: str) -> None:
        answer = api("create-user", body=f'{{"name": {value}, "email": "john@example.com"}}')
        assert (answer.status, answer.fields) == (400, {"name"})

    def test_names_the_field_when_its_name_is_half_a_surrogate_pair(self, api: Api) -> None:
        answer = api("create-user", body='{"\\ud800": 1, "name": "John", "email": "john@example.com"}')
        assert (answer.status, answer.problem) == (400, "validation")
        assert all(error["field"] for error in answer.json["errors"])


@pytest.mark.parametrize("name", WRITES)
class TestSize:
    """64 KiB is the most; it counts bytes, not characters."""

    def test_accepted_when_it_is_at_the_limit(self, api: Api, name: str) -> None:
        body = json.loads(changed_event(name)["body"])
        if name != "create-user":
            api("create-user", body={**JOHN, "userId": "123"})
        answer = api(name, body=padded(LIMIT, body))
        assert answer.status == (201 if name.startswith("create-") else 200)

    def test_refused_when_it_is_one_byte_over_the_limit(self, api: Api, name: str) -> None:
        answer = api(name, body=padded(LIMIT + 1, JOHN))
        assert (answer.status, answer.problem) == (413, "body-too-large")

    def test_refused_when_its_characters_take_more_bytes_than_the_limit(self, api: Api, name: str) -> None:
        answer = api(name, body=json.dumps({"name": "é" * (LIMIT // 2)}, ensure_ascii=False))
        assert answer.status == 413

    def test_counts_the_decoded_bytes_when_it_is_in_base64(self, api: Api, name: str) -> None:
        event = changed_event(name)
        assert api.send(in_base64(event, padded(LIMIT, {"x": 1}).encode())).status == 400
        assert api.send(in_base64(event, padded(LIMIT + 1, {"x": 1}).encode())).status == 413


class TestBase64:
    """A body may come in base64."""

    def test_read_when_it_is_valid(self, api: Api) -> None:
        body = json.dumps({**JOHN, "name": "Zoë"}, ensure_ascii=False).encode()
        answer = api.send(in_base64(changed_event("create-user"), body))
        assert answer.status == 201
        assert answer.json["user"]["name"] == "Zoë"


@pytest.mark.parametrize("name", WRITES)
class TestMediaType:
    """Bodies are JSON and say so; a merge patch may say that it is one."""

    @pytest.mark.parametrize(
        "media_type",
        [
            "text/plain",
            "application/xml",
            "application/jsonp",
            "json",
            "application/problem+json",
            "*/*",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json-patch+json",
        ],
    )
    def test_unsupported_when_it_is_not_json(self, api: Api, name: str, media_type: str) -> None:
        answer = api(name, headers={"Content-Type": media_type})
        assert (answer.status, answer.problem) == (415, "unsupported-media-type")

    @pytest.mark.parametrize(
        "media_type",
        [
            "application/json",
            "APPLICATION/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=UTF-8",
            " application/json ",
            "",
            None,
        ],
    )
    def test_accepted_when_it_is_json_or_not_given(self, api: Api, name: str, media_type: str | None) -> None:
        answer = api(name, headers={"Content-Type": media_type, "If-Match": None}, body='{"nickname": 1}')
        assert (answer.status, answer.problem) == (400, "validation")

    def test_only_a_patch_may_be_a_merge_patch(self, api: Api, name: str) -> None:
        answer = api(name, headers={"Content-Type": "application/merge-patch+json"})
        assert answer.status == (404 if name == "update-user" else 415)
