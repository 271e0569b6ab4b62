"""UserRepository.get, find_by_email and list_page."""

import pytest

from tests.helpers.builders import a_user
from users.domain.errors import UserNotFoundError
from users.domain.use_cases import UserRepository
from users.domain.user import User, UserChanges


class TestGet:
    """A read gives what was last written."""

    def test_the_user_as_last_written(self, users: UserRepository) -> None:
        users.create(a_user())
        updated = users.update("123", UserChanges(name="New"))
        assert users.get("123") == updated

    def test_refused_when_there_is_none(self, users: UserRepository) -> None:
        users.create(a_user())
        with pytest.raises(UserNotFoundError):
            users.get("124")


class TestFindByEmail:
    """An address finds its owner of the moment."""

    def test_nobody_when_the_address_was_never_used(self, users: UserRepository) -> None:
        assert users.find_by_email("123@example.com") is None

    def test_nobody_when_the_owner_has_left_it(self, users: UserRepository) -> None:
        users.create(a_user())
        users.update("123", UserChanges(email="new@example.com"))
        assert users.find_by_email("123@example.com") is None
        assert users.find_by_email("new@example.com") == users.get("123")

    def test_nobody_when_the_owner_is_gone(self, users: UserRepository) -> None:
        users.create(a_user())
        users.delete("123")
        assert users.find_by_email("123@example.com") is None


class TestListPage:
    """Page by page, every user is seen exactly once."""

    def walk(self, users: UserRepository, limit: int) -> list[list[User]]:
        pages = [users.list_page(limit)]
        while pages[-1].last_user_id is not None:
            pages.append(users.list_page(limit, pages[-1].last_user_id))
        return [page.users for page in pages]

    @pytest.mark.parametrize("limit", [1, 3, 4, 7, 100])
    def test_every_user_once_whatever_the_limit(self, users: UserRepository, limit: int) -> None:
        created = {str(i): a_user(str(i)) for i in range(7)}
        for user in created.values():
            users.create(user)
        pages = self.walk(users, limit)
        listed = [user for page in pages for user in page]
        assert len(listed) == 7
        assert {user.user_id: user for user in listed} == created
        assert all(len(page) == limit for page in pages[:-1])

    def test_one_empty_page_when_there_are_no_users(self, users: UserRepository) -> None:
        assert self.walk(users, 5) == [[]]

    def test_goes_on_when_the_user_at_the_break_is_gone(self, users: UserRepository) -> None:
        for i in range(5):
            users.create(a_user(str(i)))
        first = users.list_page(2)
        assert first.last_user_id is not None
        users.delete(first.last_user_id)
        rest = users.list_page(100, first.last_user_id)
        assert len({user.user_id for user in [*first.users, *rest.users]}) == 5
        assert rest.last_user_id is None
