"""UserRepository.get, find_by_email and list_page."""

from collections.abc import Iterator

import pytest

from tests.helpers.builders import a_user
from users.domain.errors import UserNotFoundError
from users.domain.use_cases import UserRepository
from users.domain.user import User, UserChanges


def pages(users: UserRepository, limit: int) -> Iterator[list[User]]:
    """The users of each page."""
    page = users.list_page(limit)
    yield page.users
    while page.last_user_id is not None:
        page = users.list_page(limit, page.last_user_id)
        yield page.users


def test_a_user_is_found_as_last_written(users: UserRepository) -> None:
    """By id, and by the current address."""
    assert users.find_by_email("123@example.com") is None
    users.create(a_user())
    updated = users.update("123", UserChanges(email="new@example.com"))
    assert users.get("123") == users.find_by_email("new@example.com") == updated
    assert users.find_by_email("123@example.com") is None
    with pytest.raises(UserNotFoundError):
        users.get("124")
    users.delete("123")
    assert users.find_by_email("new@example.com") is None


@pytest.mark.parametrize("limit", [1, 3, 4, 7, 100])
@pytest.mark.parametrize("count", [0, 7])
def test_each_user_is_on_one_page(users: UserRepository, limit: int, count: int) -> None:
    """Each page but the last is full."""
    created = [users.create(a_user(str(i))).user for i in range(count)]
    *full, last = pages(users, limit)
    assert sorted([user for page in (*full, last) for user in page], key=str) == sorted(created, key=str)
    assert all(len(page) == limit for page in full)


def test_continues_when_the_last_user_of_a_page_is_gone(users: UserRepository) -> None:
    """The cursor does not depend on the user."""
    for i in range(5):
        users.create(a_user(str(i)))
    first = users.list_page(2)
    assert first.last_user_id is not None
    users.delete(first.last_user_id)
    rest = users.list_page(100, first.last_user_id)
    assert len({user.user_id for user in [*first.users, *rest.users]}) == 5
    assert rest.last_user_id is None
