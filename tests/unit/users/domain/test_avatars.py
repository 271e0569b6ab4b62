"""Keys of users' pictures."""

import pytest

from tests.helpers.builders import JOHN, a_user
from users.domain.avatars import new_upload_key, owner_of, uploads_of
from users.domain.user import parse_time

HEX = "0123456789abcdef" * 2


@pytest.mark.parametrize("time", ["1970-01-01T00:00:00.000Z", "2500-12-31T23:59:59.999Z"])
def test_an_upload_is_of_the_user_of_this_id_and_millisecond(time: str) -> None:
    """Its name cannot be guessed: another one each time."""
    user = a_user(created_at=parse_time(time))
    key = new_upload_key(user)
    assert owner_of(key) == (user.user_id, user.created_at)
    assert key.startswith(uploads_of(user.user_id))
    assert key != new_upload_key(user)


def test_no_prefix_is_part_of_another() -> None:
    """All uploads of a user are deleted by it."""
    assert not new_upload_key(a_user(f"{JOHN.user_id}4")).startswith(uploads_of(JOHN.user_id))


@pytest.mark.parametrize(
    "key",
    [
        *("", HEX, f"uploads/{HEX}", f"uploads//{HEX}", f"uploads/1/2/{HEX}", f"uploads/1/{HEX}0"),
        *(f"uploads/1/{HEX[1:]}", f"uploads/1/{HEX.upper()}", f"uploads/1/{HEX}\n", f"x/uploads/1/{HEX}"),
        *(f"thumbnails/small/uploads/1/{HEX}", f"uploads/1/{'f' * 32}", "uploads/1/picture.jpg"),
    ],
)
def test_any_other_key_has_no_owner(key: str) -> None:
    """It was not created here."""
    assert owner_of(key) is None
