"""Checks of the content of thumbnails."""

import pytest

from tests.helpers.pictures import QUADRANTS, Colour, colour, opened
from users.adapters.images import DAMAGED, NOT_AN_IMAGE, THUMBNAIL_SIZES, TOO_MANY_PIXELS, make_thumbnails
from users.domain.errors import InvalidImageError

TOLERANCE = 12  # of 255: the loss of a JPEG of quality 80 in an area of one colour


def like(expected: Colour) -> object:
    """Equal to any similar colour."""
    return pytest.approx(expected, abs=TOLERANCE)


def check_quadrants(original: bytes) -> None:
    """All thumbnails have their size and the four colours in their places."""
    thumbnails = make_thumbnails(original)
    assert {name: opened(thumbnail).size for name, thumbnail in thumbnails.items()} == {
        "small": (150, 150),
        "medium": (300, 300),
        "large": (600, 600),
    }
    for thumbnail in thumbnails.values():
        assert {place: colour(thumbnail, place) for place in QUADRANTS} == {
            place: like(expected) for place, expected in QUADRANTS.items()
        }


def refusal(original: bytes) -> str | None:
    """Why a picture is refused; None if it is not."""
    try:
        thumbnails = make_thumbnails(original)
    except InvalidImageError as error:
        reason = error.reason
    else:
        assert set(thumbnails) == set(THUMBNAIL_SIZES)
        return None
    assert reason in {NOT_AN_IMAGE, TOO_MANY_PIXELS, DAMAGED}
    return reason
