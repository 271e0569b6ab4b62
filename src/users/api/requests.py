"""Checks of requests that Powertools does not provide."""

import base64
import json
import re
from collections.abc import Mapping
from email.message import Message
from functools import lru_cache
from typing import Any, NoReturn

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from lambda_common.problems import FieldError, Problem, ProblemError, validation_problem

MAX_BODY_BYTES = 64 * 1024
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
UNSUPPORTED = "unsupported"  # Powertools refuses this media type
IDEMPOTENCY_KEY_PATTERN = r"[\x21-\x7e]{1,255}"

MALFORMED_BODY = Problem(
    400, "malformed-body", "Malformed request body", "The body is not a JSON object in UTF-8."
)
BODY_TOO_LARGE = Problem(
    413, "body-too-large", "Request body too large", f"The limit is {MAX_BODY_BYTES} bytes."
)

type Event = Mapping[str, Any]


def header(event: Event | APIGatewayProxyEvent, name: str) -> str | None:
    """The value of a header by its lower-case name. Several fields are one list (RFC 9110, section 5.3)."""
    fields = event.get("multiValueHeaders")
    if fields is None:
        fields = {field: [value] for field, value in (event.get("headers") or {}).items()}
    values = [value for field, several in fields.items() if field.lower() == name for value in several]
    return ", ".join(values) if values else None


def claim(event: Event | APIGatewayProxyEvent, name: str) -> str:
    """A claim of the token that the authorizer has verified; "" without it, or without an authorizer."""
    claims = (event["requestContext"].get("authorizer") or {}).get("claims") or {}
    return str(claims.get(name, ""))


def idempotency_key(event: APIGatewayProxyEvent) -> str | None:
    """The Idempotency-Key of a request; None without one."""
    key = header(event, "idempotency-key")
    if key is not None and not re.fullmatch(IDEMPOTENCY_KEY_PATTERN, key):
        raise invalid("Idempotency-Key", "Must be 1 to 255 visible ASCII characters.")
    return key


def invalid(field: str, message: str) -> ProblemError:
    """The error for one field, parameter or header that is not valid."""
    return ProblemError(validation_problem([FieldError(field, message)]))


def with_json_body(event: Event) -> Event:
    """The event with its body as text, and with a media type that Powertools parses as JSON or refuses.

    Powertools compares media types case-sensitively and by prefix, reads forms as bodies, does not know
    merge patches, and skips an empty body.
    """
    if event["httpMethod"] not in {"POST", "PUT", "PATCH"}:
        return event
    declared = header(event, "content-type")
    media_type = JSON if not declared or _is_json(declared, event["httpMethod"]) else UNSUPPORTED
    headers = {**(event.get("headers") or {}), "content-type": media_type}
    return {**event, "headers": headers, "body": _text(event) or " ", "isBase64Encoded": False}


@lru_cache(maxsize=32)
def _is_json(declared: str, method: str) -> bool:
    content_type = Message()  # raises on surrogates
    content_type["content-type"] = declared.encode("ascii", "replace").decode()
    accepted = {JSON, MERGE_PATCH} if method == "PATCH" else {JSON}
    charset = content_type.get_content_charset("utf-8")
    return content_type.get_content_type() in accepted and charset == "utf-8"


def _text(event: Event) -> str:
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body
    try:
        return base64.b64decode(body, validate=True).decode()
    except ValueError:
        return ""


def parse_body(text: str) -> dict[str, Any]:
    """The JSON object in a body. Repeated member names, NaN and Infinity are refused (RFC 8259).

    So is U+FFFD, with which API Gateway replaces bytes that are not UTF-8. A byte order mark is ignored.
    """
    try:
        if len(text.encode()) > MAX_BODY_BYTES:
            raise ProblemError(BODY_TOO_LARGE)
        if "\ufffd" in text:
            raise ProblemError(MALFORMED_BODY)
        document = json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_unique_members, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise ProblemError(MALFORMED_BODY) from error
    if not isinstance(document, dict):
        raise ProblemError(MALFORMED_BODY)
    return document


def unsupported_media_type(method: str) -> Problem:
    """The response to a body that is not declared as JSON in UTF-8."""
    accepted = f"{MERGE_PATCH} or {JSON}" if method == "PATCH" else JSON
    detail = f"Send the body as {accepted} in UTF-8."
    return Problem(415, "unsupported-media-type", "Unsupported media type", detail)


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "repeated member name"
        raise ValueError(message)
    return members


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)
