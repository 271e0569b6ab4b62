"""Paths, methods and query parameters."""

from typing import Any
from urllib.parse import unquote

import pytest
from aws_lambda_powertools.event_handler import Response
from hypothesis import given
from hypothesis import strategies as st

from lambda_common.problems import ProblemError
from tests.helpers.events import Event, changed_event, load_event, set_path_parameter
from tests.helpers.responses import Context
from users.api.requests import JSON
from users.api.resolver import UNROUTED, UsersResolver, only_known_parameters, routed_by_resource

app = UsersResolver()
app.use(middlewares=[only_known_parameters])


@app.get("/users/<userId>")
def get_user(userId: str) -> Response[str]:  # noqa: N803 - the parameter's name
    """Respond with the requested user id."""
    return Response(200, JSON, userId)


@app.get("/users")
def find_users() -> Response[str]:
    """Respond to a request for users."""
    return Response(200, JSON, "found")


@app.not_found
def not_found(_: Exception) -> Response[str]:
    """Respond with the problem of the missing route."""
    problem = app.no_route()
    return Response(problem.status, JSON, problem.name, problem.headers)


@app.exception_handler(ProblemError)  # type: ignore[untyped-decorator] # Powertools' own
def refused(error: ProblemError) -> Response[str]:
    """Respond with the errors of the problem."""
    return Response(error.problem.status, JSON, " ".join(map(str, error.problem.errors)))


def resolve(event: Event) -> dict[str, Any]:
    """The response to an event."""
    return app.resolve(routed_by_resource(event), Context())  # type: ignore[arg-type] # as Lambda's


class TestRoute:
    """API Gateway has matched the path: its resource decides."""

    @given(st.text(min_size=1) | st.sampled_from(["a/b", "..", "%2F", "a b", "\u00fc", "{userId}", "\ud800"]))
    def test_a_path_parameter_arrives_as_it_is(self, user_id: str) -> None:
        event = load_event("get-user")
        set_path_parameter(event, "userId", user_id)
        assert unquote(resolve(event)["body"], errors="surrogatepass") == user_id

    def test_an_empty_path_parameter_is_not_another_route(self) -> None:
        event = load_event("get-user")
        set_path_parameter(event, "userId", "")
        assert not unquote(resolve(event)["body"]).strip()

    def test_a_base_path_mapping_does_not_matter(self) -> None:
        event = load_event("list-users") | {"path": "/service/users"}
        assert resolve(event)["body"] == "found"

    @pytest.mark.parametrize(
        ("method", "resource", "name"),
        [
            ("GET", "/users", "find_users"),
            ("GET", "/users/{userId}", "get_user"),
            ("POST", "/users", UNROUTED),
            ("GET", "/", UNROUTED),
        ],
    )
    def test_the_operation_is_named_like_the_function(self, method: str, resource: str, name: str) -> None:
        assert app.operation({"httpMethod": method, "resource": resource}) == name


class TestNoRoute:
    """405 on a path that has other methods, or else 404."""

    def test_another_method_gets_the_allowed_methods(self) -> None:
        response = resolve(load_event("list-users") | {"httpMethod": "PATCH"})
        assert (response["statusCode"], response["body"]) == (405, "method-not-allowed")
        assert response["multiValueHeaders"]["Allow"] == ["GET, OPTIONS"]

    def test_another_path_is_not_found(self) -> None:
        response = resolve(load_event("list-users") | {"resource": "/{proxy+}", "path": "/x"})
        assert (response["statusCode"], response["body"]) == (404, "not-found")


class TestOnlyKnownParameters:
    """A query string contains known parameters, each once."""

    @pytest.mark.parametrize("query", [{}, {"limit": "1"}, {"limit": ["1"], "cursor": "x"}, {"userId": ""}])
    def test_accepted_when_all_are_known(self, query: dict[str, str | list[str]]) -> None:
        assert resolve(changed_event("list-users", query=query))["statusCode"] == 200

    def test_names_each_that_is_unknown_or_repeated(self) -> None:
        query: dict[str, str | list[str]] = {
            "limit": ["1", "2"],
            "cursor": "1",
            "verbose": "1",
            "LIMIT": ["1", "1"],
        }
        response = resolve(changed_event("list-users", query=query))
        assert response["statusCode"] == 400
        for error in (
            "'limit', message='Must be given once.'",
            "'verbose', message='Unk",
            "'LIMIT', message='Unk",
        ):
            assert error in response["body"]
        assert "cursor" not in response["body"]

    def test_none_is_known_where_a_route_takes_none(self) -> None:
        assert resolve(changed_event("get-user", query={"limit": "1"}))["statusCode"] == 400

    def test_another_method_is_refused_for_the_method(self) -> None:
        event = changed_event("list-users", query={"verbose": "1"}) | {"httpMethod": "PATCH"}
        assert resolve(event)["statusCode"] == 405
