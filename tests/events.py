"""API Gateway's events for tests: the files in events/, and changes to them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parents[1] / "events"

type Event = dict[str, Any]


def load_event(name: str) -> Event:
    """The event in `events/{name}.json`."""
    event: Event = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return event


def changed_event(
    name: str,
    *,
    user_id: str | None = None,
    body: Any = None,
    headers: Mapping[str, str | list[str] | None] | None = None,
    query: Mapping[str, str | list[str]] | None = None,
) -> Event:
    """An event from its file, with another user in its path, body, headers (None: absent) or query string."""
    event = load_event(name)
    if user_id is not None:
        _set_user_id(event, user_id)
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    if query is not None:
        event["multiValueQueryStringParameters"] = _lists(query)
        event["queryStringParameters"] = _last_values(query)
    for header, value in (headers or {}).items():
        _set_header(event, header, value)
    return event


def _set_user_id(event: Event, user_id: str) -> None:
    event["pathParameters"] = {"userId": user_id}
    event["path"] = f"/users/{user_id}"
    event["requestContext"]["path"] = f"/dev/users/{user_id}"


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
