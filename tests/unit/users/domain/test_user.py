"""Times are UTC, to the millisecond."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from users.domain.user import format_time, now, parse_time


def test_now_is_truncated_to_the_millisecond() -> None:
    """As it is stored and shown."""
    before, time, after = datetime.now(UTC), now(), datetime.now(UTC)
    assert before - timedelta(milliseconds=1) < time <= after
    assert parse_time(format_time(time)) == time


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 11, 20, 12, tzinfo=UTC), "2026-11-20T12:00:00.000Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=UTC), "2026-01-02T03:04:05.006Z"),
        (datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), "2025-12-31T23:30:00.000Z"),
    ],
)
def test_format_is_rfc_3339_with_milliseconds(time: datetime, text: str) -> None:
    """And can be parsed again."""
    assert format_time(time) == text
    assert parse_time(text) == time
