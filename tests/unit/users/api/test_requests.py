"""Headers, claims and media types of unusual events. Tests of whole requests have the usual ones."""

from typing import Any

import pytest

from tests.helpers.events import changed_event, load_event
from users.api.requests import JSON, UNSUPPORTED, claim, header, unsupported_media_type, with_json_body


@pytest.mark.parametrize("event", [{}, {"headers": None, "multiValueHeaders": None}])
def test_there_is_no_header_when_the_event_has_none(event: dict[str, Any]) -> None:
    """As in an event that was written by hand."""
    assert header(event, "accept") is None


@pytest.mark.parametrize("authorizer", [{"claims": {"sub": "s"}}, {"claims": None}, {}, None])
def test_a_claim_is_empty_without_it_or_its_authorizer(authorizer: dict[str, Any] | None) -> None:
    """SAM CLI has no authorizer."""
    assert claim({"requestContext": {"authorizer": authorizer}}, "client_id") == ""


@pytest.mark.parametrize(
    ("method", "declared", "expected"),
    [
        *(("POST", f"application/json; {rest}", JSON) for rest in ('charset="UTF-8"', "profile=x")),
        ("PATCH", "application/merge-patch+json; charset=utf-8", JSON),
        *(("POST", other, UNSUPPORTED) for other in ("application/json; charset=\u00fc", "\ud800")),
    ],
)
def test_json_is_declared_with_any_parameters_but_another_charset(
    method: str, declared: str, expected: str
) -> None:
    """A media type can contain any characters."""
    event = changed_event("create-user", headers={"Content-Type": declared}) | {"httpMethod": method}
    assert with_json_body(event)["headers"]["content-type"] == expected


def test_a_request_without_a_body_is_left_alone() -> None:
    """Powertools would parse one."""
    event = load_event("get-user")
    assert with_json_body(event) is event


@pytest.mark.parametrize(("method", "merge_patch"), [("PATCH", True), ("PUT", False)])
def test_the_problem_says_which_media_types_are_accepted(method: str, *, merge_patch: bool) -> None:
    """A merge patch only where a user is patched."""
    assert ("merge-patch" in unsupported_media_type(method).detail) == merge_patch
