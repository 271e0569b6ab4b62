"""CORS: pages of the listed origins can use the API."""

import pytest

from tests.helpers.responses import Api
from tests.integration.api.test_routing import ALLOWED, with_method
from users.api.handler import cors_config, standard_headers

LISTED = ["https://app.example.com", "https://admin.example.com"]
NOT_LISTED = [
    *("https://evil.example.com", "http://app.example.com", "https://app.example.com:8443"),
    *("https://app.example.com.evil.example", "https://APP.example.com", "https://app.example.com "),
    *("null", "", None, "*", ","),
]
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
EXPOSED = {"etag", "idempotency-replayed", "location", "retry-after", "x-request-id"}
HEADERS = {"authorization", "content-type", "idempotency-key", "if-match", "if-none-match"}


def names(value: str) -> set[str]:
    """The header names in a list."""
    return {name.strip().lower() for name in value.split(",")}


class TestListedOrigins:
    """The origin of the request is named if it is on the list."""

    @pytest.mark.parametrize("origin", LISTED)
    @pytest.mark.parametrize("name", ["create-user", "get-user", "list-users", "health", "delete-user"])
    def test_allowed_when_the_origin_is_listed(self, api: Api, name: str, origin: str) -> None:
        headers = api(name, headers={"Origin": origin}).headers
        assert (headers[ALLOW_ORIGIN], headers["Vary"]) == (origin, "Origin")
        assert "Access-Control-Allow-Credentials" not in headers
        assert names(headers["Access-Control-Expose-Headers"]) == EXPOSED

    @pytest.mark.parametrize("origin", NOT_LISTED)
    def test_not_allowed_when_the_origin_is_not_listed(self, api: Api, origin: str | None) -> None:
        headers = api("health", headers={"Origin": origin}).headers
        assert ALLOW_ORIGIN not in headers
        assert headers["Vary"] == "Origin"

    @pytest.mark.parametrize("name", ALLOWED)
    def test_preflight_names_methods_and_headers(self, api: Api, name: str) -> None:
        event = with_method(name, "OPTIONS")
        event["multiValueHeaders"] |= {"origin": [LISTED[0]], "Access-Control-Request-Method": ["PUT"]}
        response = api.send(event)
        assert (response.status, response.headers[ALLOW_ORIGIN]) == (204, LISTED[0])
        assert names(response.headers["Access-Control-Allow-Methods"]) >= {m.lower() for m in ALLOWED[name]}
        assert names(response.headers["Access-Control-Allow-Headers"]) >= HEADERS
        assert int(response.headers["Access-Control-Max-Age"]) > 0
        event["multiValueHeaders"]["origin"] = ["https://evil.example.com"]
        assert ALLOW_ORIGIN not in api.send(event).headers


@pytest.mark.parametrize("listed", [("*",), ("https://app.example.com", "*")])
@pytest.mark.parametrize("origin", ["https://any.example.org", "null"])
def test_any_origin_is_allowed_when_the_list_has_an_asterisk(listed: tuple[str, ...], origin: str) -> None:
    """With the same headers to each."""
    config, headers = cors_config(listed), standard_headers(listed)
    assert config
    assert config.to_dict(config.allowed_origin(origin))[ALLOW_ORIGIN] == "*"
    assert headers[ALLOW_ORIGIN] == ["*"]
    assert names(headers["Access-Control-Expose-Headers"][0]) == EXPOSED
    assert "Vary" not in headers


def test_no_origin_is_allowed_when_the_list_is_empty() -> None:
    """CORS is off."""
    assert cors_config(()) is None
