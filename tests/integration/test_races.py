"""Concurrent writers: the tables stay consistent, whatever the interleaving of calls."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.builders import a_request, a_user
from tests.integration.tables import Items, repository
from users.domain.errors import (
    EmailAlreadyTakenError,
    IdempotencyInProgressError,
    PreconditionFailedError,
    UserAlreadyExistsError,
    UserNotFoundError,
    UserServiceError,
)
from users.domain.use_cases import UserRepository
from users.domain.user import Precondition, UserChanges

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Writer = Callable[[], Any]

WRITERS = 16
CHANGES = [
    *(UserChanges(email=f"new{i}@example.com") for i in range(WRITERS // 2)),
    *(UserChanges(name=f"Name {i}") for i in range(WRITERS // 2)),
]


@pytest.fixture
def users(dynamodb: "DynamoDBClient") -> UserRepository:
    """A repository for many threads."""
    return repository(dynamodb)


def race(*writers: Writer) -> tuple[list[Any], Counter[type[Exception]]]:
    """Run all writers at once; return their results, and the number of errors of each type."""
    start = threading.Barrier(len(writers))

    def write(writer: Writer) -> Any:
        start.wait()
        try:
            return writer()
        except UserServiceError as error:
            return type(error)

    with ThreadPoolExecutor(len(writers)) as pool:
        results = list(pool.map(write, writers))
    errors = Counter(result for result in results if isinstance(result, type))
    return [result for result in results if not isinstance(result, type)], errors


class TestCreates:
    """An id and an address have one owner even if many request them."""

    @pytest.mark.parametrize(
        ("user_id", "email", "error"),
        [
            ("{}", "one@example.com", EmailAlreadyTakenError),
            ("123", "{}@example.com", UserAlreadyExistsError),
        ],
    )
    def test_one_wins_when_many_want_an_id_or_an_address(
        self, users: UserRepository, items: Items, user_id: str, email: str, error: type[Exception]
    ) -> None:
        wanted = [a_user(user_id.format(i), email=email.format(i)) for i in range(WRITERS)]
        done, errors = race(*(partial(users.create, user) for user in wanted))
        assert (len(done), errors) == (1, {error: WRITERS - 1})
        assert len(items("UsersTable")) == 1

    def test_one_effect_when_many_repeat_a_request(self, users: UserRepository, items: Items) -> None:
        wanted = [a_user(str(i), email="one@example.com") for i in range(WRITERS)]
        done, errors = race(*(partial(users.create, user, a_request()) for user in wanted))
        assert set(errors) <= {IdempotencyInProgressError}
        assert Counter(creation.replayed for creation in done)[False] == 1
        [created] = {creation.user for creation in done}
        assert users.get(created.user_id) == created
        assert len(items("UsersTable")) == 1


class TestChanges:
    """Of those who expect one version one wins; without expectations nothing is lost."""

    @pytest.mark.parametrize("email", [None, "123@example.com", "new@example.com"])
    def test_one_wins_when_many_expect_one_version(self, users: UserRepository, email: str | None) -> None:
        created = Precondition(among={users.create(a_user()).user.revision})
        changes = [UserChanges(name=f"Name {i}", email=email) for i in range(WRITERS)]
        done, errors = race(*(partial(users.update, "123", change, created) for change in changes))
        assert errors == {PreconditionFailedError: WRITERS - 1}
        assert done == [users.get("123")]
        assert done[0].version == 2

    def test_one_wins_when_many_want_to_move_to_an_address(self, users: UserRepository) -> None:
        for i in range(WRITERS):
            users.create(a_user(str(i)))
        change = UserChanges(email="one@example.com")
        done, errors = race(*(partial(users.update, str(i), change) for i in range(WRITERS)))
        assert [user.email for user in done] == ["one@example.com"]
        assert errors == {EmailAlreadyTakenError: WRITERS - 1}

    def test_every_change_counts_when_many_move_one_user(self, users: UserRepository) -> None:
        users.create(a_user())
        done, errors = race(*(partial(users.update, "123", change) for change in CHANGES))
        assert not errors
        assert sorted(user.version for user in done) == list(range(2, WRITERS + 2))
        assert users.get("123") == max(done, key=lambda user: user.version)

    def test_the_tables_agree_when_users_pass_addresses_around(self, users: UserRepository) -> None:
        for i in range(4):
            users.create(a_user(str(i)))
        moves = [(str(i % 4), UserChanges(email=f"{(i + 1) % 6}@example.com")) for i in range(WRITERS)]
        done, errors = race(*(partial(users.update, *move) for move in moves))
        assert set(errors) <= {EmailAlreadyTakenError}
        assert done


class TestDeletes:
    """A user is deleted once, and the address is claimed either before or after."""

    def test_one_wins_when_many_delete_a_user(self, users: UserRepository, items: Items) -> None:
        users.create(a_user())
        assert race(*[partial(users.delete, "123")] * WRITERS) == ([None], {UserNotFoundError: WRITERS - 1})
        assert items("UsersTable") == items("UserEmailsTable") == []

    def test_no_orphan_when_an_address_is_claimed_while_its_owner_goes(self, users: UserRepository) -> None:
        users.create(a_user())
        claims = [a_user(f"claim{i}", email="123@example.com") for i in range(WRITERS - 1)]
        done, errors = race(partial(users.delete, "123"), *(partial(users.create, user) for user in claims))
        assert done.count(None) == 1
        assert set(errors) <= {EmailAlreadyTakenError}
        owner = users.find_by_email("123@example.com")
        assert ([owner] if owner else []) == [creation.user for creation in done if creation]

    def test_no_phantom_when_a_user_is_changed_while_being_deleted(
        self, users: UserRepository, items: Items
    ) -> None:
        users.create(a_user())
        changes = (partial(users.update, "123", change) for change in CHANGES[1:])
        done, errors = race(partial(users.delete, "123"), *changes)
        assert done.count(None) == 1
        assert set(errors) <= {UserNotFoundError}
        assert items("UsersTable") == items("UserEmailsTable") == []

    def test_recreated_or_not_when_a_user_is_created_while_being_deleted(
        self, users: UserRepository, items: Items
    ) -> None:
        users.create(a_user())
        writers: list[Writer] = [partial(users.delete, "123"), partial(users.create, a_user())]
        done, errors = race(*writers * (WRITERS // 2))
        assert set(errors) <= {UserNotFoundError, UserAlreadyExistsError}
        deleted = done.count(None)
        assert len(items("UsersTable")) == 1 + (len(done) - deleted) - deleted
