"""Rules of valid requests that OpenAPI 3.1 cannot express, for requests that are meant to be valid.

Other requests are sent as they were generated.
"""

import hashlib
import json
import os
import urllib.parse
import urllib.request
import uuid
from base64 import b64encode
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.generation.meta import TestPhase

from users.api.pagination import decode_cursor, encode_cursor
from users.domain.errors import InvalidFieldError

_ALONE = ("userId", "email")
"""Query parameters of GET /users that exclude all others."""

# In its coverage phase, Schemathesis makes headers of letters and digits only. Where a pattern takes none of
# these, it sends a malformed one and calls it valid, unless the schema has a format that it knows.
_ENTITY_TAGS = "entity-tags"
_TAG = st.sampled_from(['"1"', 'W/"0a1b"', '""', '"a,b"', '"\xe9"'])
schemathesis.openapi.format(
    _ENTITY_TAGS, st.just("*") | st.lists(_TAG, min_size=1, max_size=3).map(", ".join)
)
# JSON Schema cannot say which names and addresses are valid; these are.
_NAMES = "names"
schemathesis.openapi.format(
    _NAMES, st.from_regex(r"[A-Za-z\u00c0-\u024f]{1,40}( [a-z]{1,40})?", fullmatch=True)
)
schemathesis.openapi.format(
    "idn-email",
    st.from_regex(r"[a-z0-9+._]{0,20}[a-z0-9]@[a-z]{2,20}\.(com|org|de)", fullmatch=True).filter(
        lambda address: ".." not in address and not address.startswith(".")
    )
    | st.sampled_from(["john@m\u00fcnchen.de", "john@xn--mnchen-3ya.de"]),
)


@schemathesis.hook
def before_load_schema(_: Any, raw_schema: dict[str, Any]) -> None:
    """Add the formats of entity tags and names, and the URL of the server."""
    del raw_schema["servers"]
    for methods in raw_schema["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] in {"If-Match", "If-None-Match"}:
                    parameter["schema"]["format"] = _ENTITY_TAGS
    for schema in raw_schema["components"]["schemas"].values():
        if name := schema.get("properties", {}).get("name"):
            name["format"] = _NAMES


@schemathesis.hook
def before_call(context: Any, case: Any, _: dict[str, Any]) -> None:
    """Correct requests that are meant to be valid."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    match context.operation.definition.raw["operationId"]:
        case "findUsers":
            case.query = _alone(dict(case.query or {}))
        case "createUser":
            _distinguish(case)
        case "replaceUser" if "userId" in case.body:
            case.body = {**case.body, "userId": case.path_parameters["userId"]}


def _alone(query: dict[str, Any]) -> dict[str, Any]:
    """Separate parameters that exclude each other, and use cursors in the format of the API."""
    for name in _ALONE:
        if name in query:
            return {name: query[name]}
    if "cursor" in query:
        return {**query, "cursor": _cursor(query["cursor"])}
    return query


def _cursor(made_up: str) -> str:
    try:
        decode_cursor(made_up)
    except InvalidFieldError:
        return encode_cursor(made_up[:64])
    return made_up


def _distinguish(case: Any) -> None:
    """Give each request its own idempotency key.

    A replay would return the first response, although the user may have been deleted since.
    """
    if key := case.headers.get("Idempotency-Key"):
        again = case.meta.phase.name != TestPhase.STATEFUL
        unique = json.dumps(case.body, sort_keys=True) if again else str(uuid.uuid4())
        case.headers["Idempotency-Key"] = f"{key[:100]}{hashlib.sha256(unique.encode()).hexdigest()}"


@schemathesis.auth(refresh_interval=1800)
class Token:
    """Tokens of the stack's client, which are valid for an hour."""

    def get(self, _: Any, __: Any) -> str:
        """A new token."""
        client = f"{os.environ['CLIENT_ID']}:{os.environ['CLIENT_SECRET']}"
        request = urllib.request.Request(  # noqa: S310 - on loopback
            os.environ["TOKEN_URL"],
            urllib.parse.urlencode({"grant_type": "client_credentials"}).encode(),
            {"Authorization": f"Basic {b64encode(client.encode()).decode()}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            return str(json.load(answer)["access_token"])

    def set(self, case: Any, token: str, _: Any) -> None:
        """Add the token to a request."""
        case.headers["Authorization"] = f"Bearer {token}"
