"""The cursor and the limit of a page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from users.api.pagination import decode_cursor, encode_cursor, parse_limit
from users.domain.errors import InvalidFieldError
from users.domain.fields import USER_ID_PATTERN


class TestParseLimit:
    """A page has 1 to 100 users."""

    @given(st.integers(1, 100))
    def test_the_number_when_it_is_allowed(self, limit: int) -> None:
        assert parse_limit(str(limit)) == limit

    @given(st.one_of(st.integers(max_value=0), st.integers(min_value=101)).map(str))
    def test_refused_when_it_is_out_of_bounds(self, limit: str) -> None:
        with pytest.raises(InvalidFieldError) as caught:
            parse_limit(limit)
        assert caught.value.field == "limit"

    @pytest.mark.parametrize(
        "limit", ["", "x", "1.0", " 1", "1 ", "+1", "\uff11", "1_0", "1e1", "²", 1, None, ["1"]]
    )
    def test_refused_when_it_is_no_number(self, limit: object) -> None:
        with pytest.raises(InvalidFieldError):
            parse_limit(limit)


class TestCursor:
    """A cursor stands for a user id, and only our own are taken."""

    @given(st.from_regex(re.compile(USER_ID_PATTERN), fullmatch=True) | st.text(min_size=1, max_size=512))
    def test_read_back_when_it_is_ours(self, user_id: str) -> None:
        cursor = encode_cursor(user_id)
        assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)
        assert decode_cursor(cursor) == user_id

    @pytest.mark.parametrize(
        "value", ["", "x", "MTp1MQ==", "dTE", "MTo", "Mjp1MQ", "MTrk", "\ud800", "MTp1 MQ"]
    )
    def test_names_the_parameter_when_it_is_not_ours(self, value: str) -> None:
        with pytest.raises(InvalidFieldError) as caught:
            decode_cursor(value)
        assert caught.value.field == "cursor"

    @given(st.text(max_size=40))
    def test_refused_when_it_is_not_ours(self, value: str) -> None:
        try:
            user_id = decode_cursor(value)
        except InvalidFieldError:
            return
        assert encode_cursor(user_id) == value
