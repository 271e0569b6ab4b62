"""Entity tags and conditional requests."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_common.preconditions import MAX_TAGS, check_held_tags, entity_tag, expected_versions, is_unchanged
from lambda_common.problems import InvalidRequestError
from lambda_common.requests import Request


def request_with(**headers: str) -> Request:
    """A request with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request.from_event({"httpMethod": "PUT", "resource": "/", "headers": named})


class TestExpectedVersions:
    """If-Match admits the versions whose strong tags it lists."""

    @pytest.mark.parametrize(
        ("value", "versions"),
        [
            ('"1"', {1}),
            ('"1","22" , "333"', {1, 22, 333}),
            ('W/"1", "2"', {2}),
            ('W/"1"', set()),
            ('"0", "-1", "01", "1.0", "a", ""', set()),
            ('"999999999999999999"', {10**18 - 1}),
            ('"1000000000000000000"', set()),
            ('"\xe9"', set()),
            ('"\u4e00", "1"', {1}),
        ],
    )
    def test_those_whose_tags_are_listed(self, value: str, versions: AbstractSet[int]) -> None:
        assert expected_versions(request_with(if_match=value)) == versions

    @pytest.mark.parametrize("headers", [{}, {"if_match": "*"}, {"if_match": " * "}])
    def test_any_when_there_is_no_condition(self, headers: dict[str, str]) -> None:
        assert expected_versions(request_with(**headers)) is None

    @given(st.integers(1, 10**18 - 1))
    def test_the_version_whose_tag_we_gave(self, version: int) -> None:
        assert expected_versions(request_with(if_match=entity_tag(version))) == frozenset({version})

    @pytest.mark.parametrize(
        "value", ["", "1", '"1', '"1""2"', '"1",', ',"1"', '*, "1"', '"1", *', '"a b"', 'w/"1"', '"1"\xa0']
    )
    def test_refused_when_it_is_malformed(self, value: str) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            expected_versions(request_with(if_match=value))
        assert [error.field for error in caught.value.problem.errors] == ["If-Match"]

    def test_a_hundred_tags_are_the_most(self) -> None:
        tags = [entity_tag(version) for version in range(1, MAX_TAGS + 2)]
        assert len(expected_versions(request_with(if_match=",".join(tags[:-1]))) or ()) == MAX_TAGS
        with pytest.raises(InvalidRequestError):
            expected_versions(request_with(if_match=",".join(tags)))


class TestIsUnchanged:
    """If-None-Match compares weakly."""

    @pytest.mark.parametrize("value", ['"3"', 'W/"3"', "*", ' "1", W/"3"'])
    def test_true_when_the_client_has_the_version(self, value: str) -> None:
        assert is_unchanged(request_with(if_none_match=value), '"3"')

    @pytest.mark.parametrize(
        "headers", [{}, {"if_none_match": '"1"'}, {"if_none_match": 'W/"33"'}, {"if_match": '"3"'}]
    )
    def test_false_when_it_has_not(self, headers: dict[str, str]) -> None:
        assert not is_unchanged(request_with(**headers), '"3"')

    @pytest.mark.parametrize("check", [lambda request: is_unchanged(request, '"3"'), check_held_tags])
    @pytest.mark.parametrize("value", ["", "3", "x"])
    def test_refused_when_it_is_malformed(self, value: str, check: Callable[[Request], object]) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            check(request_with(if_none_match=value))
        assert [error.field for error in caught.value.problem.errors] == ["If-None-Match"]

    @pytest.mark.parametrize("headers", [{}, {"if_none_match": "*"}, {"if_none_match": '"3"'}])
    def test_taken_when_there_is_nothing_to_compare_with(self, headers: dict[str, str]) -> None:
        check_held_tags(request_with(**headers))
