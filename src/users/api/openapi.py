"""The OpenAPI document: made by Powertools from the routes, completed by what their signatures do not say.

That is the scope of each operation, its problems, and the headers of its request and responses.
"""

import inspect
import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, License, Server

from lambda_common.problems import (
    INTERNAL_ERROR,
    PROBLEM_CONTENT_TYPE,
    FieldError,
    Problem,
    problem_for,
    validation_problem,
)
from users.api import models, requests
from users.api.preconditions import ENTITY_TAGS_PATTERN
from users.api.problems import PROBLEMS, UNAUTHORIZED, USER_ID_MISMATCH
from users.api.resolver import NOT_FOUND, UsersResolver, required_scope
from users.api.users import camel_case
from users.domain import errors
from users.domain.avatars import AVATAR_SIZES
from users.domain.webhooks import WebhookPayload

type Document = dict[str, Any]

VERSION = "0.1.0"
DESCRIPTION = """\
Users with unique e-mail addresses.

**Access.** Every operation except `GET /health` requires a token (Cognito, client credentials) with the
scope in its description.

**Concurrency.** The `ETag` of a response identifies a state of the user. Sent as `If-Match` with a change,
it makes the change fail with 412 if the user has changed in the meantime.

**Errors** are problem documents (RFC 9457): branch on `type`, show `detail` to people. Retry a 503 after as
many seconds as `Retry-After` says. Other methods on a known path get 405 with `Allow`.
"""
SCHEMAS = "#/components/schemas"
REQUEST_ID = "0f8c1d2e-3b4a-4c5d-8e6f-7a8b9c0d1e0c"


class Operation(NamedTuple):
    """What the signature of a route does not say: its errors, and headers beyond the standard ones."""

    errors: tuple[type[Exception], ...] = ()
    request_headers: tuple[str, ...] = ()
    response_headers: tuple[str, ...] = ()


_NO_USER, _TAKEN = errors.UserNotFoundError, errors.EmailAlreadyTakenError
_CREATE = (
    errors.UserAlreadyExistsError,
    _TAKEN,
    errors.IdempotencyInProgressError,
    errors.IdempotencyKeyReusedError,
)
_PRECONDITIONS = ("If-Match", "If-None-Match")
_READ = Operation((_NO_USER,), ("If-None-Match",), ("ETag",))
_UPDATE = Operation((_NO_USER, _TAKEN, errors.PreconditionFailedError), _PRECONDITIONS, ("ETag",))
_DELETE = Operation((_NO_USER, errors.PreconditionFailedError), _PRECONDITIONS)
OPERATIONS = {
    "get_health": Operation(),
    "create_user": Operation(
        _CREATE, ("Idempotency-Key", "If-None-Match"), ("ETag", "Location", "Idempotency-Replayed")
    ),
    "find_users": _READ,
    "get_user": _READ,
    "replace_user": _UPDATE,
    "replace_user_named_in_body": _UPDATE,
    "update_user": _UPDATE,
    "delete_user": _DELETE,
    "delete_user_named_in_query": _DELETE,
    "create_avatar_upload": Operation((_NO_USER,)),
    "get_avatar": Operation((_NO_USER, errors.AvatarNotFoundError), (), ("Location",)),
}
LINKS = (
    *("getUser", "updateUser", "replaceUser", "deleteUser"),
    "createAvatarUpload",
)
"""The operations on a user who was created."""
REQUEST_HEADERS = {
    "Idempotency-Key": (
        "A unique key for each logical request, e.g. a UUID.",
        f"^{requests.IDEMPOTENCY_KEY_PATTERN}$",
    ),
    "If-Match": ("The `ETag` of the state to change: 412 if it is not current.", ENTITY_TAGS_PATTERN),
    "If-None-Match": (
        "The `ETag` of the client's state: if it is current, 304 to a read and 412 to a change.",
        ENTITY_TAGS_PATTERN,
    ),
}
RESPONSE_HEADERS: dict[str, tuple[str, Document]] = {
    "Cache-Control": ("How long the response may be kept.", {"enum": ["no-store", "private, no-cache"]}),
    "ETag": ("The entity tag of the user's state.", {"pattern": '^"[0-9a-f]+"$'}),
    "Idempotency-Replayed": ("Present on a repeated response.", {"const": "true"}),
    "Location": ("The URL of the new user or of the thumbnail.", {"format": "uri-reference"}),
    "Retry-After": ("Seconds to wait before a retry.", {"pattern": "^[0-9]+$"}),
    "WWW-Authenticate": ("The authentication scheme.", {"const": "Bearer"}),
    "X-Content-Type-Options": ("Disables content sniffing.", {"const": "nosniff"}),
    "X-Request-Id": ("The id of the request, in logs and problems.", {}),
}
WEBHOOK_HEADERS = {
    "webhook-id": "The id of the event, the same in all repeats.",
    "webhook-timestamp": "The time of the request, in seconds since 1970.",
    "webhook-signature": "One or two signatures, separated by a blank.",
}
STANDARD_HEADERS = ("Cache-Control", "X-Content-Type-Options", "X-Request-Id")
OF_THE_GATEWAY = (
    UNAUTHORIZED,
    Problem(403, "forbidden", "Forbidden", "The credentials do not allow this request."),
)
THROTTLED = Problem(
    429, "too-many-requests", "Too many requests", "Retry later.", headers={"Retry-After": "1"}
)


