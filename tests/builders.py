"""Users, requests and collaborators for tests."""

import itertools
from datetime import UTC, datetime, timedelta

from lambda_common.observability import Observability
from lambda_common.settings import FunctionSettings
from users.domain.idempotency import IdempotentRequest
from users.domain.user import User

_NUMBERS = itertools.count()
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def a_user(
    user_id: str = "123", *, name: str = "John Doe", email: str | None = None, created_at: datetime = NOON
) -> User:
    """A new user; unless given, the address follows from the id."""
    return User(
        user_id=user_id,
        name=name,
        email=email or f"{user_id}@example.com",
        created_at=created_at,
        updated_at=created_at,
        version=1,
    )


def a_request(
    key: str = "key", *, fingerprint: str = "content", expires_at: datetime = NOON + timedelta(hours=24)
) -> IdempotentRequest:
    """A request under an idempotency key."""
    return IdempotentRequest(key=key, fingerprint=fingerprint, expires_at=expires_at)


def an_observability() -> Observability:
    """A service of its own, whose logger writes to what is the standard output at this moment."""
    return Observability(
        FunctionSettings(
            powertools_service_name=f"tests-{next(_NUMBERS)}",
            powertools_metrics_namespace="Tests",
        )
    )
