"""Fakes of the service's dependencies, with the same contracts."""

from dataclasses import replace

from users.domain.errors import (
    EmailAlreadyTakenError,
    IdempotencyKeyReusedError,
    UserAlreadyExistsError,
    UserNotFoundError,
)
from users.domain.use_cases import Creation, IdempotentRequest
from users.domain.user import NO_PRECONDITION, Precondition, User, UserChanges, UserPage, new_revision, now


class InMemoryUserRepository:
    """A `UserRepository` over dictionaries, for one caller at a time: nothing is in progress or expires."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._creations: dict[str, tuple[IdempotentRequest, User]] = {}

    def create(self, user: User, idempotency: IdempotentRequest | None = None) -> Creation:
        """Store a new user, or find the one that an earlier request under the same key stored."""
        if idempotency and (earlier := self._earlier(idempotency)):
            return Creation(earlier, replayed=True)
        if user.user_id in self._users:
            raise UserAlreadyExistsError
        self._check_email(user.email)
        self._users[user.user_id] = user
        if idempotency:
            self._creations[idempotency.key] = (idempotency, user)
        return Creation(user, replayed=False)

    def get(self, user_id: str) -> User:
        """The user as last written."""
        if user_id not in self._users:
            raise UserNotFoundError
        return self._users[user_id]

    def find_by_email(self, email: str) -> User | None:
        """The user who has the address."""
        return next((user for user in self._users.values() if user.email == email), None)

    def list_page(self, limit: int, after: str | None = None) -> UserPage:
        """Users in the order of their ids."""
        following = sorted(user_id for user_id in self._users if after is None or user_id > after)
        page = following[:limit]
        return UserPage(
            users=[self._users[user_id] for user_id in page],
            last_user_id=page[-1] if len(following) > limit else None,
        )

    def update(
        self, user_id: str, changes: UserChanges, precondition: Precondition = NO_PRECONDITION
    ) -> User:
        """Apply changes to a user if the precondition holds."""
        user = self._allowed(user_id, precondition)
        if changes.email not in {None, user.email}:
            self._check_email(changes.email)
        self._users[user_id] = replace(
            user, **changes.given(), updated_at=now(), version=user.version + 1, revision=new_revision()
        )
        return self._users[user_id]

    def delete(self, user_id: str, precondition: Precondition = NO_PRECONDITION) -> None:
        """Delete a user if the precondition holds."""
        self._allowed(user_id, precondition)
        del self._users[user_id]

    def _earlier(self, idempotency: IdempotentRequest) -> User | None:
        request, created = self._creations.get(idempotency.key, (idempotency, None))
        if request.fingerprint != idempotency.fingerprint:
            raise IdempotencyKeyReusedError
        return created

    def _check_email(self, email: str | None) -> None:
        if any(user.email == email for user in self._users.values()):
            raise EmailAlreadyTakenError

    def _allowed(self, user_id: str, precondition: Precondition) -> User:
        user = self.get(user_id)
        precondition.check(user)
        return user
