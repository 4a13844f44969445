"""When a text may come, over every night there is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.quiet_hours import QuietHours

NIGHT = (21 * 60, 8 * 60)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "zone", "now", "then"),
    [
        # New York goes back from 02:00 to 01:00 on 1 November 2026, at 06:00 in UTC: the hour from one comes twice.
        pytest.param((0, 105), "America/New_York", "2026-11-01T05:30", "2026-11-01T05:45", id="in the first of two"),
        pytest.param((0, 105), "America/New_York", "2026-11-01T06:10", "2026-11-01T06:45", id="quiet in both of two"),
        pytest.param((0, 105), "America/New_York", "2026-11-01T05:50", "2026-11-01T05:50", id="between the two"),
        pytest.param((1320, 120), "America/New_York", "2026-11-01T06:59", "2026-11-01T07:00", id="two is two once"),
        # Paris goes on from 02:00 to 03:00 on 28 March 2027, at 01:00 in UTC: there is no half past two.
        pytest.param((1320, 150), "Europe/Paris", "2027-03-28T00:30", "2027-03-28T01:30", id="an end that never comes"),
        pytest.param((200, 150), "Europe/Paris", "2027-03-28T00:30", "2027-03-29T00:30", id="no minute that day"),
        pytest.param(NIGHT, "Australia/Lord_Howe", "2026-10-03T15:00", "2026-10-03T21:00", id="clocks go on by half"),
        pytest.param(NIGHT, "Asia/Kathmandu", "2026-11-24T15:15", "2026-11-25T02:15", id="a zone of quarters"),
        pytest.param(NIGHT, "Pacific/Kiritimati", "2026-12-31T07:00", "2026-12-31T18:00", id="over the end of a year"),
        pytest.param(NIGHT, "UTC", "2028-02-28T22:00", "2028-02-29T08:00", id="into a leap day"),
        pytest.param((0, 1439), "UTC", "2026-11-24T00:00", "2026-11-24T23:59", id="all day but a minute"),
        pytest.param((480, 480), "UTC", "2026-11-24T08:00", "2026-11-24T08:00", id="equal ones are never"),
    ],
)
def test_a_text_waits_for_the_end_of_the_night_whatever_the_clocks_do(
    quiet: tuple[int, int], zone: str, now: str, then: str
) -> None:
    assert QuietHours(*quiet, zone).after(utc(now)) == utc(then)


@given(
    at=st.integers(1_767_225_600, 1_830_297_600),  # two years of seconds
    begins=st.integers(0, 1439),
    until=st.integers(0, 1439),
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"]),
)
@example(at=1_793_514_600, begins=0, until=105, zone="America/New_York")  # the second half past one of that night
@example(at=1_806_193_800, begins=200, until=150, zone="Europe/Paris")
def test_the_next_minute_is_outside_of_them_never_in_the_past_and_soon(
    at: int, begins: int, until: int, zone: str
) -> None:
    quiet, now = QuietHours(begins, until, zone), datetime.fromtimestamp(at, UTC)
    found = quiet.after(now)
    assert now <= found <= now + timedelta(hours=50) and quiet.after(found) == found
    assert found == now or found.astimezone(ZoneInfo(zone)).second == 0


@given(st.integers(0, 1439), st.integers(0, 1439), st.sampled_from(["UTC", "America/Argentina/Buenos_Aires"]))
def test_a_row_keeps_them_as_they_were(begins: int, until: int, zone: str) -> None:
    quiet = QuietHours(begins, until, zone)
    assert QuietHours.of_text(quiet.as_text()) == quiet and QuietHours.of_text("") is None


def test_the_answer_is_in_the_zone_it_was_asked_in() -> None:
    asked = datetime(2026, 11, 24, 23, 0, tzinfo=ZoneInfo("Asia/Tokyo"))  # 15:00 in Paris
    assert QuietHours(14 * 60, 16 * 60, "Europe/Paris").after(asked) == datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert QuietHours(14 * 60, 16 * 60, "Europe/Paris").after(asked).tzinfo == ZoneInfo("Asia/Tokyo")
