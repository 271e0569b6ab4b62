"""Users, requests and collaborators for tests."""

import hashlib
from datetime import UTC, datetime, timedelta

from users.domain.use_cases import IdempotentRequest
from users.domain.user import User

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
JOHN = User(
    user_id="123",
    name="John Doe",
    email="john@example.com",
    created_at=NOON,
    updated_at=NOON + timedelta(minutes=1),
    version=2,
    revision="0c" * 16,
    avatar_key=f"uploads/123/{'0b' * 16}",
    avatar_error="too large",
)
"""A user whose fields all have non-default values."""


def a_user(
    user_id: str = "123", *, name: str = "John Doe", email: str | None = None, created_at: datetime = NOON
) -> User:
    """A new user; by default, the address is derived from the id."""
    return User(
        user_id=user_id,
        name=name,
        email=email or f"{user_id}@example.com",
        created_at=created_at,
        updated_at=created_at,
        version=1,
        revision=hashlib.sha256(f"{user_id} {name} {created_at}".encode()).hexdigest(),
    )


def a_request(
    key: str = "key", *, fingerprint: str = "content", expires_at: datetime = NOON + timedelta(hours=24)
) -> IdempotentRequest:
    """A request under an idempotency key."""
    return IdempotentRequest(key=key, fingerprint=fingerprint, expires_at=expires_at)
