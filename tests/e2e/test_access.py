"""Who is let in: tokens, scopes, rates and origins, as API Gateway enforces them."""

from collections.abc import Iterator

import httpx
import pytest

from tools.local.stack import STAGE, Stack

ROUTES = [
    ("GET", "/users"),
    ("POST", "/users"),
    ("PUT", "/users"),
    ("DELETE", "/users"),
    ("GET", "/users/123"),
    ("PUT", "/users/123"),
    ("PATCH", "/users/123"),
    ("DELETE", "/users/123"),
]
OPEN = [("GET", "/health"), ("HEAD", "/health"), ("GET", "/openapi.json"), ("GET", "/docs")]


def assert_problem(answer: httpx.Response, status: int, name: str) -> None:
    """The answer is a problem document with the headers that every answer carries."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    document = answer.json()
    assert document["type"] == f"/problems/{name}"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert document["requestId"] == answer.headers["x-request-id"]


class TestToken:
    """Every route but the open ones asks for a token with the scope of the operation."""

    @pytest.mark.parametrize(("method", "path"), ROUTES)
    def test_is_needed(self, anonymous: httpx.Client, method: str, path: str) -> None:
        answer = anonymous.request(method, path)
        assert_problem(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"

    @pytest.mark.parametrize("value", ["Bearer nonsense", "Bearer", "Basic dGVzdDp0ZXN0", "nonsense"])
    def test_must_be_a_good_one(self, anonymous: httpx.Client, value: str) -> None:
        answer = anonymous.get("/users", headers={"Authorization": value})
        assert_problem(answer, 401, "unauthorized")

    def test_must_not_be_tampered_with(self, anonymous: httpx.Client, stack: Stack) -> None:
        head, payload, signature = stack.token().split(".")
        forged = ".".join([head, payload, signature[::-1]])
        answer = anonymous.get("/users", headers={"Authorization": f"Bearer {forged}"})
        assert_problem(answer, 401, "unauthorized")

    @pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] != "GET"])
    def test_for_reading_does_not_write(self, reader: httpx.Client, method: str, path: str) -> None:
        assert_problem(reader.request(method, path), 401, "unauthorized")

    def test_for_reading_reads(self, reader: httpx.Client) -> None:
        assert reader.get("/users").status_code == 200

    def test_for_writing_does_not_read(self, anonymous: httpx.Client, stack: Stack) -> None:
        headers = {"Authorization": f"Bearer {stack.token('users/write')}"}
        assert_problem(anonymous.get("/users", headers=headers), 401, "unauthorized")

    @pytest.mark.parametrize(("method", "path"), OPEN)
    def test_is_not_needed_where_all_is_open(self, anonymous: httpx.Client, method: str, path: str) -> None:
        assert anonymous.request(method, path).status_code == 200


class TestPaths:
    """What API Gateway does not know, and what it hands on although no method is declared."""

    @pytest.mark.parametrize("path", ["/", "/nothing", "/users/123/nothing", "/health/x"])
    def test_unknown_is_not_found(self, api: httpx.Client, path: str) -> None:
        assert_problem(api.get(path), 404, "not-found")

    @pytest.mark.parametrize(
        ("method", "path", "allow"),
        [
            ("PATCH", "/users", "GET, POST, PUT, DELETE, OPTIONS"),
            ("HEAD", "/users", "GET, POST, PUT, DELETE, OPTIONS"),
            ("POST", "/users/123", "GET, PUT, PATCH, DELETE, OPTIONS"),
            ("DELETE", "/health", "GET, HEAD, OPTIONS"),
        ],
    )
    def test_other_method_is_not_allowed(self, api: httpx.Client, method: str, path: str, allow: str) -> None:
        answer = api.request(method, path)
        assert answer.status_code == 405
        assert answer.headers["allow"] == allow
        if method != "HEAD":
            assert_problem(answer, 405, "method-not-allowed")

    def test_percent_encoded_user_id_is_the_same_user(
        self, api: httpx.Client, existing_user: dict[str, str]
    ) -> None:
        encoded = "".join(f"%{ord(character):02x}" for character in existing_user["userId"])
        answer = api.get(f"/users?userId={encoded}")
        assert answer.json()["userId"] == existing_user["userId"]


class TestCors:
    """A page of another origin may use the API, and sees what it needs of an answer."""

    def test_preflight_asks_for_no_token(self, anonymous: httpx.Client) -> None:
        headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "PUT"}
        answer = anonymous.options("/users/123", headers=headers)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "PUT" in answer.headers["access-control-allow-methods"]
        assert "If-Match" in answer.headers["access-control-allow-headers"]

    def test_answers_of_function_and_gateway_alike_name_the_origin(
        self, api: httpx.Client, anonymous: httpx.Client
    ) -> None:
        for answer in (api.get("/users"), anonymous.get("/users")):
            assert answer.headers["access-control-allow-origin"] == "*"


class TestThrottling:
    """More requests than the stage allows are told to slow down."""

    @pytest.fixture
    def slow_health(self, stack: Stack) -> Iterator[None]:
        """The stage allows one GET /health at a time."""
        client, api_id = stack.aws.client("apigateway"), stack.outputs()["ApiId"]
        path = "/~1health/GET/throttling"

        def limit(rate: int) -> None:
            operations = [
                {"op": "replace", "path": f"{path}/{name}", "value": str(rate)}
                for name in ("rateLimit", "burstLimit")
            ]
            client.update_stage(restApiId=api_id, stageName=STAGE, patchOperations=operations)

        limit(1)
        yield
        limit(1000)

    @pytest.mark.usefixtures("slow_health")
    def test_is_a_problem_with_retry_after(self, anonymous: httpx.Client) -> None:
        answers = [anonymous.get("/health") for _ in range(5)]
        throttled = [answer for answer in answers if answer.status_code == 429]
        assert answers[0].status_code == 200
        assert throttled
        assert_problem(throttled[0], 429, "too-many-requests")
        assert throttled[0].headers["retry-after"] == "1"
