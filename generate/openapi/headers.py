"""Headers of answers."""

import json
from collections.abc import Collection
from typing import Any

from api_docs.handler import IMMUTABLE
from api_docs.handler import REVALIDATE as REVALIDATE_BY_ANYBODY
from lambda_common.responses import NO_STORE, REVALIDATE

EVERY_ANSWER = ("Cache-Control", "X-Content-Type-Options", "X-Request-Id")


def _header(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, "required": True, "schema": {"type": "string", **schema}}


HEADERS: dict[str, dict[str, Any]] = {
    "Cache-Control": _header(
        "How long the answer may be kept.", enum=[NO_STORE, REVALIDATE, REVALIDATE_BY_ANYBODY, IMMUTABLE]
    ),
    "Content-Security-Policy": _header("Scripts and styles come from here, and from nowhere else."),
    "ETag": _header("The version, in quotes: of a user, its `version`.", pattern='^"[0-9a-f]+"$'),
    "Idempotency-Replayed": _header(
        "Only if an earlier request with the same `Idempotency-Key` created the user.",
        const="true",
    ),
    "Location": _header("Where it is.", format="uri-reference"),
    "Referrer-Policy": _header("Where a link leads learns nothing of this page.", const="no-referrer"),
    "Retry-After": _header("After how many seconds to try again.", pattern="^[0-9]+$"),
    "WWW-Authenticate": _header("What is asked for.", const="Bearer"),
    "X-Content-Type-Options": _header("The content is what its type says.", const="nosniff"),
    "X-Request-Id": _header("The id of the request, in logs and problems."),
}


def header_objects(names: Collection[str], *, optional: Collection[str] = ()) -> dict[str, Any]:
    """Those of every answer and `names`; what is not `optional` is a reference to the component."""
    return {
        name: HEADERS[name] | {"required": False}
        if name in optional
        else {"$ref": f"#/components/headers/{name}"}
        for name in (*EVERY_ANSWER, *names)
    }


def used(document: Any) -> dict[str, Any]:
    """The components to which there are references in a document."""
    text = json.dumps(document)
    return {name: header for name, header in HEADERS.items() if f'#/components/headers/{name}"' in text}
