"""Keys of users' pictures and their thumbnails."""

import re

import pytest

from tests.helpers.builders import JOHN, a_user
from users.domain.avatars import new_upload_key, owner_of, thumbnail_keys, uploads_of
from users.domain.user import parse_time

HEX = "0123456789abcdef" * 2


class TestUploadKey:
    """An upload is below its user's prefix, with a name that cannot be guessed."""

    def test_is_of_the_user(self) -> None:
        key = new_upload_key(JOHN)
        assert re.fullmatch(r"uploads/123/[0-9a-f]{32}", key)
        assert key.startswith(uploads_of("123"))
        assert owner_of(key) == (JOHN.user_id, JOHN.created_at)

    @pytest.mark.parametrize("time", ["1970-01-01T00:00:00.000Z", "2500-12-31T23:59:59.999Z"])
    def test_tells_users_of_the_same_id_apart_by_the_millisecond(self, time: str) -> None:
        assert owner_of(new_upload_key(a_user(created_at=parse_time(time)))) == ("123", parse_time(time))

    def test_is_another_each_time(self) -> None:
        assert len({new_upload_key(JOHN) for _ in range(100)}) == 100

    def test_no_prefix_is_part_of_another(self) -> None:
        assert not new_upload_key(a_user("1234")).startswith(uploads_of("123"))

    @pytest.mark.parametrize(
        "key",
        [
            "",
            HEX,
            f"uploads/{HEX}",
            f"uploads//{HEX}",
            f"uploads/1/2/{HEX}",
            f"uploads/1/{HEX}0",
            f"uploads/1/{HEX[1:]}",
            f"uploads/1/{HEX.upper()}",
            f"uploads/1/{HEX}\n",
            f"x/uploads/1/{HEX}",
            f"thumbnails/small/uploads/1/{HEX}",
            f"uploads/1/{'f' * 32}",
            "uploads/1/picture.jpg",
        ],
    )
    def test_any_other_key_has_no_owner(self, key: str) -> None:
        assert owner_of(key) is None


class TestThumbnailKeys:
    """Each size has a prefix of its own, outside of the uploads."""

    def test_one_for_each_size(self) -> None:
        assert thumbnail_keys("uploads/1/a") == {
            "small": "thumbnails/small/uploads/1/a",
            "medium": "thumbnails/medium/uploads/1/a",
            "large": "thumbnails/large/uploads/1/a",
        }
