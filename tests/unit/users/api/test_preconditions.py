"""Entity tags and conditional requests."""

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from lambda_common.problems import ProblemError
from users.api.preconditions import (
    ENTITY_TAGS_PATTERN,
    MAX_TAGS,
    NotModifiedError,
    check_if_none_match,
    check_not_held,
    entity_tag,
    precondition,
)
from users.domain.user import NO_PRECONDITION, Precondition, new_revision


def request_with(**headers: str) -> APIGatewayProxyEvent:
    """A request with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return APIGatewayProxyEvent({"httpMethod": "PUT", "resource": "/", "headers": named})


def is_unchanged(request: APIGatewayProxyEvent, tag: str) -> bool:
    """Whether the response to a GET is 304."""
    try:
        check_not_held(request, {"ETag": tag})
    except NotModifiedError:
        return True
    return False


class TestPrecondition:
    """A write may change what If-Match lists and If-None-Match does not (RFC 9110, section 13.2.2)."""

    @pytest.mark.parametrize(
        ("value", "revisions"),
        [
            ('"1"', {"1"}),
            ('"1","2a" , "3f4"', {"1", "2a", "3f4"}),
            ('W/"1", "2"', {"2"}),
            ('W/"1"', set()),
            ('"A", "-1", "0x1", "1.0", "g", ""', set()),
            (f'"{"a" * 129}"', set()),
            ('"\xe9"', set()),
            ('"\u4e00", "1"', {"1"}),
        ],
    )
    def test_among_those_whose_tags_are_listed(self, value: str, revisions: AbstractSet[str]) -> None:
        assert re.search(ENTITY_TAGS_PATTERN, value)
        assert precondition(request_with(if_match=value)) == Precondition(among=revisions)

    @pytest.mark.parametrize("headers", [{}, {"if_match": "*"}, {"if_match": " * "}])
    def test_none_when_any_state_will_do(self, headers: dict[str, str]) -> None:
        assert precondition(request_with(**headers)) == NO_PRECONDITION

    @pytest.mark.parametrize(
        ("if_none_match", "if_match", "expected"),
        [
            ('"1", W/"2", "x"', "*", Precondition(not_among={"1", "2"})),
            ('W/"2", "3"', '"1", "2"', Precondition(among={"1"})),
            ("*", "*", Precondition(among=frozenset())),
            (" * ", '"1"', Precondition(among=frozenset())),
        ],
    )
    def test_not_among_those_that_the_client_has(
        self, if_none_match: str, if_match: str, expected: Precondition
    ) -> None:
        assert precondition(request_with(if_none_match=if_none_match, if_match=if_match)) == expected

    def test_the_revision_whose_tag_we_gave(self) -> None:
        revision = new_revision()
        given = precondition(request_with(if_match=entity_tag(revision)))
        assert given == Precondition(among={revision})

    @pytest.mark.parametrize(
        "value", ["", "1", '"1', '"1""2"', '"1",', ',"1"', '*, "1"', '"1", *', '"a b"', 'w/"1"', '"1"\xa0']
    )
    def test_refused_when_it_is_malformed(self, value: str) -> None:
        assert not re.search(ENTITY_TAGS_PATTERN, value)
        with pytest.raises(ProblemError) as caught:
            precondition(request_with(if_match=value, if_none_match="*"))
        assert [error.field for error in caught.value.problem.errors] == ["If-Match"]

    def test_a_hundred_tags_are_the_most(self) -> None:
        tags = [entity_tag(new_revision()) for _ in range(MAX_TAGS + 1)]
        assert len(precondition(request_with(if_match=",".join(tags[:-1]))).among or ()) == MAX_TAGS
        with pytest.raises(ProblemError):
            precondition(request_with(if_match=",".join(tags)))


class TestIsUnchanged:
    """If-None-Match compares weakly."""

    @pytest.mark.parametrize("value", ['"3"', 'W/"3"', "*", ' "1", W/"3"'])
    def test_true_when_the_client_has_the_version(self, value: str) -> None:
        assert is_unchanged(request_with(if_none_match=value), '"3"')

    def test_the_response_has_the_headers_of_the_other(self) -> None:
        with pytest.raises(NotModifiedError) as caught:
            check_not_held(request_with(if_none_match="*"), {"ETag": '"3"', "Cache-Control": "private"})
        assert caught.value.headers == {"ETag": '"3"', "Cache-Control": "private"}

    @pytest.mark.parametrize(
        "headers", [{}, {"if_none_match": '"1"'}, {"if_none_match": 'W/"33"'}, {"if_match": '"3"'}]
    )
    def test_false_when_it_has_not(self, headers: dict[str, str]) -> None:
        assert not is_unchanged(request_with(**headers), '"3"')

    @pytest.mark.parametrize("check", [lambda request: is_unchanged(request, '"3"'), check_if_none_match])
    @pytest.mark.parametrize("value", ["", "3", "x"])
    def test_refused_when_it_is_malformed(
        self, value: str, check: Callable[[APIGatewayProxyEvent], object]
    ) -> None:
        with pytest.raises(ProblemError) as caught:
            check(request_with(if_none_match=value))
        assert [error.field for error in caught.value.problem.errors] == ["If-None-Match"]

    @pytest.mark.parametrize("headers", [{}, {"if_none_match": "*"}, {"if_none_match": '"3"'}])
    def test_taken_when_there_is_nothing_to_compare_with(self, headers: dict[str, str]) -> None:
        check_if_none_match(request_with(**headers))
