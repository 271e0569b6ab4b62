"""UserRepository.update and delete."""

from dataclasses import fields, replace

import pytest

from generate.openapi.examples import JOHN
from tests.builders import NOON, a_user
from users.domain.errors import EmailAlreadyTakenError, UserNotFoundError, VersionMismatchError
from users.domain.repository import UserRepository
from users.domain.user import UserChanges

ALL_CHANGES = [
    UserChanges(name="New"),
    UserChanges(email="new@example.com"),
    UserChanges(name="New", email="new@example.com"),
    UserChanges(name="John Doe", email="123@example.com"),
    *(UserChanges(**{field.name: getattr(JOHN, field.name)}) for field in fields(UserChanges)),
    UserChanges(**{field.name: getattr(JOHN, field.name) for field in fields(UserChanges)}),
]


@pytest.mark.parametrize("changes", ALL_CHANGES)
class TestUpdate:
    """Changes make a new version, whichever fields they are of."""

    def test_applies_the_changes_when_the_user_exists(
        self, users: UserRepository, changes: UserChanges
    ) -> None:
        users.create(a_user())
        updated = users.update("123", changes)
        assert updated == replace(a_user(), **changes.given(), version=2, updated_at=updated.updated_at)
        assert updated.updated_at > NOON
        assert updated.updated_at.microsecond % 1000 == 0
        assert users.get("123") == updated
        assert users.find_by_email(updated.email) == updated

    @pytest.mark.parametrize("expected", [{1}, {1, 2}, {9, 1, 5}, set(range(1, 101))])
    def test_applies_the_changes_when_the_version_is_expected(
        self, users: UserRepository, changes: UserChanges, expected: set[int]
    ) -> None:
        users.create(a_user())
        assert users.update("123", changes, expected).version == 2

    @pytest.mark.parametrize("expected", [set(), {2}, {2, 3}, {10**17}])
    def test_refused_when_the_version_is_not_expected(
        self, users: UserRepository, changes: UserChanges, expected: set[int]
    ) -> None:
        users.create(a_user())
        with pytest.raises(VersionMismatchError):
            users.update("123", changes, expected)
        assert users.get("123") == a_user()
        assert users.find_by_email("123@example.com") == a_user()

    @pytest.mark.parametrize("expected", [None, {1}, set()])
    def test_refused_when_there_is_no_user(
        self, users: UserRepository, changes: UserChanges, expected: set[int] | None
    ) -> None:
        with pytest.raises(UserNotFoundError):
            users.update("123", changes, expected)
        assert users.list_page(10).users == []
        assert users.find_by_email("new@example.com") is None


class TestUpdateOfTheAddress:
    """An address moves from free to taken and back with its owner."""

    def test_refused_when_another_user_has_it(self, users: UserRepository) -> None:
        users.create(a_user())
        users.create(a_user("456"))
        with pytest.raises(EmailAlreadyTakenError):
            users.update("123", UserChanges(name="New", email="456@example.com"))
        assert users.get("123") == a_user()
        assert users.find_by_email("456@example.com") == a_user("456")
        assert users.find_by_email("123@example.com") == a_user()

    def test_the_old_one_can_be_taken_again(self, users: UserRepository) -> None:
        users.create(a_user())
        users.update("123", UserChanges(email="new@example.com"))
        users.create(a_user("456", email="123@example.com"))
        users.update("123", UserChanges(email="third@example.com"))
        assert users.update("456", UserChanges(email="new@example.com")).version == 2

    def test_back_and_forth_gives_a_version_each(self, users: UserRepository) -> None:
        users.create(a_user())
        for version, email in enumerate(["a@example.com", "123@example.com", "a@example.com"], start=2):
            assert users.update("123", UserChanges(email=email), {version - 1}).version == version

    def test_the_version_is_checked_first_when_it_is_taken(self, users: UserRepository) -> None:
        users.create(a_user())
        users.create(a_user("456"))
        with pytest.raises(VersionMismatchError):
            users.update("123", UserChanges(email="456@example.com"), {2})


class TestDelete:
    """A user goes with the address."""

    @pytest.mark.parametrize("expected", [None, {1}, {3, 1}])
    def test_deletes_when_the_version_is_expected(
        self, users: UserRepository, expected: set[int] | None
    ) -> None:
        users.create(a_user())
        users.delete("123", expected)
        with pytest.raises(UserNotFoundError):
            users.get("123")
        users.create(a_user("456", email="123@example.com"))

    @pytest.mark.parametrize("expected", [set(), {2}, {2, 3}])
    def test_refused_when_the_version_is_not_expected(
        self, users: UserRepository, expected: set[int]
    ) -> None:
        users.create(a_user())
        with pytest.raises(VersionMismatchError):
            users.delete("123", expected)
        assert users.find_by_email("123@example.com") == a_user()

    @pytest.mark.parametrize("expected", [None, {1}, set()])
    def test_refused_when_there_is_no_user(self, users: UserRepository, expected: set[int] | None) -> None:
        with pytest.raises(UserNotFoundError):
            users.delete("123", expected)

    def test_frees_the_address_of_the_moment(self, users: UserRepository) -> None:
        users.create(a_user())
        users.update("123", UserChanges(email="new@example.com"))
        users.delete("123", {2})
        users.create(a_user("456", email="new@example.com"))
        users.create(a_user("123"))
