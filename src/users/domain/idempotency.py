"""Idempotency keys: a client repeats a request under the same key and it takes effect once."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from users.domain.errors import InvalidFieldError

LIFETIME = timedelta(hours=24)
KEY_PATTERN = r"[\x21-\x7e]{1,255}"
_KEY = re.compile(KEY_PATTERN)


@dataclass(frozen=True, kw_only=True)
class IdempotentRequest:
    """A request under a key. `key` is of one caller, `fingerprint` stands for what was asked."""

    key: str
    fingerprint: str
    expires_at: datetime


def idempotent_request(
    key: str, *, caller: str, content: list[str | None], now: datetime
) -> IdempotentRequest:
    """The key of `caller` for a request with this `content`, from `now` on."""
    if not _KEY.fullmatch(key):
        raise InvalidFieldError("Idempotency-Key", "Must be 1 to 255 visible ASCII characters.")
    return IdempotentRequest(
        key=f"{caller}#{key}",
        fingerprint=hashlib.sha256(json.dumps(content).encode()).hexdigest(),
        expires_at=now + LIFETIME,
    )
