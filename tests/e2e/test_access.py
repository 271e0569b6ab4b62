"""Tokens, scopes, rates and origins, as API Gateway enforces them."""

from collections.abc import Iterator

import httpx
import pytest

from tools.local.stack import STAGE, Stack

ROUTES = [
    *(("/users", method) for method in ("GET", "POST", "PUT", "DELETE")),
    *(("/users/123", method) for method in ("GET", "PUT", "PATCH", "DELETE")),
]
OPEN = [("/health", "HEAD"), *((path, "GET") for path in ("/health", "/openapi.json", "/docs"))]


def check_problem(response: httpx.Response, status: int, name: str) -> None:
    """The response is a problem document with the headers that every response has."""
    problem, headers = response.json(), response.headers
    assert (response.status_code, headers["content-type"]) == (status, "application/problem+json")
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert (problem["type"], problem["status"]) == (f"/problems/{name}", status)
    assert problem["title"]
    assert problem["detail"]
    assert problem["requestId"] == headers["x-request-id"]


class TestToken:
    """Every route except the open ones requires a token with the scope of the operation."""

    @pytest.mark.parametrize(("path", "method"), ROUTES)
    def test_401_when_there_is_none_or_one_for_other_operations(
        self, anonymous: httpx.Client, stack: Stack, method: str, path: str
    ) -> None:
        response = anonymous.request(method, path)
        check_problem(response, 401, "unauthorized")
        assert response.headers["www-authenticate"] == "Bearer"
        own, other = ("users/read", "users/write")[:: 1 if method == "GET" else -1]
        headers = {"Authorization": f"Bearer {stack.token(other)}"}
        check_problem(anonymous.request(method, path, headers=headers), 401, "unauthorized")
        headers = {"Authorization": f"Bearer {stack.token(own)}"}
        assert anonymous.request(method, path, headers=headers).status_code != 401

    @pytest.mark.parametrize(
        "value", ["Bearer nonsense", "Bearer", "Basic dGVzdDp0ZXN0", "nonsense", "Bearer {}"]
    )
    def test_401_when_it_is_not_valid(self, anonymous: httpx.Client, stack: Stack, value: str) -> None:
        head, payload, signature = stack.token().split(".")
        forged = ".".join([head, payload, signature[::-1]])
        response = anonymous.get("/users", headers={"Authorization": value.format(forged)})
        check_problem(response, 401, "unauthorized")

    @pytest.mark.parametrize(("path", "method"), OPEN)
    def test_200_when_the_route_is_open(self, anonymous: httpx.Client, method: str, path: str) -> None:
        assert anonymous.request(method, path).status_code == 200


class TestPaths:
    """Unknown paths, and methods that the template does not declare."""

    def test_404_when_the_path_is_unknown(self, api: httpx.Client) -> None:
        for path in ("/", "/nothing", "/users/123/nothing", "/health/x"):
            check_problem(api.get(path), 404, "not-found")

    @pytest.mark.parametrize(
        ("method", "path", "allow"),
        [
            *((method, "/users", "GET, POST, PUT, DELETE, OPTIONS") for method in ("PATCH", "HEAD")),
            ("POST", "/users/123", "GET, PUT, PATCH, DELETE, OPTIONS"),
            *(("DELETE", "/health", "GET, HEAD, OPTIONS"), ("POST", "/docs", "GET, OPTIONS")),
        ],
    )
    def test_405_when_a_path_has_other_methods(
        self, api: httpx.Client, method: str, path: str, allow: str
    ) -> None:
        response = api.request(method, path)
        assert (response.status_code, response.headers["allow"]) == (405, allow)
        if method != "HEAD":
            check_problem(response, 405, "method-not-allowed")

    def test_the_same_user_when_the_id_is_percent_encoded(
        self, api: httpx.Client, existing_user: dict[str, str]
    ) -> None:
        encoded = "".join(f"%{ord(character):02x}" for character in existing_user["userId"])
        assert api.get(f"/users?userId={encoded}").json()["userId"] == existing_user["userId"]


class TestCors:
    """A page of another origin can use the API and read the headers that it needs."""

    def test_a_preflight_requires_no_token(self, anonymous: httpx.Client) -> None:
        headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "PUT"}
        response = anonymous.options("/users/123", headers=headers)
        assert response.status_code == 204
        assert response.headers["access-control-allow-origin"] == "*"
        assert "PUT" in response.headers["access-control-allow-methods"]
        assert "If-Match" in response.headers["access-control-allow-headers"]

    def test_function_and_gateway_allow_the_origin(self, api: httpx.Client, anonymous: httpx.Client) -> None:
        for response in (api.get("/users"), anonymous.get("/users")):
            assert response.headers["access-control-allow-origin"] == "*"


class TestThrottling:
    """The stage limits the rate of requests."""

    @pytest.fixture
    def _one_at_a_time(self, stack: Stack) -> Iterator[None]:
        client, api_id = stack.aws.client("apigateway"), stack.outputs()["ApiId"]
        paths = [f"/~1health/GET/throttling/{name}" for name in ("rateLimit", "burstLimit")]

        def limit(rate: str) -> None:
            operations = [{"op": "replace", "path": path, "value": rate} for path in paths]
            client.update_stage(restApiId=api_id, stageName=STAGE, patchOperations=operations)

        limit("1")
        yield
        limit("1000")

    @pytest.mark.usefixtures("_one_at_a_time")
    def test_429_with_retry_after_when_the_rate_is_exceeded(self, anonymous: httpx.Client) -> None:
        first, *others = [anonymous.get("/health") for _ in range(5)]
        throttled = [response for response in others if response.status_code == 429]
        assert first.status_code == 200
        check_problem(throttled[0], 429, "too-many-requests")
        assert throttled[0].headers["retry-after"] == "1"
