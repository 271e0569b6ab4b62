"""UserRepository.update and delete."""

from dataclasses import fields, replace

import pytest

from tests.helpers.builders import JOHN, NOON, a_user
from users.domain.errors import EmailAlreadyTakenError, PreconditionFailedError, UserNotFoundError
from users.domain.use_cases import UserRepository
from users.domain.user import Precondition, UserChanges, new_revision

OTHERS = {new_revision() for _ in range(99)}
CURRENT = {a_user().revision}
ALLOWING = [
    Precondition(among=CURRENT),
    Precondition(among=CURRENT | OTHERS),
    Precondition(not_among=OTHERS),
    Precondition(among=CURRENT, not_among=OTHERS),
]
REFUSING = [
    Precondition(among=set()),
    Precondition(among=OTHERS),
    Precondition(not_among=CURRENT),
    Precondition(not_among=CURRENT | OTHERS),
    Precondition(among=CURRENT, not_among=CURRENT),
]
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
        assert updated == replace(
            a_user(),
            **changes.given(),
            version=2,
            updated_at=updated.updated_at,
            revision=updated.revision,
        )
        assert updated.revision != a_user().revision
        assert updated.updated_at > NOON
        assert updated.updated_at.microsecond % 1000 == 0
        assert users.get("123") == updated
        assert users.find_by_email(updated.email) == updated

    @pytest.mark.parametrize("precondition", ALLOWING)
    def test_applies_the_changes_when_the_precondition_holds(
        self, users: UserRepository, changes: UserChanges, precondition: Precondition
    ) -> None:
        users.create(a_user())
        assert users.update("123", changes, precondition).version == 2

    @pytest.mark.parametrize("precondition", REFUSING)
    def test_refused_when_the_precondition_fails(
        self, users: UserRepository, changes: UserChanges, precondition: Precondition
    ) -> None:
        users.create(a_user())
        with pytest.raises(PreconditionFailedError):
            users.update("123", changes, precondition)
        assert users.get("123") == a_user()
        assert users.find_by_email("123@example.com") == a_user()

    @pytest.mark.parametrize("precondition", [Precondition(), *ALLOWING, *REFUSING])
    def test_refused_when_there_is_no_user(
        self, users: UserRepository, changes: UserChanges, precondition: Precondition
    ) -> None:
        with pytest.raises(UserNotFoundError):
            users.update("123", changes, precondition)
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
        user = users.create(a_user()).user
        for version, email in enumerate(["a@example.com", "123@example.com", "a@example.com"], start=2):
            user = users.update("123", UserChanges(email=email), Precondition(among={user.revision}))
            assert user.version == version

    def test_the_precondition_is_checked_first_when_it_is_taken(self, users: UserRepository) -> None:
        users.create(a_user())
        users.create(a_user("456"))
        with pytest.raises(PreconditionFailedError):
            users.update("123", UserChanges(email="456@example.com"), Precondition(among=OTHERS))


class TestDelete:
    """A user goes with the address."""

    @pytest.mark.parametrize("precondition", [Precondition(), *ALLOWING])
    def test_deletes_when_the_precondition_holds(
        self, users: UserRepository, precondition: Precondition
    ) -> None:
        users.create(a_user())
        users.delete("123", precondition)
        with pytest.raises(UserNotFoundError):
            users.get("123")
        users.create(a_user("456", email="123@example.com"))

    @pytest.mark.parametrize("precondition", REFUSING)
    def test_refused_when_the_precondition_fails(
        self, users: UserRepository, precondition: Precondition
    ) -> None:
        users.create(a_user())
        with pytest.raises(PreconditionFailedError):
            users.delete("123", precondition)
        assert users.find_by_email("123@example.com") == a_user()

    @pytest.mark.parametrize("precondition", [Precondition(), *ALLOWING, *REFUSING])
    def test_refused_when_there_is_no_user(self, users: UserRepository, precondition: Precondition) -> None:
        with pytest.raises(UserNotFoundError):
            users.delete("123", precondition)

    def test_frees_the_address_of_the_moment(self, users: UserRepository) -> None:
        users.create(a_user())
        updated = users.update("123", UserChanges(email="new@example.com"))
        users.delete("123", Precondition(among={updated.revision}))
        users.create(a_user("456", email="new@example.com"))
        users.create(a_user("123"))
