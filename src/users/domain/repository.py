"""What the use cases need of a store of users. Every write is atomic and keeps e-mail addresses unique."""

from collections.abc import Set as AbstractSet
from typing import NamedTuple, Protocol

from users.domain.idempotency import IdempotentRequest
from users.domain.user import User, UserChanges, UserPage


class Creation(NamedTuple):
    """The user that a create has led to; `replayed` when an earlier request under the same key made it."""

    user: User
    replayed: bool


class UserRepository(Protocol):
    """Every method may raise ServiceUnavailableError; then a write may or may not have happened."""

    def create(self, user: User, idempotency: IdempotentRequest | None = None) -> Creation:
        """Store a new user.

        Raises UserAlreadyExistsError, EmailAlreadyTakenError, and with a key IdempotencyKeyReusedError
        and IdempotencyInProgressError.
        """

    def get(self, user_id: str) -> User:
        """The user as last written. Raises UserNotFoundError."""

    def find_by_email(self, email: str) -> User | None:
        """The user who has the address now."""

    def list_page(self, limit: int, after: str | None = None) -> UserPage:
        """Up to `limit` users that follow the user id `after`, in the store's own order."""

    def update(
        self, user_id: str, changes: UserChanges, expected_versions: AbstractSet[int] | None = None
    ) -> User:
        """Apply `changes` if the user is in one of `expected_versions` (None: in any).

        Raises UserNotFoundError, VersionMismatchError, EmailAlreadyTakenError.
        """

    def delete(self, user_id: str, expected_versions: AbstractSet[int] | None = None) -> None:
        """Delete the user and free the e-mail address. Raises as `update` does."""
