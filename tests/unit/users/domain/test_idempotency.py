"""Idempotency keys."""

from datetime import timedelta

import pytest

from tests.builders import NOON
from users.domain.errors import InvalidFieldError
from users.domain.idempotency import IdempotentRequest, idempotent_request


def request_of(content: list[str | None], *, key: str = "key", caller: str = "client") -> IdempotentRequest:
    """A request at noon."""
    return idempotent_request(key, caller=caller, content=content, now=NOON)


class TestIdempotentRequest:
    """What makes two requests the same."""

    def test_expires_after_24_hours(self) -> None:
        assert request_of(["a"]).expires_at == NOON + timedelta(hours=24)

    def test_the_same_when_key_caller_and_content_are(self) -> None:
        assert request_of([None, "a", "b"]) == request_of([None, "a", "b"])

    @pytest.mark.parametrize(
        "content",
        [["a"], ["a", "b"], [None, "b", "a"], ["", "a", "b"], ["None", "a", "b"], [None, 'a", "b', "b"]],
    )
    def test_another_fingerprint_when_the_content_differs(self, content: list[str | None]) -> None:
        assert request_of(content).fingerprint != request_of([None, "a", "b"]).fingerprint

    def test_the_fingerprint_holds_nothing_of_the_content(self) -> None:
        assert "john" not in request_of([None, "john", "john@example.com"]).fingerprint

    def test_another_key_when_the_caller_differs(self) -> None:
        assert request_of(["a"], caller="one").key != request_of(["a"], caller="two").key

    @pytest.mark.parametrize("key", ["!", "~", "a" * 255])
    def test_accepted_when_the_key_is_visible_ascii(self, key: str) -> None:
        assert request_of([], key=key).key.endswith(key)

    @pytest.mark.parametrize("key", ["", " ", "a b", "\x7f", "é", "a\n", "a" * 256])
    def test_refused_when_the_key_is_anything_else(self, key: str) -> None:
        with pytest.raises(InvalidFieldError) as caught:
            request_of([], key=key)
        assert caught.value.field == "Idempotency-Key"
