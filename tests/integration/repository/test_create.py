"""UserRepository.create."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.helpers.builders import NOON, a_request, a_user
from users.domain.errors import (
    EmailAlreadyTakenError,
    IdempotencyKeyReusedError,
    UserAlreadyExistsError,
    UserNotFoundError,
)
from users.domain.use_cases import Creation, UserRepository
from users.domain.user import User

DAY = timedelta(hours=24)
TAKEN = [
    (a_user(name="Other", email="other@example.com"), UserAlreadyExistsError),
    (a_user("456", email="123@example.com"), EmailAlreadyTakenError),
    (a_user(name="Other"), UserAlreadyExistsError),  # both are taken
]


class TestCreate:
    """A user id and an address have one owner."""

    def test_stores_the_user_when_id_and_address_are_free(self, users: UserRepository) -> None:
        user = a_user(name="Zoë 王")
        assert users.create(user) == Creation(user, replayed=False)
        assert users.get("123") == users.find_by_email("123@example.com") == user

    @pytest.mark.parametrize(("user", "error"), TAKEN)
    def test_refused_when_id_or_address_is_taken(
        self, users: UserRepository, user: User, error: type[Exception]
    ) -> None:
        users.create(a_user())
        with pytest.raises(error):
            users.create(user)
        assert users.list_page(10).users == [a_user()]
        assert users.find_by_email("123@example.com") == a_user()
        assert users.find_by_email("other@example.com") is None


class TestCreateWithKey:
    """The same request under the same key has one effect."""

    def test_replays_when_the_request_is_the_same(self, users: UserRepository) -> None:
        assert users.create(a_user(), a_request()) == Creation(a_user(), replayed=False)
        repeated = users.create(a_user("generated-anew", email="123@example.com"), a_request())
        assert repeated == Creation(a_user(), replayed=True)
        users.delete("123")
        assert users.create(a_user(), a_request()) == Creation(a_user(), replayed=True)
        with pytest.raises(UserNotFoundError):
            users.get("123")

    def test_refused_when_the_request_is_another(self, users: UserRepository) -> None:
        users.create(a_user(), a_request())
        with pytest.raises(IdempotencyKeyReusedError):
            users.create(a_user("456"), a_request(fingerprint="other"))
        assert users.list_page(10).users == [a_user()]
        created = users.create(a_user("456"), a_request("other", fingerprint="other"))
        assert created == Creation(a_user("456"), replayed=False)

    @pytest.mark.parametrize(("taken", "error"), TAKEN)
    def test_the_key_stays_free_when_the_request_fails(
        self, users: UserRepository, taken: User, error: type[Exception]
    ) -> None:
        users.create(taken)
        with pytest.raises(error):
            users.create(a_user(), a_request())
        created = users.create(a_user("789"), a_request(fingerprint="other"))
        assert created == Creation(a_user("789"), replayed=False)

    @pytest.mark.parametrize("age", [DAY, DAY + timedelta(seconds=1), 2 * DAY])
    def test_a_new_request_when_the_key_has_expired(self, users: UserRepository, age: timedelta) -> None:
        users.create(a_user(), a_request())
        with pytest.raises(UserAlreadyExistsError):
            users.create(a_user(created_at=NOON + age), a_request(expires_at=NOON + age + DAY))
        later = a_user("456", created_at=NOON + age)
        request = a_request(fingerprint="other", expires_at=NOON + age + DAY)
        assert users.create(later, request) == Creation(later, replayed=False)
        assert users.create(replace(later, user_id="789"), request) == Creation(later, replayed=True)

    @pytest.mark.parametrize("age", [timedelta(0), DAY - timedelta(seconds=1)])
    def test_replays_when_the_key_has_not_expired(self, users: UserRepository, age: timedelta) -> None:
        users.create(a_user(), a_request())
        later = a_user("456", email="123@example.com", created_at=NOON + age)
        assert users.create(later, a_request()) == Creation(a_user(), replayed=True)
