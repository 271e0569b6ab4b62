"""Idempotency keys."""

from datetime import timedelta

import pytest

from tests.helpers.builders import NOON
from users.domain.idempotency import IdempotentRequest, idempotent_request


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
