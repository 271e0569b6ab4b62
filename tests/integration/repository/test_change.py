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


class TestUpdate:
    """Changes make a new version, whichever fields they are of."""

    @pytest.mark.parametrize("changes", ALL_CHANGES)
    @pytest.mark.parametrize("precondition", [Precondition(), *ALLOWING])
    def test_applies_the_changes_when_the_precondition_holds(
        self, users: UserRepository, changes: UserChanges, precondition: Precondition
    ) -> None:
        users.create(a_user())
        updated = users.update("123", changes, precondition)
        assert replace(updated, updated_at=NOON, revision="") == replace(
            a_user(), **changes.given(), version=2, revision=""
        )
        assert updated.revision != a_user().revision
        assert updated.updated_at > NOON
        assert updated.updated_at.microsecond % 1000 == 0
        assert users.get("123") == users.find_by_email(updated.email) == updated

    @pytest.mark.parametrize("changes", ALL_CHANGES)
    @pytest.mark.parametrize("precondition", REFUSING)
    def test_refused_when_the_precondition_fails(
        self, users: UserRepository, changes: UserChanges, precondition: Precondition
    ) -> None:
        users.create(a_user())
        with pytest.raises(PreconditionFailedError):
            users.update("123", changes, precondition)
        assert users.get("123") == users.find_by_email("123@example.com") == a_user()

    @pytest.mark.parametrize("precondition", [Precondition(), ALLOWING[0]])
    def test_precondition_comes_first_when_another_user_has_the_address(
        self, users: UserRepository, precondition: Precondition
    ) -> None:
        created = [users.create(a_user(user_id)).user for user_id in ("123", "456")]
        change = UserChanges(name="New", email="456@example.com")
        with pytest.raises(EmailAlreadyTakenError):
            users.update("123", change, precondition)
        with pytest.raises(PreconditionFailedError):
            users.update("123", change, Precondition(among=OTHERS))
        assert [users.get(user.user_id) for user in created] == created
        assert [users.find_by_email(user.email) for user in created] == created

    def test_the_old_address_is_free_when_the_user_has_left_it(self, users: UserRepository) -> None:
        user = users.create(a_user()).user
        for version, email in enumerate(["a@example.com", "123@example.com", "a@example.com"], start=2):
            user = users.update("123", UserChanges(email=email), Precondition(among={user.revision}))
            assert user.version == version
        users.create(a_user("456", email="123@example.com"))
        users.update("123", UserChanges(email="third@example.com"))
        assert users.update("456", UserChanges(email="a@example.com")).version == 2


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

    def test_frees_the_current_address(self, users: UserRepository) -> None:
        users.create(a_user())
        updated = users.update("123", UserChanges(email="new@example.com"))
        users.delete("123", Precondition(among={updated.revision}))
        users.create(a_user("456", email="new@example.com"))
        users.create(a_user("123"))


@pytest.mark.parametrize("precondition", [Precondition(), *ALLOWING, *REFUSING])
def test_refused_when_there_is_no_user(users: UserRepository, precondition: Precondition) -> None:
    """Neither update nor delete creates one."""
    for changes in ALL_CHANGES:
        with pytest.raises(UserNotFoundError):
            users.update("123", changes, precondition)
    with pytest.raises(UserNotFoundError):
        users.delete("123", precondition)
    assert users.list_page(10).users == []
    assert users.find_by_email("new@example.com") is None
