"""Time is aware, in UTC, and its zones are those of the pinned tables."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kit import clock


def test_british_columbia_stays_on_utc_minus_seven_from_2026_on() -> None:
    clock.check_zones()
    nine = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("America/Vancouver"))
    assert nine.astimezone(UTC).hour == 16


def test_old_tables_stop_the_process_at_start(monkeypatch) -> None:
    monkeypatch.setattr(clock, "ZoneInfo", lambda _name: ZoneInfo("America/Los_Angeles"))
    with pytest.raises(RuntimeError, match="tzdata"):
        clock.check_zones()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-20T16:05:40.000000Z", datetime(2026, 11, 20, 16, 5, 40, tzinfo=UTC)),
        ("2026-11-02T15:41:20-05:00", datetime(2026, 11, 2, 20, 41, 20, tzinfo=UTC)),
        ("2026-11-02T15:41:20+05:30", datetime(2026, 11, 2, 10, 11, 20, tzinfo=UTC)),
        ("2026-11-20T16:05:40.123456789Z", datetime(2026, 11, 20, 16, 5, 40, 123456, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_with_its_offset_and_kept_in_utc(text, instant) -> None:
    found = clock.parse_instant(text)
    assert found == instant and found.tzinfo is UTC


@pytest.mark.parametrize("text", ["2026-11-20T16:05:40", "2026-11-20", "", "yesterday", "2026-13-01T00:00:00Z"])
def test_a_naive_or_malformed_time_is_refused(text) -> None:
    with pytest.raises(ValueError):
        clock.parse_instant(text)


def test_now_is_aware() -> None:
    assert clock.now().tzinfo is UTC
