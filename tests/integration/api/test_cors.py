"""CORS: pages of the listed origins may use the API."""

import pytest

from tests.helpers.answers import Api
from tests.integration.api.test_routing import ALLOWED, with_method
from users.api.handler import cors_config

LISTED = ["https://app.example.com", "https://admin.example.com"]
ALLOW_ORIGIN = "Access-Control-Allow-Origin"


def names(value: str) -> set[str]:
    """The header names in a list."""
    return {name.strip().lower() for name in value.split(",")}


class TestListedOrigins:
    """The origin of the request is named if it is on the list."""

    @pytest.mark.parametrize("origin", LISTED)
    @pytest.mark.parametrize("name", ["create-user", "get-user", "list-users", "health", "delete-user"])
    def test_allowed_when_the_origin_is_listed(self, api: Api, name: str, origin: str) -> None:
        headers = api(name, headers={"Origin": origin}).headers
        assert headers[ALLOW_ORIGIN] == origin
        assert headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in headers
        exposed = names(headers["Access-Control-Expose-Headers"])
        assert exposed == {"etag", "idempotency-replayed", "location", "retry-after", "x-request-id"}

    @pytest.mark.parametrize(
        "origin",
        [
            "https://evil.example.com",
            "http://app.example.com",
            "https://app.example.com:8443",
            "null",
            "",
            None,
            "https://app.example.com.evil.example",
            "https://APP.example.com",
            "*",
            ",",
            "https://app.example.com ",
        ],
    )
    def test_not_allowed_when_the_origin_is_not_listed(self, api: Api, origin: str | None) -> None:
        headers = api("health", headers={"Origin": origin}).headers
        assert ALLOW_ORIGIN not in headers
        assert headers["Vary"] == "Origin"

    def test_problems_can_be_read_too(self, api: Api) -> None:
        answer = api("create-user", body="{", headers={"Origin": LISTED[0]})
        assert (answer.status, answer.headers[ALLOW_ORIGIN]) == (400, LISTED[0])


class TestPreflight:
    """OPTIONS is answered with 204 on every path."""

    @pytest.mark.parametrize("name", ALLOWED)
    def test_names_methods_and_headers(self, api: Api, name: str) -> None:
        event = with_method(name, "OPTIONS")
        event["multiValueHeaders"] |= {"origin": [LISTED[0]], "Access-Control-Request-Method": ["PUT"]}
        answer = api.send(event)
        assert answer.status == 204
        assert answer.headers[ALLOW_ORIGIN] == LISTED[0]
        assert names(answer.headers["Access-Control-Allow-Methods"]) >= {m.lower() for m in ALLOWED[name]}
        assert names(answer.headers["Access-Control-Allow-Headers"]) >= {
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "if-none-match",
        }
        assert int(answer.headers["Access-Control-Max-Age"]) > 0

    def test_names_no_origin_when_it_is_not_listed(self, api: Api) -> None:
        event = with_method("list-users", "OPTIONS")
        event["multiValueHeaders"]["Origin"] = ["https://evil.example.com"]
        assert ALLOW_ORIGIN not in api.send(event).headers


class TestConfiguration:
    """The origins come from a parameter of the template."""

    @pytest.mark.parametrize("listed", [("*",), ("https://app.example.com", "*")])
    @pytest.mark.parametrize("origin", ["https://any.example.org", "null"])
    def test_any_origin_is_allowed_when_the_list_holds_an_asterisk(
        self, listed: tuple[str, ...], origin: str
    ) -> None:
        config = cors_config(listed)
        assert config
        assert config.to_dict(config.allowed_origin(origin))[ALLOW_ORIGIN] == "*"

    def test_no_origin_is_allowed_when_the_list_is_empty(self) -> None:
        assert cors_config(()) is None
