"""The whole document."""

import inspect
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generate.openapi.examples import Example, examples, routes
from generate.openapi.gateway import scopes
from generate.openapi.headers import header_objects, used
from generate.openapi.operations import OPERATIONS, TAGS, Operation, Success
from generate.openapi.parameters import PARAMETERS, path_parameters
from generate.openapi.problems import problem_responses
from generate.openapi.schemas import components, schema_of
from lambda_common.problems import ProblemDocument
from lambda_common.router import Endpoint

_PROJECT = Path(__file__).parents[2]
_TOKEN = "token"  # noqa: S105 - the name of the security scheme
_TOKEN_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An access token, as `make token` prints it.",
}
_ABOUT = """\
Users with unique e-mail addresses.

**Access.** Every operation but the open ones takes a token (Cognito, client credentials) with the scope
that it names. `make token` prints one for the local stack; the output `TokenUrl` of a deployed stack says
where clients get theirs.

**Versions.** The `ETag` of an answer is the version of the user. Sent as `If-Match` with a change, it makes
sure that nobody else has changed the user in the meantime.

**Errors** are problem documents (RFC 9457). What was answered with a 503 may be tried again after as many
seconds as `Retry-After` says. A method that a path does not have, HEAD among them, is answered with 405 and
`Allow`; OPTIONS with 204 and what CORS asks for.
"""


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document of the API, as the code and the template are now."""
    project = tomllib.loads((_PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    paths = _paths()
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Serverless Users API",
            "version": project["version"],
            "description": _ABOUT,
            "license": {"name": "Apache 2.0", "identifier": project["license"]},
        },
        # Relative to this document, which each deployment serves itself.
        "servers": [{"url": ".", "description": "The API that this document comes from."}],
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": components(_bodies()),
            "headers": used(paths),
            "securitySchemes": {_TOKEN: _TOKEN_SCHEME},
        },
    }


def operation_id(endpoint: Endpoint) -> str:
    """The name of an endpoint in camelCase."""
    first, *others = endpoint.__name__.split("_")
    return first + "".join(word.capitalize() for word in others)


def _paths() -> dict[str, Any]:
    sent = examples()
    return {
        path: {
            method.lower(): _operation(endpoint, sent[path, method]) for method, endpoint in methods.items()
        }
        for path, methods in routes().items()
    }


def _operation(endpoint: Endpoint, sent: list[Example]) -> dict[str, Any]:
    operation, request = OPERATIONS[endpoint.__name__], sent[0].request
    needed = scopes()[request.resource, request.method]
    summary, _, text = inspect.cleandoc(endpoint.__doc__ or "").partition("\n\n")
    described: dict[str, Any] = {
        "operationId": operation_id(endpoint),
        "summary": summary.removesuffix("."),
        "description": "\n\n".join(filter(None, [text, _access(needed)])),
        "tags": [operation.tag],
        "security": [{_TOKEN: needed}] if needed else [],
    }
    if parameters := _parameters(operation, request.resource, sent):
        described["parameters"] = parameters
    if operation.body:
        described["requestBody"] = _request_body(operation, sent)
    successes = {str(success.status): _success(success, sent) for success in operation.successes}
    problems = problem_responses(operation, endpoint, request, is_open=not needed)
    return described | {"responses": successes | problems}


def _access(needed: list[str]) -> str:
    return f"Scope: {', '.join(f'`{scope}`' for scope in needed)}." if needed else "Open: it takes no token."


def _parameters(operation: Operation, path: str, sent: list[Example]) -> list[dict[str, Any]]:
    in_path = list(path_parameters(path, dict(sent[0].request.path_parameters)))
    others = [PARAMETERS[name] for name in operation.parameters]
    return in_path + [
        parameter | {"required": True, "example": sent[0].request.query[parameter["name"]][0]}
        if parameter["name"] in operation.required
        else parameter
        for parameter in others
    ]


def _request_body(operation: Operation, sent: list[Example]) -> dict[str, Any]:
    content = {
        "schema": schema_of(operation.body),
        "examples": {example.name: {"value": json.loads(example.request.raw_body or "")} for example in sent},
    }
    return {"required": True, "content": dict.fromkeys(operation.media_types, content)}


def _success(success: Success, sent: list[Example]) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": success.description,
        "headers": header_objects(success.headers, optional=success.optional),
    }
    if success.body:
        content: dict[str, Any] = {"schema": schema_of(success.body)}
        if success.with_examples:
            answers = {example.name: example.answer() for example in sent}
            content["examples"] = {
                name: {"value": answer.body}
                for name, answer in answers.items()
                if answer.status == success.status
            }
        response["content"] = dict.fromkeys(success.media_types, content)
    if success.links:
        response["links"] = {name: _link(name, parameters) for name, parameters in success.links}
    return response


def _link(operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"operationId": operation, "parameters": dict(parameters)}


def _bodies() -> list[Any]:
    requests = [operation.body for operation in OPERATIONS.values() if operation.body]
    answers = [
        success.body for operation in OPERATIONS.values() for success in operation.successes if success.body
    ]
    return [*requests, *answers, ProblemDocument]
