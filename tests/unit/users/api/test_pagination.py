"""The cursor of a page."""

import re

from hypothesis import given
from hypothesis import strategies as st

from users.api.pagination import decode_cursor, encode_cursor


@given(st.text(min_size=1, max_size=512))
def test_decodes_what_it_has_encoded(user_id: str) -> None:
    """Without characters that a URL would escape."""
    cursor = encode_cursor(user_id)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)
    assert decode_cursor(cursor) == user_id
