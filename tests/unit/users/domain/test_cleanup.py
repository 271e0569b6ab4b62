"""Temporary objects do not stay."""

from datetime import timedelta

from tests.helpers.builders import NOON
from tests.helpers.port_fakes import InMemoryImageStore
from users.domain.cleanup import LIFETIME, delete_temporary


class TestDeleteTemporary:
    """What has lain there for longer than its lifetime goes."""

    def test_lifetime_is_seven_days(self) -> None:
        assert timedelta(days=7) == LIFETIME

    def test_deletes_old_ones_page_by_page(self) -> None:
        images = InMemoryImageStore(*(f"temp/{number}" for number in range(5)), page_size=2)
        assert delete_temporary(images, NOON + LIFETIME) == 5
        assert images.keys == set()
        assert [len(keys) for keys in images.deletions] == [2, 2, 1]

    def test_leaves_young_ones_and_others(self) -> None:
        images = InMemoryImageStore("temp/a", "uploads/1/a", "temporary")
        assert delete_temporary(images, NOON + LIFETIME - timedelta(milliseconds=1)) == 0
        assert delete_temporary(images, NOON + 2 * LIFETIME) == 1
        assert images.keys == {"uploads/1/a", "temporary"}
