"""Parameters of paths, query strings and headers, with the rules that the code holds them to."""

import re
from collections.abc import Iterator
from typing import Any

from api_docs.handler import ASSETS
from generate.openapi.schemas import schema_of
from lambda_common.preconditions import ANY_PATTERN, TAG_LIST_PATTERN
from users.domain import requests
from users.domain.avatars import AVATAR_SIZES
from users.domain.idempotency import KEY_PATTERN
from users.handlers.queries import DEFAULT_LIMIT, MAX_LIMIT

type Parameter = dict[str, Any]

_TAGS = {"type": "string", "pattern": f"^(?:{ANY_PATTERN}|{TAG_LIST_PATTERN})$"}


def _query(name: str, schema: dict[str, Any], description: str) -> Parameter:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _header(name: str, schema: dict[str, Any], description: str) -> Parameter:
    return {"name": name, "in": "header", "description": description, "schema": schema}


# Without examples and defaults: pages that let one try an API out would send them all.
PARAMETERS: dict[str, Parameter] = {
    "userId": _query("userId", schema_of(requests.UserId), "The user with this id. No other parameter."),
    "email": _query(
        "email", schema_of(requests.Email), "The user with this e-mail address. No other parameter."
    ),
    "limit": _query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
        f"How many users a page has at most: {DEFAULT_LIMIT} unless given.",
    ),
    "cursor": _query(
        "cursor",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
        "The `nextCursor` of the page before. Nothing else is taken.",
    ),
    "If-Match": _header(
        "If-Match", _TAGS, "The `ETag` of the version that is to be changed: 412 if it is not that any more."
    ),
    "If-None-Match": _header(
        "If-None-Match", _TAGS, "The `ETag` of the version that the client has: 304 if it is still that."
    ),
    "v": _query("v", {"type": "string"}, "The version that the page asks for: that may be kept for good."),
    "Idempotency-Key": _header(
        "Idempotency-Key",
        {"type": "string", "pattern": f"^{KEY_PATTERN}$", "maxLength": 255},
        "A word that is new for each user to be created. 422 if it came with another request.",
    ),
}

_IN_PATH = {
    "userId": schema_of(requests.UserId),
    "size": {"type": "string", "enum": list(AVATAR_SIZES)},
    "asset": {"type": "string", "enum": sorted(ASSETS)},
}


def path_parameters(path: str, values: dict[str, str]) -> Iterator[Parameter]:
    """The parameters of a path, with the values that an example has."""
    for name in re.findall(r"\{(\w+)\}", path):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _IN_PATH[name],
            "example": values[name],
        }
