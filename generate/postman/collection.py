"""The collection: each step as a request of the description, with tests of what that promises."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generate.openapi.document import openapi_document
from generate.openapi.examples import routes
from generate.openapi.gateway import Route
from generate.postman.scripts import (
    expect_headers,
    expect_media_type,
    expect_members,
    expect_problem,
    expect_status,
)
from generate.postman.steps import Elsewhere, Folder, Step
from generate.postman.story import FOLDERS

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_TOKEN = {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]}

type Item = dict[str, Any]


def postman_collection() -> dict[str, Any]:
    """The collection in Postman's format 2.1."""
    document = openapi_document()
    return {
        "info": {
            "name": document["info"]["title"],
            "description": document["info"]["description"],
            "version": document["info"]["version"],
            "schema": _SCHEMA,
        },
        "auth": _TOKEN,
        "item": [_folder(folder, document) for folder in FOLDERS],
    }


def _folder(folder: Folder, document: Mapping[str, Any]) -> Item:
    items = [
        _elsewhere(step) if isinstance(step, Elsewhere) else _item(step, document) for step in folder.steps
    ]
    return {"name": folder.name, "description": folder.description, "item": items}


def _elsewhere(step: Elsewhere) -> Item:
    return {"name": step.name, "event": _events(step.before, step.after), "request": dict(step.request)}


def _item(step: Step, document: Mapping[str, Any]) -> Item:
    path, method = _route(step.endpoint)
    operation = document["paths"][path][method.lower()]
    promised = tuple(_promises(step, operation, document["components"]))
    return {
        "name": step.name,
        "event": _events(step.before, (*step.again, *promised, *step.after)),
        "request": _request(step, path, method, operation),
        "protocolProfileBehavior": {"followRedirects": False},
    }


def _route(endpoint: str) -> Route:
    return next(
        (path, method)
        for path, methods in routes().items()
        for method, function in methods.items()
        if function.__name__ == endpoint
    )


def _request(step: Step, path: str, method: str, operation: Item) -> Item:
    request: Item = {
        "method": method,
        "description": "\n\n".join(filter(None, [operation["summary"] + ".", operation["description"]])),
        "header": [{"key": name, "value": value} for name, value in step.headers.items()],
        "url": _url(step, path),
    }
    if not step.token:
        request["auth"] = {"type": "noauth"}
    if step.body is not None:
        kind = next(iter(operation["requestBody"]["content"]))
        request["header"].append({"key": "Content-Type", "value": kind})
        raw = json.dumps(step.body, indent=2)
        request["body"] = {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
    return request


def _url(step: Step, path: str) -> Item:
    path = re.sub(r"\{(\w+)\}", r":\1", path)
    query = "&".join(f"{name}={value}" for name, value in step.query.items())
    return {
        "raw": "{{apiUrl}}" + path + (f"?{query}" if query else ""),
        "host": ["{{apiUrl}}"],
        "path": path.strip("/").split("/"),
        "query": [{"key": name, "value": value} for name, value in step.query.items()],
        "variable": [{"key": name, "value": value} for name, value in step.path.items()],
    }


def _promises(step: Step, operation: Item, components: Mapping[str, Any]) -> Iterator[str]:
    """Tests of what the document says of an answer with this status."""
    response = operation["responses"][str(step.status)]
    kinds = response.get("content", {})
    yield expect_status(step.status, step.problem or response["description"].removesuffix("."))
    yield expect_headers(list(_required(response["headers"], components)))
    for kind, content in list(kinds.items()) if len(kinds) == 1 else []:
        yield expect_media_type(kind)
        if step.problem:
            yield expect_problem(content["examples"][step.problem]["value"])
        elif names := _members(content["schema"], components):
            yield expect_members(names)


def _required(headers: Item, components: Mapping[str, Any]) -> Iterator[str]:
    for name, header in headers.items():
        if (components["headers"][name] if "$ref" in header else header)["required"]:
            yield name


def _members(schema: Item, components: Mapping[str, Any]) -> list[str]:
    """Those that a body always has."""
    named = components["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return list(named.get("required", []))


def _events(before: tuple[str, ...], after: tuple[str, ...]) -> list[Item]:
    scripts = {"prerequest": before, "test": after}
    return [
        {"listen": moment, "script": {"type": "text/javascript", "exec": "\n".join(parts).split("\n")}}
        for moment, parts in scripts.items()
        if parts
    ]
