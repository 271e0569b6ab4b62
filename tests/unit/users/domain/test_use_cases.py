"""What clients can do with users."""

import re
import time
import uuid
from datetime import timedelta

import pytest

from tests.helpers.builders import NOON, a_user
from tests.helpers.fakes import InMemoryUserRepository
from users.domain.errors import PreconditionFailedError, UserNotFoundError
from users.domain.use_cases import (
    IdempotentRequest,
    create_user,
    generate_user_id,
    idempotent_request,
    update_user,
)
from users.domain.user import NewUser, Precondition, UserChanges

JOHN = NewUser(name="John", email="john@example.com")
HOLDS = Precondition(among={a_user().revision})


@pytest.fixture
def users() -> InMemoryUserRepository:
    """No users."""
    return InMemoryUserRepository()


class TestCreateUser:
    """A user is created, once for each key of a caller."""

    def test_creates_version_1_when_the_id_is_given(self, users: InMemoryUserRepository) -> None:
        user, replayed = create_user(users, NewUser(user_id="123", name="John", email="john@example.com"))
        assert not replayed
        assert (user.user_id, user.name, user.email, user.version) == ("123", "John", "john@example.com", 1)
        assert user.created_at == user.updated_at
        assert users.get("123") == user

    def test_never_creates_a_revision_twice(self, users: InMemoryUserRepository) -> None:
        revisions = set()
        for _ in range(3):
            revisions.add(
                create_user(users, NewUser(user_id="123", name="J", email="j@example.com")).user.revision
            )
            users.delete("123")
        assert len(revisions) == 3

    def test_generates_an_id_when_none_is_given(self, users: InMemoryUserRepository) -> None:
        user = create_user(users, JOHN).user
        assert uuid.UUID(user.user_id).version == 7
        assert users.get(user.user_id) == user

    def test_replays_when_key_and_request_come_again(self, users: InMemoryUserRepository) -> None:
        results = [create_user(users, JOHN, idempotency_key="k", caller="c") for _ in range(2)]
        assert [result.replayed for result in results] == [False, True]
        assert results[0].user == results[1].user

    def test_creates_when_another_caller_uses_the_key(self, users: InMemoryUserRepository) -> None:
        create_user(users, JOHN, idempotency_key="k", caller="c")
        other = create_user(
            users, NewUser(name="Jane", email="jane@example.com"), idempotency_key="k", caller="d"
        )
        assert not other.replayed


class TestUpdateUser:
    """Changes are applied under their precondition; no changes leave the version as it is."""

    def test_makes_a_new_version_when_there_are_changes(self, users: InMemoryUserRepository) -> None:
        users.create(a_user())
        assert update_user(users, "123", UserChanges(name="New"), HOLDS).version == 2

    @pytest.mark.parametrize("precondition", [Precondition(), HOLDS, Precondition(not_among={"0a"})])
    def test_keeps_the_version_when_nothing_changes(
        self, users: InMemoryUserRepository, precondition: Precondition
    ) -> None:
        users.create(a_user())
        assert update_user(users, "123", UserChanges(), precondition) == a_user()

    @pytest.mark.parametrize(
        "precondition",
        [Precondition(among=set()), Precondition(among={"0a"}), Precondition(not_among={a_user().revision})],
    )
    def test_refused_when_nothing_changes_and_the_precondition_fails(
        self, users: InMemoryUserRepository, precondition: Precondition
    ) -> None:
        users.create(a_user())
        with pytest.raises(PreconditionFailedError):
            update_user(users, "123", UserChanges(), precondition)

    def test_refused_when_nothing_changes_in_nobody(self, users: InMemoryUserRepository) -> None:
        with pytest.raises(UserNotFoundError):
            update_user(users, "123", UserChanges(), HOLDS)


class TestGenerateUserId:
    """Generated ids are UUIDs of version 7."""

    def test_has_version_variant_and_time(self) -> None:
        before = time.time_ns() // 1_000_000
        ids = [generate_user_id() for _ in range(100)]
        after = time.time_ns() // 1_000_000
        for user_id in ids:
            assert re.fullmatch(
                r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", user_id
            )
            assert before <= int(user_id.replace("-", "")[:12], 16) <= after
        assert len(set(ids)) == 100


def request_of(
    *, user_id: str | None = None, name: str = "a", email: str = "b", caller: str = "client"
) -> IdempotentRequest:
    """A request at noon."""
    content = {"user_id": user_id, "name": name, "email": email}
    return idempotent_request("key", caller=caller, content=content, now=NOON)


class TestIdempotentRequest:
    """What makes two requests the same."""

    def test_expires_after_24_hours(self) -> None:
        assert request_of().expires_at == NOON + timedelta(hours=24)

    def test_the_same_when_key_caller_and_content_are(self) -> None:
        assert request_of() == request_of()

    @pytest.mark.parametrize(
        "content",
        [
            {"name": "b", "email": "a"},
            {"user_id": "a"},
            {"user_id": ""},
            {"user_id": "None"},
            {"user_id": "null"},
            {"name": 'a", "email": "b'},
        ],
    )
    def test_another_fingerprint_when_the_content_differs(self, content: dict[str, str]) -> None:
        assert request_of(**content).fingerprint != request_of().fingerprint

    def test_the_fingerprint_holds_nothing_of_the_content(self) -> None:
        assert "john" not in request_of(name="john", email="john@example.com").fingerprint

    def test_another_key_when_the_caller_differs(self) -> None:
        assert request_of(caller="one").key != request_of(caller="two").key
