"""Idempotency keys: a client repeats a request under the same key and it takes effect once."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class IdempotentRequest:
    """A request under a key. `key` is of one caller, `fingerprint` stands for what was asked."""

    key: str
    fingerprint: str
    expires_at: datetime


def idempotent_request(
    key: str, *, caller: str, content: Mapping[str, str | None], now: datetime
) -> IdempotentRequest:
    """The key of `caller` for a request with this `content`, from `now` on."""
    return IdempotentRequest(
        key=f"{caller}#{key}",
        fingerprint=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        expires_at=now + LIFETIME,
    )
