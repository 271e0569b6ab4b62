"""The contract of UserRepository, for both of its implementations: tests with the fake rely on it."""

from dataclasses import fields, replace

import pytest

from tests.helpers.builders import JOHN, NOON, a_request, a_user
from tests.helpers.fakes import InMemoryUserRepository
from tests.integration.tables import repository
from users.domain.errors import (
    EmailAlreadyTakenError,
    IdempotencyKeyReusedError,
    PreconditionFailedError,
    UserAlreadyExistsError,
    UserNotFoundError,
)
from users.domain.use_cases import Creation, UserRepository
from users.domain.user import Precondition, User, UserChanges, new_revision

TAKEN = [
    (a_user(name="Other", email="other@example.com"), UserAlreadyExistsError),
    (a_user("456", email="123@example.com"), EmailAlreadyTakenError),
    (a_user(name="Other"), UserAlreadyExistsError),  # both are taken
]
OTHERS = {new_revision() for _ in range(99)}
CURRENT = {a_user().revision}
ALLOWING = [
    *(Precondition(), Precondition(among=CURRENT), Precondition(among=CURRENT | OTHERS)),
    *(Precondition(not_among=OTHERS), Precondition(among=CURRENT, not_among=OTHERS)),
]
REFUSING = [
    *(Precondition(among=set()), Precondition(among=OTHERS), Precondition(among=CURRENT, not_among=CURRENT)),
    *(Precondition(not_among=CURRENT), Precondition(not_among=CURRENT | OTHERS)),
]
ALL_CHANGES = [
    *(UserChanges(name="New"), UserChanges(email="new@example.com")),
    *(
        UserChanges(name="New", email="new@example.com"),
        UserChanges(name="John Doe", email="123@example.com"),
    ),
    *(UserChanges(**{field.name: getattr(JOHN, field.name)}) for field in fields(UserChanges)),
]


@pytest.fixture(params=["fake", "dynamodb"])
def users(request: pytest.FixtureRequest) -> UserRepository:
    """Each implementation in turn, without users."""
    if request.param == "fake":
        return InMemoryUserRepository()
    return repository(request.getfixturevalue("dynamodb"))


class TestCreate:
    """A user id and an address have one owner, and the same request under the same key has one effect."""

    @pytest.mark.parametrize(("user", "error"), TAKEN)
    def test_refused_when_id_or_address_is_taken(
        self, users: UserRepository, user: User, error: type[Exception]
    ) -> None:
        assert users.create(a_user()) == Creation(a_user(), replayed=False)
        with pytest.raises(error):
            users.create(user, a_request())
        assert users.list_page(10).users == [users.get("123")] == [a_user()]
        assert users.find_by_email("123@example.com") == a_user()
        assert users.find_by_email("other@example.com") is None
        created = users.create(a_user("789"), a_request(fingerprint="other"))  # the key is free
        assert created == Creation(a_user("789"), replayed=False)

    def test_refused_when_another_request_has_the_key(self, users: UserRepository) -> None:
        users.create(a_user(), a_request())
        with pytest.raises(IdempotencyKeyReusedError):
            users.create(a_user("456"), a_request(fingerprint="other"))
        assert users.list_page(10).users == [a_user()]

    def test_replays_when_the_request_is_the_same(self, users: UserRepository) -> None:
        users.create(a_user(), a_request())
        repeated = a_user("456", email="123@example.com")
        assert users.create(repeated, a_request()) == Creation(a_user(), replayed=True)
        users.delete("123")
        assert users.create(repeated, a_request()) == Creation(a_user(), replayed=True)
        assert users.list_page(10).users == []


class TestChange:
    """A change makes a new version, and happens only if the precondition holds."""

    @pytest.mark.parametrize("changes", ALL_CHANGES)
    @pytest.mark.parametrize("precondition", ALLOWING)
    def test_changed_when_the_precondition_holds(
        self, users: UserRepository, changes: UserChanges, precondition: Precondition
    ) -> None:
        users.create(a_user())
        updated = users.update("123", changes, precondition)
        expected = replace(a_user(), **changes.given(), version=2, revision="")
        assert replace(updated, updated_at=NOON, revision="") == expected
        assert updated.revision != a_user().revision
        assert updated.updated_at > NOON
        assert updated.updated_at.microsecond % 1000 == 0
        assert users.get("123") == users.find_by_email(updated.email) == updated
        users.delete("123", Precondition(among={updated.revision}))
        users.create(a_user("456", email=updated.email))

    @pytest.mark.parametrize("precondition", ALLOWING)
    def test_deleted_when_the_precondition_holds(
        self, users: UserRepository, precondition: Precondition
    ) -> None:
        users.create(a_user())
        users.delete("123", precondition)
        with pytest.raises(UserNotFoundError):
            users.get("123")
        users.create(a_user())

    @pytest.mark.parametrize("precondition", REFUSING)
    def test_refused_when_the_precondition_fails(
        self, users: UserRepository, precondition: Precondition
    ) -> None:
        users.create(a_user())
        users.create(a_user("456"))
        for changes in (*ALL_CHANGES, UserChanges(email="456@example.com")):
            with pytest.raises(PreconditionFailedError):
                users.update("123", changes, precondition)
        with pytest.raises(PreconditionFailedError):
            users.delete("123", precondition)
        assert users.get("123") == users.find_by_email("123@example.com") == a_user()

    @pytest.mark.parametrize("precondition", ALLOWING)
    def test_refused_when_another_user_has_the_address(
        self, users: UserRepository, precondition: Precondition
    ) -> None:
        created = [users.create(a_user(user_id)).user for user_id in ("123", "456")]
        with pytest.raises(EmailAlreadyTakenError):
            users.update("123", UserChanges(name="New", email="456@example.com"), precondition)
        assert [users.get(user.user_id) for user in created] == created
        assert [users.find_by_email(user.email) for user in created] == created

    @pytest.mark.parametrize("precondition", [*ALLOWING, *REFUSING])
    def test_refused_when_there_is_no_user(self, users: UserRepository, precondition: Precondition) -> None:
        for changes in ALL_CHANGES:
            with pytest.raises(UserNotFoundError):
                users.update("123", changes, precondition)
        with pytest.raises(UserNotFoundError):
            users.delete("123", precondition)
        assert users.list_page(10).users == []
        assert users.find_by_email("new@example.com") is None


@pytest.mark.parametrize("limit", [1, 3, 4, 7, 100])
@pytest.mark.parametrize("count", [0, 7])
def test_each_user_is_on_one_page(users: UserRepository, limit: int, count: int) -> None:
    """Also if the last user of a page is deleted before the next one is read."""
    created = [users.create(a_user(str(i))).user for i in range(count)]
    page = users.list_page(limit)
    listed = page.users
    while page.last_user_id is not None:
        assert len(page.users) == limit
        users.delete(page.last_user_id)
        page = users.list_page(limit, page.last_user_id)
        listed += page.users
    assert sorted(listed, key=str) == sorted(created, key=str)
