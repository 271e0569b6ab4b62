"""API Gateway's events for tests: the files in events/, and changes to them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parents[2] / "events"

type Event = dict[str, Any]

HTTP_METHOD = '"httpMethod"'  # only the events of API Gateway have one
_OF_DOCUMENTS = {"get-openapi", "get-docs"}
API_EVENTS = sorted(
    path.stem
    for path in EVENTS.glob("users_api/*.json")
    if HTTP_METHOD in path.read_text("utf-8") and path.stem not in _OF_DOCUMENTS
)
"""Those of UsersApiFunction."""


def load_event(name: str) -> Event:
    """The event in `events/*/{name}.json`."""
    [path] = EVENTS.glob(f"*/{name}.json")
    event: Event = json.loads(path.read_text("utf-8"))
    return event


def changed_event(  # noqa: PLR0913 - by keyword
    name: str,
    *,
    user_id: str | None = None,
    client_id: str | None = None,
    body: Any = None,
    headers: Mapping[str, str | list[str] | None] | None = None,
    query: Mapping[str, str | list[str]] | None = None,
) -> Event:
    """An event from its file, with another user in its path, client, body, headers (None: absent), query."""
    event = load_event(name)
    if client_id is not None:
        event["requestContext"]["authorizer"]["claims"]["client_id"] = client_id
    if user_id is not None:
        set_path_parameter(event, "userId", user_id)
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    if query is not None:
        event["multiValueQueryStringParameters"] = _lists(query)
        event["queryStringParameters"] = _last_values(query)
    for header, value in (headers or {}).items():
        _set_header(event, header, value)
    return event


def set_path_parameter(event: Event, name: str, value: str) -> None:
    """Let the path have another value in one place."""
    event["pathParameters"][name] = value
    event["path"] = event["resource"]
    for parameter, text in event["pathParameters"].items():
        event["path"] = event["path"].replace(f"{{{parameter}}}", text)
    event["requestContext"]["path"] = f"/dev{event['path']}"


def _set_header(event: Event, header: str, value: str | list[str] | None) -> None:
    for headers in (event["headers"], event["multiValueHeaders"]):
        for name in [name for name in headers if name.lower() == header.lower()]:
            del headers[name]
    if value is not None:
        event["multiValueHeaders"] |= _lists({header: value})
        event["headers"] |= _last_values({header: value})


def _lists(values: Mapping[str, str | list[str]]) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else value for name, value in values.items()}


def _last_values(values: Mapping[str, str | list[str]]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[-1] for name, value in values.items()}
