"""Presigned forms and URLs of S3."""

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class Form:
    """The fields of a presigned POST."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        policy = json.loads(b64decode(fields["policy"]))
        self.expires_at = datetime.fromisoformat(policy["expiration"])
        self.signed_at = datetime.strptime(fields["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        self.scope = fields["x-amz-credential"].split("/")
        conditions: list[Any] = policy["conditions"]
        exact = [entry for entry in conditions if isinstance(entry, dict)]
        self.exact = {name: value for entry in exact for name, value in entry.items()}
        """The values that fields must have."""
        self.other = [entry for entry in conditions if isinstance(entry, list)]


class SignedUrl:
    """A presigned GET."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.scheme, self.host, self.path = parts.scheme, parts.netloc, unquote(parts.path)
        self.query = dict(parse_qsl(parts.query, strict_parsing=True))
