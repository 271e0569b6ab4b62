"""The response to any request is one of the contract."""

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.events import API_EVENTS, changed_event
from tests.helpers.responses import Api
from tests.integration.tables import Items, check_no_orphans

# The tables stay as earlier examples left them: no response may depend on how they are.
lenient = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

WRITES = ["create-user", "replace-user", "replace-user-in-body", "update-user", "create-avatar-upload"]

any_text = st.text(st.characters(exclude_categories=()), max_size=80)  # lone surrogates, too
names = st.one_of(any_text, st.sampled_from(["John", " Zoë ", "a" * 100, "a" * 101]))
user_ids = st.one_of(any_text, st.sampled_from(["123", "456", ".", "..", "a" * 64]))
sizes = st.one_of(any_text, st.sampled_from(["small", "medium", "large"]))
emails = st.one_of(st.emails(), any_text, st.sampled_from(["john@example.com", "JANE@example.com"]))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), any_text)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(any_text, inner), max_leaves=10
)
fields = st.sampled_from(["userId", "name", "email", "contentType"])
objects = st.dictionaries(fields | any_text, json_values)
values = {"userId": user_ids, "name": names, "email": emails, "contentType": st.just("image/png")}
near_misses = st.fixed_dictionaries({}, optional={name: value | scalars for name, value in values.items()})
bodies = st.one_of(json_values, objects, near_misses).map(json.dumps)
tags = st.one_of(any_text, st.lists(st.sampled_from(['"1"', '"2"', 'W/"1"', "*", "x", '""'])).map(", ".join))
header_names = [
    "Content-Type",
    "If-Match",
    "if-none-match",
    "Idempotency-Key",
    "Origin",
    "Accept",
    "X-Unknown",
]
headers = st.dictionaries(
    st.sampled_from(header_names),
    st.one_of(any_text, tags, st.lists(tags, min_size=1, max_size=3), st.just("application/json"), st.none()),
)
queries = st.dictionaries(
    st.sampled_from(["userId", "email", "limit", "cursor"]) | any_text,
    st.one_of(user_ids, emails, st.integers().map(str), st.lists(any_text, min_size=1, max_size=3)),
    max_size=3,
)


@pytest.mark.parametrize("name", API_EVENTS)
@lenient
@given(data=st.data())
def test_never_an_internal_error(api: Api, items: Items, name: str, data: st.DataObject) -> None:
    """`Api` checks that each response is one of the contract; here none is a 500."""
    changes: dict[str, Any] = {"headers": data.draw(headers, "headers")}
    if data.draw(st.booleans(), "with a query"):
        changes["query"] = data.draw(queries, "query")
    event = changed_event(name, **changes)
    if event["body"] is not None:
        event["body"] = data.draw(st.one_of(bodies, bodies, any_text), "body")
    for parameter in event["pathParameters"] or {}:
        strategy = user_ids if parameter == "userId" else sizes
        event["pathParameters"][parameter] = data.draw(strategy, parameter)
    response = api.send(event)
    assert response.status < 500
    check_no_orphans(items)


@pytest.mark.parametrize("name", WRITES)
@lenient
@given(body=bodies | any_text | st.binary(max_size=200), in_base64=st.booleans())
def test_never_an_internal_error_whatever_the_body(
    api: Api, name: str, body: str | bytes, *, in_base64: bool
) -> None:
    """Bodies alone, so that nothing else is the reason for a refusal."""
    if isinstance(body, bytes) or (in_base64 and body.isascii()):
        body = base64.b64encode(body if isinstance(body, bytes) else body.encode()).decode()
        in_base64 = True
    event = changed_event(name) | {"body": body, "isBase64Encoded": in_base64}
    assert api.send(event).status in {200, 201, 400, 404, 409, 412, 422}
