"""Rules of the contract for requests that Powertools does not check."""

import base64
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from lambda_common.problems import ProblemError
from tests.helpers.events import changed_event, load_event
from users.api.requests import (
    BODY_TOO_LARGE,
    JSON,
    MALFORMED_BODY,
    MAX_BODY_BYTES,
    UNSUPPORTED,
    claim,
    header,
    idempotency_key,
    parse_body,
    unsupported_media_type,
    with_json_body,
)


def event_with(**members: Any) -> APIGatewayProxyEvent:
    """An event with these members and no others."""
    return APIGatewayProxyEvent(members)


def media_type(declared: str | None, method: str = "POST") -> str:
    """The media type that is passed on for a declared one."""
    event = changed_event("create-user", headers={"Content-Type": declared}) | {"httpMethod": method}
    return str(with_json_body(event)["headers"]["content-type"])


class TestHeader:
    """Names have no case, and a header that is repeated is one list."""

    def test_joined_when_it_is_repeated(self) -> None:
        event = changed_event("get-user", headers={"If-None-Match": ['"1"', '"2"']})
        assert header(APIGatewayProxyEvent(event), "if-none-match") == '"1", "2"'

    def test_read_when_there_are_only_single_values(self) -> None:
        assert header(event_with(headers={"Accept": "x"}), "accept") == "x"

    @pytest.mark.parametrize("members", [{}, {"headers": None, "multiValueHeaders": None}])
    def test_none_when_the_event_says_nothing(self, members: dict[str, Any]) -> None:
        assert header(event_with(**members), "accept") is None


class TestClaim:
    """What the authorizer has verified."""

    @pytest.mark.parametrize(
        ("authorizer", "expected"),
        [
            ({"claims": {"client_id": "c", "sub": "s"}}, "c"),
            ({"claims": {"sub": "s"}}, ""),
            ({"claims": None}, ""),
            ({}, ""),
            (None, ""),
        ],
    )
    def test_is_the_client_of_the_authorizer(self, authorizer: dict[str, Any] | None, expected: str) -> None:
        assert claim(event_with(requestContext={"authorizer": authorizer}), "client_id") == expected


class TestIdempotencyKey:
    """1 to 255 visible ASCII characters."""

    @pytest.mark.parametrize("key", [None, "!", "~" * 255])
    def test_read_when_it_is_valid(self, key: str | None) -> None:
        event = changed_event("create-user", headers={"Idempotency-Key": key})
        assert idempotency_key(APIGatewayProxyEvent(event)) == key

    @pytest.mark.parametrize("key", ["", "a b", "\u00fc", "a\n", "x" * 256, ["a", "b"]])
    def test_refused_when_it_is_not(self, key: str | list[str]) -> None:
        event = changed_event("create-user", headers={"Idempotency-Key": key})
        with pytest.raises(ProblemError) as caught:
            idempotency_key(APIGatewayProxyEvent(event))
        assert [error.field for error in caught.value.problem.errors] == ["Idempotency-Key"]


class TestMediaType:
    """JSON in UTF-8, and merge patches where a user is patched."""

    @pytest.mark.parametrize(
        "declared",
        [
            None,
            "",
            "application/json",
            "Application/JSON",
            "application/json;charset=utf-8",
            'application/json; charset="UTF-8"',
            "application/json; profile=x",
        ],
    )
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
    def test_json(self, declared: str | None, method: str) -> None:
        assert media_type(declared, method) == JSON

    @pytest.mark.parametrize(
        "declared",
        [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "application/json5",
            "application/vnd.api+json",
            "application/json; charset=latin-1",
            "application/json; charset=\u00fc",
            "multipart/form-data; boundary=x",
            "json",
            "\ud800",
        ],
    )
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
    def test_any_other_is_refused(self, declared: str, method: str) -> None:
        assert media_type(declared, method) == UNSUPPORTED

    @pytest.mark.parametrize("suffix", ["", "; charset=utf-8"])
    def test_a_merge_patch_patches_and_does_nothing_else(self, suffix: str) -> None:
        declared = f"application/merge-patch+json{suffix}"
        assert [media_type(declared, method) for method in ("PATCH", "PUT", "POST")] == [
            JSON,
            UNSUPPORTED,
            UNSUPPORTED,
        ]

    def test_a_request_without_a_body_is_left_alone(self) -> None:
        event = load_event("get-user")
        assert with_json_body(event) is event

    @pytest.mark.parametrize(("method", "merge_patch"), [("PATCH", True), ("PUT", False)])
    def test_the_problem_says_what_is_accepted(self, method: str, merge_patch: bool) -> None:  # noqa: FBT001 - a column
        problem = unsupported_media_type(method)
        assert (problem.status, "merge-patch" in problem.detail) == (415, merge_patch)


class TestBodyText:
    """A body is UTF-8, with or without Base64."""

    @pytest.mark.parametrize(
        ("body", "text"),
        [
            (base64.b64encode("\u00fc".encode()).decode(), "\u00fc"),
            (base64.b64encode(b"\xff").decode(), " "),
            ("no base64!", " "),
            (None, " "),
        ],
    )
    def test_decoded(self, body: str | None, text: str) -> None:
        event = with_json_body(load_event("create-user") | {"body": body, "isBase64Encoded": True})
        assert (event["body"], event["isBase64Encoded"]) == (text, False)


class TestParseBody:
    """One JSON object as RFC 8259 has it, of at most 64 KiB."""

    def test_read_when_it_is_an_object(self) -> None:
        document = {"a": [1, 2.5, None, True, "\u00fc"], "b": {}}
        text = json.dumps(document, ensure_ascii=False)
        assert parse_body(text) == document
        padding = " " * (MAX_BODY_BYTES - len(text.encode()))
        assert parse_body(text + padding) == document
        with pytest.raises(ProblemError) as caught:
            parse_body(text + padding + " ")
        assert caught.value.problem is BODY_TOO_LARGE

    @pytest.mark.parametrize(
        "text",
        [" ", "[]", "1", "null", '{"a":1,"a":2}', '{"a":{"b":1,"b":1}}', '{"a":NaN}', '{"a":-Infinity}',
         "[" * 60_000, '{"a":' * 12_000, "\ud800", "1" * 60_000],
        ids=range(12),
    )  # fmt: skip
    def test_refused_when_it_is_not(self, text: str) -> None:
        with pytest.raises(ProblemError) as caught:
            parse_body(text)
        assert caught.value.problem is MALFORMED_BODY