@cache
def document(app: UsersResolver) -> Document:
    """The OpenAPI 3.1 document of the API."""
    made: Document = json.loads(
        app.get_openapi_json_schema(
            title="Serverless Users API",
            version=VERSION,
            openapi_version="3.1.0",
            description=DESCRIPTION,
            servers=[Server(url=".", description="The API that serves this document.")],
            license_info=License(name="Apache 2.0", identifier="Apache-2.0"),
            security_schemes={"token": HTTPBearer(bearerFormat="JWT", description="An access token.")},
        )
    )
    made["paths"] = dict(sorted(made["paths"].items(), key=lambda item: (item[0] == "/health", item[0])))
    _describe_read(made["paths"])
    _describe_redirect(made["paths"])
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            _complete(operation, path, method.upper(), app.functions[path][method.upper()])
    schemas = made["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        schemas.pop(unused, None)  # Powertools' own responses to bad requests
    problem = models.ProblemResponse.model_json_schema(ref_template=f"{SCHEMAS}/{{model}}")
    schemas |= {**problem.pop("$defs"), "ProblemResponse": problem}
    made["webhooks"] = {"userChanged": {"post": _webhook(schemas)}}
    made["components"]["headers"] = {
        name: {
            "description": description,
            "required": name in STANDARD_HEADERS,
            "schema": {"type": "string", **schema},
        }
        for name, (description, schema) in RESPONSE_HEADERS.items()
    }
    return made


def _describe_read(paths: Document) -> None:
    """A route without models in its signature."""
    user = paths["/users/{userId}"]
    user["get"]["parameters"] = [*user["delete"]["parameters"]]
    user["get"]["responses"]["200"]["content"][requests.JSON]["schema"] = {"$ref": f"{SCHEMAS}/UserResponse"}


def _describe_redirect(paths: Document) -> None:
    """Another route without models in its signature."""
    [user_id] = paths["/users/{userId}"]["delete"]["parameters"]
    size = {"type": "string", "enum": list(AVATAR_SIZES)}
    paths["/users/{userId}/avatar/{size}"]["get"]["parameters"] = [
        user_id,
        {"name": "size", "in": "path", "required": True, "schema": size},
    ]


def _complete(operation: Document, path: str, method: str, function: Callable[..., Any]) -> None:
    name, group = function.__name__, function.__module__.rpartition(".")[2]
    summary, _, text = inspect.cleandoc(function.__doc__ or "").partition("\n\n")
    scope = required_scope(path, method)
    access = f"Scope: `{scope}`." if scope else "Open: no token is required."
    operation["operationId"] = camel_case(name)
    operation["summary"] = summary.removesuffix(".")
    operation["description"] = "\n\n".join(filter(None, [text, access]))
    operation["tags"] = ["Health" if group == "handler" else group.capitalize()]
    operation["security"] = [{"token": [scope]}] if scope else []
    if name == "update_user":
        content = operation["requestBody"]["content"]
        content[requests.MERGE_PATCH] = content[requests.JSON]
    for header in OPERATIONS[name].request_headers:
        description, pattern = REQUEST_HEADERS[header]
        schema = {"type": "string", "pattern": pattern}
        parameter = {"name": header, "in": "header", "description": description, "schema": schema}
        operation.setdefault("parameters", []).append(parameter)
    problems = _problem_responses(path, _problems(operation, method, name))
    operation["responses"] = _successes(operation, method, OPERATIONS[name]) | problems
    if name == "create_user":
        operation["responses"]["201"]["links"] = {
            link: {"operationId": link, "parameters": {"userId": "$response.body#/user/userId"}}
            for link in LINKS
        }


def _successes(operation: Document, method: str, extra: Operation) -> Document:
    [(status, response)] = [item for item in operation["responses"].items() if item[0] < "400"]
    if status == "302":
        response = {"description": "No body."}
    responses = {status: response | {"headers": _headers(*extra.response_headers)}}
    if method == "GET" and extra.request_headers:
        responses["304"] = {"description": "No body.", "headers": _headers(*extra.response_headers)}
    schema = response.get("content", {}).get(requests.JSON, {}).get("schema", {})
    if "anyOf" in schema:  # a response is one of the models, never both
        schema["oneOf"] = schema.pop("anyOf")
    return responses


def _problem_responses(path: str, problems: Iterable[Problem]) -> Document:
    by_status = groupby(sorted(problems, key=attrgetter("status")), key=attrgetter("status"))
    return {str(status): _problem_response(path, list(same)) for status, same in by_status}


def _problem_response(path: str, problems: list[Problem]) -> Document:
    examples = {each.name: {"value": each.body(instance=path, request_id=REQUEST_ID)} for each in problems}
    schema = {"$ref": f"{SCHEMAS}/ProblemResponse"}
    return {
        "description": " ".join(f"{problem.title}." for problem in problems),
        "headers": _headers(*(name for problem in problems for name in problem.headers)),
        "content": {PROBLEM_CONTENT_TYPE: {"schema": schema, "examples": examples}},
    }


def _problems(operation: Document, method: str, name: str) -> Iterator[Problem]:
    yield validation_problem([FieldError("verbose", "Unknown query parameter.")])
    if "requestBody" in operation:
        yield from (requests.MALFORMED_BODY, requests.BODY_TOO_LARGE)
        yield requests.unsupported_media_type(method)
    if operation["security"]:
        yield from OF_THE_GATEWAY
    if name == "replace_user":
        yield USER_ID_MISMATCH
    if name == "get_avatar":
        yield NOT_FOUND
    for error in (*OPERATIONS[name].errors, errors.ServiceUnavailableError):
        yield problem_for(error(), PROBLEMS)
    yield from (THROTTLED, INTERNAL_ERROR)


def _webhook(schemas: Document) -> Document:
    payload = WebhookPayload.model_json_schema(ref_template=f"{SCHEMAS}/{{model}}")
    added: Document = {**payload.pop("$defs"), "WebhookPayload": payload}
    for schema in added.values():  # optional properties are absent and not null
        for name, value in schema.get("properties", {}).items():
            schema["properties"][name] = value.get("anyOf", [value])[0]
    schemas |= added
    return {
        "operationId": "userChanged",
        "summary": "A user was created, changed or deleted",
        "description": "Sent to the receiver of webhooks, as the Standard Webhooks specification says.",
        "tags": ["Webhooks"],
        "security": [],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": text,
                "schema": {"type": "string"},
            }
            for name, text in WEBHOOK_HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {requests.JSON: {"schema": {"$ref": f"{SCHEMAS}/WebhookPayload"}}},
        },
        "responses": {
            "200": {"description": "The event is delivered, as with any other 2xx."},
            "4XX": {"description": "It is not sent again, except after 408, 425 and 429."},
            "5XX": {"description": "It is sent again."},
        },
    }


def _headers(*names: str) -> Document:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*STANDARD_HEADERS, *names)}
