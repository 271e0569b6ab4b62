"""Requests as API Gateway delivers them."""

from typing import Any

import pytest

from lambda_common.problems import InvalidRequestError, MalformedBodyError, UnsupportedMediaTypeError
from lambda_common.requests import Request
from tests.events import changed_event, load_event

BARE = {"httpMethod": "GET", "resource": "/users"}


class TestFromEvent:
    """What an event leaves out counts as empty."""

    def test_reads_all_parts_when_the_event_is_complete(self) -> None:
        event = load_event("replace-user")
        request = Request.from_event(event)
        assert (request.method, request.resource) == ("PUT", "/users/{userId}")
        assert (request.path, request.public_path) == ("/users/123", "/dev/users/123")
        assert request.request_id == event["requestContext"]["requestId"]
        assert request.caller == event["requestContext"]["authorizer"]["claims"]["client_id"]
        assert request.path_parameters == {"userId": "123"}
        assert request.query == {}
        assert request.header("IF-MATCH") == '"1"'

    @pytest.mark.parametrize("empty", [{}, None])
    def test_empty_when_the_event_says_nothing(self, empty: dict[str, Any] | None) -> None:
        names = ["headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters"]
        names += ["pathParameters", "requestContext"]
        for event in (BARE, BARE | dict.fromkeys(names, empty)):
            request = Request.from_event(event)
            assert (request.path, request.public_path, request.request_id) == ("/users", "/users", "")
            assert (request.caller, request.query, request.headers) == ("", {}, {})
            assert request.header("accept") is None
            assert request.parameters("x") == {}

    @pytest.mark.parametrize(
        ("authorizer", "caller"),
        [
            ({"claims": {"client_id": "c", "sub": "s"}}, "c"),
            ({"claims": {"sub": "s"}}, "s"),
            ({"claims": {}}, ""),
            ({"claims": None}, ""),
            ({}, ""),
            (None, ""),
        ],
    )
    def test_the_caller_is_who_the_authorizer_says(
        self, authorizer: dict[str, Any] | None, caller: str
    ) -> None:
        event = BARE | {"requestContext": {"authorizer": authorizer}}
        assert Request.from_event(event).caller == caller


class TestHeader:
    """Names have no case, and a header that is repeated is one list."""

    def test_joined_when_it_is_repeated(self) -> None:
        event = changed_event("get-user", headers={"If-None-Match": ['"1"', '"2"']})
        assert Request.from_event(event).header("if-none-match") == '"1", "2"'

    def test_joined_when_it_is_repeated_in_another_case(self) -> None:
        event = load_event("get-user")
        event["multiValueHeaders"] |= {"If-Match": ['"1"'], "if-match": ['"2"']}
        assert Request.from_event(event).header("if-match") == '"1", "2"'

    def test_read_when_there_are_only_single_values(self) -> None:
        assert Request.from_event(BARE | {"headers": {"Accept": "x"}}).header("accept") == "x"


class TestParameters:
    """A query string holds what is allowed, once."""

    @pytest.mark.parametrize("query", [{"a": ["1"], "b": ["2"]}, {"b": [""]}, {}])
    def test_values_when_all_are_allowed(self, query: dict[str, list[str]]) -> None:
        request = Request.from_event(BARE | {"multiValueQueryStringParameters": query})
        assert request.parameters("a", "b") == {name: values[0] for name, values in query.items()}

    def test_names_each_that_is_unknown_or_repeated(self) -> None:
        query = {"a": ["1", "2"], "b": ["1"], "c": ["1", "2"]}
        request = Request.from_event(BARE | {"multiValueQueryStringParameters": query})
        with pytest.raises(InvalidRequestError) as caught:
            request.parameters("a")
        assert sorted(error.field for error in caught.value.problem.errors) == ["a", "b", "c"]


class TestJsonObject:
    """A body is one JSON object of a media type that is accepted."""

    def test_read_when_it_is_an_object(self) -> None:
        event = BARE | {"body": '{"a": [1, 2.5, null, true, "ü"], "b": {}}'}
        assert Request.from_event(event).json_object() == {"a": [1, 2.5, None, True, "ü"], "b": {}}

    @pytest.mark.parametrize(
        "body", [None, "", "[]", '{"a":1,"a":2}', '{"a":NaN}', "[" * 60_000, "{" * 60_000]
    )
    def test_refused_when_it_is_not_an_object(self, body: str | None) -> None:
        with pytest.raises(MalformedBodyError):
            Request.from_event(BARE | {"body": body}).json_object()

    def test_refused_when_the_media_type_is_another(self) -> None:
        event = BARE | {"body": "{}", "headers": {"content-type": "text/plain"}}
        with pytest.raises(UnsupportedMediaTypeError) as caught:
            Request.from_event(event).json_object(("a/b", "c/d"))
        assert caught.value.problem.detail == "Send the body as a/b or c/d."
