"""What the use cases need of a store of users. Every write is atomic and keeps e-mail addresses unique."""

from typing import NamedTuple, Protocol

from users.domain.idempotency import IdempotentRequest
from users.domain.user import NO_PRECONDITION, Precondition, User, UserChanges, UserPage


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
        self, user_id: str, changes: UserChanges, precondition: Precondition = NO_PRECONDITION
    ) -> User:
        """Apply `changes` if `precondition` holds.

        Raises UserNotFoundError, PreconditionFailedError, EmailAlreadyTakenError.
        """

    def delete(self, user_id: str, precondition: Precondition = NO_PRECONDITION) -> None:
        """Delete the user and free the e-mail address. Raises as `update` does."""
