"""Paths of API Gateway as Powertools matches them. Tests of whole requests have methods and parameters."""

from urllib.parse import quote

import pytest

from tests.helpers.events import load_event, set_path_parameter
from users.api.resolver import routed_by_resource


@pytest.mark.parametrize(
    ("user_id", "path"),
    [
        ("", "/users/%20"),
        ("a/b", "/users/a%2Fb"),
        ("{userId}", f"/users/{quote('{userId}')}"),
        ("\ud800", "/users/%ED%A0%80"),
    ],
)
def test_the_path_is_that_of_the_resource_with_each_parameter_as_one_segment(user_id: str, path: str) -> None:
    """Whatever a base path mapping adds. An empty segment would be another route."""
    event = load_event("get-user")
    set_path_parameter(event, "userId", user_id)
    assert routed_by_resource(event | {"path": f"/service{event['path']}"})["path"] == path
