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
from users.domain.repository import Creation, UserRepository
from users.domain.user import User

DAY = timedelta(hours=24)


class TestCreate:
    """A user id and an address have one owner."""

    def test_stores_the_user_when_nobody_has_id_or_address(self, users: UserRepository) -> None:
        user = a_user(name="Zoë 王")
        assert users.create(user) == Creation(user, replayed=False)
        assert users.get("123") == user
        assert users.find_by_email("123@example.com") == user

    def test_refused_when_the_id_is_taken(self, users: UserRepository) -> None:
        users.create(a_user())
        with pytest.raises(UserAlreadyExistsError):
            users.create(a_user(name="Other", email="other@example.com"))
        assert users.get("123") == a_user()
        assert users.find_by_email("other@example.com") is None

    def test_refused_when_the_address_is_taken(self, users: UserRepository) -> None:
        users.create(a_user())
        with pytest.raises(EmailAlreadyTakenError):
            users.create(a_user("456", email="123@example.com"))
        with pytest.raises(UserNotFoundError):
            users.get("456")
        assert users.find_by_email("123@example.com") == a_user()

    def test_the_id_comes_first_when_both_are_taken(self, users: UserRepository) -> None:
        users.create(a_user())
        with pytest.raises(UserAlreadyExistsError):
            users.create(a_user())


class TestCreateUnderAKey:
    """The same request under the same key has one effect."""

    def test_replays_when_the_request_is_the_same(self, users: UserRepository) -> None:
        first = users.create(a_user(), a_request())
        repeated = users.create(a_user("generated-anew", email="123@example.com"), a_request())
        assert first == Creation(a_user(), replayed=False)
        assert repeated == Creation(a_user(), replayed=True)

    def test_replays_the_first_answer_when_the_user_is_gone(self, users: UserRepository) -> None:
        users.create(a_user(), a_request())
        users.delete("123")
        assert users.create(a_user(), a_request()) == Creation(a_user(), replayed=True)
        with pytest.raises(UserNotFoundError):
            users.get("123")

    def test_refused_when_the_request_is_another(self, users: UserRepository) -> None:
        users.create(a_user(), a_request())
        with pytest.raises(IdempotencyKeyReusedError):
            users.create(a_user("456"), a_request(fingerprint="other"))
        with pytest.raises(UserNotFoundError):
            users.get("456")

    def test_two_users_when_the_keys_differ(self, users: UserRepository) -> None:
        users.create(a_user(), a_request("one"))
        assert users.create(a_user("456"), a_request("two")) == Creation(a_user("456"), replayed=False)

    @pytest.mark.parametrize(
        "taken", [a_user(email="other@example.com"), a_user("456", email="123@example.com")]
    )
    def test_the_key_stays_free_when_the_request_fails(self, users: UserRepository, taken: User) -> None:
        users.create(taken)
        with pytest.raises((UserAlreadyExistsError, EmailAlreadyTakenError)):
            users.create(a_user(), a_request())
        created = users.create(a_user("789"), a_request(fingerprint="other"))
        assert created == Creation(a_user("789"), replayed=False)

    @pytest.mark.parametrize("age", [DAY, DAY + timedelta(seconds=1), 2 * DAY])
    def test_a_new_request_when_the_key_has_expired(self, users: UserRepository, age: timedelta) -> None:
        users.create(a_user(), a_request())
        later = a_user("456", created_at=NOON + age)
        request = a_request(fingerprint="other", expires_at=NOON + age + DAY)
        assert users.create(later, request) == Creation(later, replayed=False)
        assert users.create(replace(later, user_id="789"), request) == Creation(later, replayed=True)

    @pytest.mark.parametrize("age", [timedelta(0), DAY - timedelta(seconds=1)])
    def test_replays_when_the_key_has_not_expired(self, users: UserRepository, age: timedelta) -> None:
        users.create(a_user(), a_request())
        later = a_user("456", email="123@example.com", created_at=NOON + age)
        assert users.create(later, a_request()) == Creation(a_user(), replayed=True)

    def test_refused_when_the_key_has_expired_and_the_user_exists(self, users: UserRepository) -> None:
        users.create(a_user(), a_request())
        with pytest.raises(UserAlreadyExistsError):
            users.create(a_user(created_at=NOON + DAY), a_request(expires_at=NOON + 2 * DAY))
