"""Temporary objects go when they are old enough."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from moto.s3.models import s3_backends

from tests.environment import ACCOUNT
from tests.events import load_event
from tests.integration.reactions.conftest import BUCKET, Calls, Handler, World


@pytest.fixture
def clean_up(function: Callable[..., Handler]) -> Handler:
    """CleanupFunction."""
    return function("CleanupFunction")


def grow_old(key: str, days: float) -> None:
    """Let an object be written some days ago."""
    stored = s3_backends[ACCOUNT]["aws"].buckets[BUCKET].keys[key]
    stored.last_modified = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)


class TestCleanup:
    """The daily clean-up."""

    def test_takes_what_is_older_than_seven_days(self, clean_up: Handler, world: World) -> None:
        ages = {"temp/old": 7.1, "temp/young": 6.9, "uploads/old": 30, "temporary": 30}
        for key, days in ages.items():
            world.put(key)
            grow_old(key, days)
        clean_up(load_event("cleanup"))
        assert world.keys() == ["temp/young", "temporary", "uploads/old"]

    def test_lists_and_deletes_a_thousand_in_a_call(self, clean_up: Handler, world: World) -> None:
        for number in range(2500):
            world.put(f"temp/{number}")
            grow_old(f"temp/{number}", 8)
        calls = Calls("s3")
        clean_up(load_event("cleanup"))
        assert sorted(calls.made) == 3 * ["DeleteObjects"] + 3 * ["ListObjectsV2"]
        assert world.keys() == []

    def test_is_not_done_when_an_object_stays(self, clean_up: Handler, world: World) -> None:
        world.put("temp/old")
        grow_old("temp/old", 8)
        refused = Calls("s3").answering("DeleteObjects", {"Errors": [{"Key": "temp/old", "Code": "x"}]})
        with refused, pytest.raises(Exception, match=r".*"):
            clean_up(load_event("cleanup"))
        clean_up(load_event("cleanup"))
        assert world.keys() == []

    def test_makes_no_delete_call_when_there_is_nothing(self, clean_up: Handler, world: World) -> None:
        world.put("temp/young")
        calls = Calls("s3")
        clean_up(load_event("cleanup"))
        assert calls.made == ["ListObjectsV2"]
