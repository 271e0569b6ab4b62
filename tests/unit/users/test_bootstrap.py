"""Composition root."""

from collections.abc import Callable

import pytest

from tests.helpers.environment import prepare
from users import bootstrap


@pytest.mark.parametrize(
    ("function", "build"),
    [
        ("UsersApiFunction", bootstrap.user_repository),
        ("UsersApiFunction", bootstrap.image_store),
        ("UserStreamFunction", bootstrap.change_publisher),
        ("UserEventsFunction", bootstrap.reactions),
        ("ThumbnailsFunction", bootstrap.thumbnail_service),
        ("CleanupFunction", bootstrap.temporary_images),
    ],
)
def test_collaborators_are_built_once(
    monkeypatch: pytest.MonkeyPatch, function: str, build: Callable[[], object]
) -> None:
    """For each execution environment."""
    prepare(monkeypatch, function)
    assert build() is build()
