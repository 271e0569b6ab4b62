"""Which headers let a page of another origin use an answer."""

import pytest

from lambda_common.cors import cors_headers, parse_origins, preflight_headers
from lambda_common.requests import Request

APP = "https://app.example.com"


def request_from(origin: str | None) -> Request:
    """A request of a page from there."""
    headers = {} if origin is None else {"Origin": origin}
    return Request.from_event({"httpMethod": "GET", "resource": "/", "headers": headers})


class TestParseOrigins:
    """A variable holds a list of origins."""

    @pytest.mark.parametrize(
        ("text", "origins"),
        [
            ("*", ("*",)),
            ("", ()),
            (" a , b,", ("a", "b")),
            ("https://a.example.com", ("https://a.example.com",)),
        ],
    )
    def test_a_list(self, text: str, origins: tuple[str, ...]) -> None:
        assert parse_origins(text) == origins


class TestCorsHeaders:
    """An origin is allowed by name, or all of them are."""

    @pytest.mark.parametrize("origin", [APP, None, "null"])
    def test_any_when_all_are_allowed(self, origin: str | None) -> None:
        headers = cors_headers(request_from(origin), ["*"])
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Vary" not in headers

    def test_that_origin_when_it_is_listed(self) -> None:
        headers = cors_headers(request_from(APP), ["https://other.example.com", APP])
        assert (headers["Access-Control-Allow-Origin"], headers["Vary"]) == (APP, "Origin")
        assert "ETag" in headers["Access-Control-Expose-Headers"]

    @pytest.mark.parametrize("origin", [None, "", "null", f"{APP}/", APP.upper(), f"{APP}, {APP}"])
    def test_only_vary_when_it_is_not_listed(self, origin: str | None) -> None:
        assert cors_headers(request_from(origin), [APP]) == {"Vary": "Origin"}

    def test_nothing_when_none_is_allowed(self) -> None:
        assert cors_headers(request_from(APP), []) == {}


class TestPreflightHeaders:
    """A preflight is told what the path answers to."""

    def test_names_the_methods(self) -> None:
        headers = preflight_headers(["GET", "OPTIONS"])
        assert headers["Access-Control-Allow-Methods"] == headers["Allow"] == "GET, OPTIONS"
