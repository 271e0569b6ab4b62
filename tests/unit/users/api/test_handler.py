"""The headers of every response."""

from users.api.handler import standard_headers


class TestStandardHeaders:
    """Any origin is allowed with the same headers; listed ones by Powertools."""

    def test_any_origin_may_read_when_all_are_allowed(self) -> None:
        headers = standard_headers(("*",))
        assert headers["Access-Control-Allow-Origin"] == ["*"]
        assert "ETag" in headers["Access-Control-Expose-Headers"][0].split(",")
        assert "Vary" not in headers

    def test_responses_vary_by_origin_when_some_are_allowed(self) -> None:
        headers = standard_headers(("https://app.example.com",))
        assert headers["Vary"] == ["Origin"]
        assert "Access-Control-Allow-Origin" not in headers
