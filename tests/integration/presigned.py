"""Presigned forms and URLs of S3, read and signed again by the rules of Signature Version 4."""

import hashlib
import hmac
import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit


class Form:
    """The fields of a presigned POST."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._policy = fields["policy"]
        policy = json.loads(b64decode(self._policy))
        self.expires_at = datetime.fromisoformat(policy["expiration"])
        self.signed_at = _time(fields["x-amz-date"])
        self.scope = fields["x-amz-credential"].split("/")
        conditions: list[Any] = policy["conditions"]
        self.exact = {
            name: value for entry in conditions if isinstance(entry, dict) for name, value in entry.items()
        }
        """What has to be sent exactly so."""
        self.other = [entry for entry in conditions if isinstance(entry, list)]

    def signature(self, secret: str) -> str:
        """What signs the policy."""
        return _signature(secret, self.scope, self._policy)


class SignedUrl:
    """A presigned GET."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.scheme, self.host, self._path = parts.scheme, parts.netloc, parts.path
        self.path = unquote(parts.path)
        self.query = dict(parse_qsl(parts.query, strict_parsing=True))

    def signature(self, secret: str) -> str:
        """What signs a GET of this URL, whatever its body."""
        signed = sorted((name, value) for name, value in self.query.items() if name != "X-Amz-Signature")
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in signed)
        request = "\n".join(["GET", self._path, query, f"host:{self.host}", "", "host", "UNSIGNED-PAYLOAD"])
        scope = self.query["X-Amz-Credential"].split("/")
        digest = hashlib.sha256(request.encode()).hexdigest()
        lines = ["AWS4-HMAC-SHA256", self.query["X-Amz-Date"], "/".join(scope[1:]), digest]
        return _signature(secret, scope, "\n".join(lines))


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _signature(secret: str, scope: list[str], text: str) -> str:
    key = f"AWS4{secret}".encode()
    for part in [*scope[1:], text]:
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()
