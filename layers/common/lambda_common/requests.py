"""An HTTP request as API Gateway's REST proxy integration delivers it."""

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from lambda_common.problems import (
    BodyTooLargeError,
    FieldError,
    InvalidRequestError,
    MalformedBodyError,
    UnsupportedMediaTypeError,
)

MAX_BODY_BYTES = 64 * 1024
JSON_MEDIA_TYPES = ("application/json",)

type Event = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """The parts of the event that endpoints use. Header names are lower-case.

    `path` is the API's own (`/users`), `public_path` the one in the URL (`/dev/users`).
    """

    method: str
    resource: str
    path: str
    public_path: str
    request_id: str
    caller: str
    path_parameters: Mapping[str, str]
    query: Mapping[str, list[str]]
    headers: Mapping[str, list[str]]
    raw_body: str | None
    is_base64: bool

    @classmethod
    def from_event(cls, event: Event) -> "Request":
        """Read an event of payload format 1.0; what is absent in it counts as empty."""
        context = event.get("requestContext") or {}
        path = event.get("path") or event["resource"]
        return cls(
            method=event["httpMethod"],
            resource=event["resource"],
            path=path,
            public_path=context.get("path") or path,
            request_id=context.get("requestId") or "",
            caller=_caller(context),
            path_parameters=event.get("pathParameters") or {},
            query=_multi(event, "multiValueQueryStringParameters", "queryStringParameters"),
            headers=_headers(event),
            raw_body=event.get("body"),
            is_base64=bool(event.get("isBase64Encoded")),
        )

    def header(self, name: str) -> str | None:
        """The value of a header, a list of values joined as RFC 9110 says; None when absent."""
        values = self.headers.get(name.lower())
        return ", ".join(values) if values else None

    def parameters(self, *allowed: str) -> dict[str, str]:
        """The query string, once it is known to hold nothing but `allowed`, each at most once."""
        errors = [
            *(FieldError(name, "Unknown query parameter.") for name in self.query if name not in allowed),
            *(
                FieldError(name, "Must be given once.")
                for name, values in self.query.items()
                if name in allowed and len(values) != 1
            ),
        ]
        if errors:
            raise InvalidRequestError(errors)
        return {name: values[0] for name, values in self.query.items()}

    def json_object(self, media_types: Collection[str] = JSON_MEDIA_TYPES) -> dict[str, Any]:
        """The body as a JSON object (RFC 8259, no repeated member names).

        A body without a Content-Type is taken for JSON: RFC 9110 lets a recipient look at the data.
        """
        declared = (self.header("content-type") or media_types[0]).split(";")[0].strip().lower()  # type: ignore[index]
        if declared not in media_types:
            raise UnsupportedMediaTypeError(media_types)
        body = self._body()
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLargeError(MAX_BODY_BYTES)
        return _parse_object(body)

    def _body(self) -> bytes:
        if not self.is_base64:
            return (self.raw_body or "").encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(self.raw_body or "", validate=True)
        except (binascii.Error, ValueError) as error:
            raise MalformedBodyError("The body is not valid base64.") from error


def _caller(context: Mapping[str, Any]) -> str:
    """Who sent the request, as the authorizer attests; "" where there is no authorizer."""
    claims = (context.get("authorizer") or {}).get("claims") or {}
    return claims.get("client_id") or claims.get("sub") or ""


def _multi(event: Event, multiple: str, single: str) -> dict[str, list[str]]:
    if event.get(multiple):
        return dict(event[multiple])
    return {name: [value] for name, value in (event.get(single) or {}).items()}


def _headers(event: Event) -> dict[str, list[str]]:
    """Names in lower case; a name that comes in several spellings is still one header."""
    headers: dict[str, list[str]] = {}
    for name, values in _multi(event, "multiValueHeaders", "headers").items():
        headers.setdefault(name.lower(), []).extend(values)
    return headers


def _parse_object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(
            body.decode(), object_pairs_hook=_unique_members, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError("The body is not valid JSON.") from error
    if not isinstance(document, dict):
        raise MalformedBodyError("The body must be a JSON object.")
    return document


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "repeated member name"
        raise ValueError(message)
    return members


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)
