"""Users, their changes, and times."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from users.domain.user import UserChanges, format_time, now, parse_time


class TestUserChanges:
    """Changes are true when there are any."""

    @pytest.mark.parametrize("changes", [UserChanges(name="x"), UserChanges(email="x"), UserChanges(name="")])
    def test_true_when_a_field_changes(self, changes: UserChanges) -> None:
        assert changes

    def test_false_when_none_does(self) -> None:
        assert not UserChanges()


class TestTime:
    """Times are UTC, to the millisecond."""

    def test_now_is_cut_to_the_millisecond(self) -> None:
        before = datetime.now(UTC)
        time = now()
        assert before - timedelta(milliseconds=1) < time <= datetime.now(UTC)
        assert time.microsecond % 1000 == 0
        assert parse_time(format_time(time)) == time

    @pytest.mark.parametrize(
        ("time", "text"),
        [
            (datetime(2026, 11, 20, 12, tzinfo=UTC), "2026-11-20T12:00:00.000Z"),
            (datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=UTC), "2026-01-02T03:04:05.006Z"),
            (datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), "2025-12-31T23:30:00.000Z"),
        ],
    )
    def test_rfc_3339_with_milliseconds(self, time: datetime, text: str) -> None:
        assert format_time(time) == text
        assert parse_time(text) == time
