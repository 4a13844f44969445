"""On which morning a carrier comes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.collection_days import first_visit, may_still_change, next_window, windows

PARIS = "Europe/Paris"
ZONES = st.sampled_from([PARIS, "America/New_York", "Asia/Tokyo", "Pacific/Auckland"])
MOMENTS = st.integers(0, 2_100_000).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("2026-11-24T09:00+00:00", "2026-11-25T08:00+00:00"),  # Tuesday, so Wednesday
        ("2026-11-27T15:00+00:00", "2026-11-30T08:00+00:00"),  # Friday, so Monday
        ("2026-11-28T09:00+00:00", "2026-11-30T08:00+00:00"),  # Saturday
        ("2026-11-26T23:30+00:00", "2026-11-30T08:00+00:00"),  # Friday already in Paris
        ("2026-03-27T12:00+00:00", "2026-03-30T07:00+00:00"),  # the clocks went forward on Sunday
        ("2026-10-23T12:00+00:00", "2026-10-26T08:00+00:00"),  # and back
    ],
)
def test_the_next_working_morning_in_the_clients_own_zone(now: str, starts: str) -> None:
    window = next_window(datetime.fromisoformat(now), PARIS)
    assert window.starts_at == datetime.fromisoformat(starts)
    assert (window.ends_at - window.starts_at).total_seconds() == 3 * 3600


@pytest.mark.parametrize(
    ("after", "starts"),
    [
        pytest.param(None, "2026-11-25T08:00+00:00", id="no conversation"),
        pytest.param("2026-11-24T22:30+00:00", "2026-11-25T08:00+00:00", id="this evening"),
        pytest.param("2026-11-25T08:00+00:00", "2026-11-25T08:00+00:00", id="over as the first begins"),
        pytest.param("2026-11-25T08:30+00:00", "2026-11-25T12:00+00:00", id="that morning, so the afternoon"),
        pytest.param("2026-11-25T16:30+00:00", "2026-11-26T08:00+00:00", id="that afternoon, so the day behind it"),
        pytest.param("2026-11-28T10:00+00:00", "2026-11-30T08:00+00:00", id="on Saturday, so Monday"),
        pytest.param("2026-12-01T11:30+00:00", "2026-12-01T12:00+00:00", id="on the last day that is offered"),
        pytest.param("2026-12-01T12:30+00:00", "2026-11-25T08:00+00:00", id="later, and nobody waits so long"),
    ],
)
def test_nobody_comes_before_a_conversation_unless_it_is_far_off(after: str | None, starts: str) -> None:
    now = datetime.fromisoformat("2026-11-24T09:00+00:00")  # Tuesday
    window = first_visit(now, PARIS, after=datetime.fromisoformat(after) if after else None)
    assert window.starts_at == datetime.fromisoformat(starts)


@given(MOMENTS, ZONES, st.none() | st.integers(-100, 500))
def test_the_first_visit_is_one_of_those_offered(now: datetime, zone: str, hours: int | None) -> None:
    after = None if hours is None else now + timedelta(hours=hours)
    assert first_visit(now, zone, after=after) in windows(now, zone)


@given(MOMENTS, ZONES)
def test_it_is_always_to_come_within_four_days(now: datetime, zone: str) -> None:
    ahead = next_window(now, zone).starts_at - now
    assert 0 < ahead.total_seconds() <= 4 * 86_400


@pytest.mark.parametrize(
    ("now", "zone", "days"),
    [
        pytest.param("2026-11-24T09:00+00:00", PARIS, "25 26 27 30 01", id="over a weekend and a month's end"),
        pytest.param("2026-12-30T09:00+00:00", PARIS, "31 01 04 05 06", id="over a year's end"),
        pytest.param("2028-02-27T12:00+00:00", PARIS, "28 29 01 02 03", id="over the 29th of February"),
        pytest.param("2026-11-24T16:00+00:00", "Asia/Tokyo", "26 27 30 01 02", id="Wednesday already in Tokyo"),
        pytest.param("2026-11-27T08:00+00:00", "Pacific/Honolulu", "27 30 01 02 03", id="Thursday still in Honolulu"),
    ],
)
def test_five_working_days_are_offered_each_with_a_morning_and_an_afternoon(now: str, zone: str, days: str) -> None:
    offered = windows(datetime.fromisoformat(now), zone)
    local = [(one.starts_at.astimezone(ZoneInfo(zone)), one.ends_at.astimezone(ZoneInfo(zone))) for one in offered]
    assert [f"{start:%d}" for start, _ in local[::2]] == days.split()
    assert {(f"{start:%H:%M}", f"{end:%H:%M}") for start, end in local} == {("09:00", "12:00"), ("13:00", "17:00")}
    assert all(before.date() == after.date() for (before, _), (after, _) in zip(local[::2], local[1::2], strict=True))


def test_the_first_that_is_offered_is_the_one_booked_by_itself() -> None:
    now = datetime(2026, 11, 27, 15, tzinfo=UTC)
    assert windows(now, PARIS, days=1)[0] == next_window(now, PARIS)
    assert len(windows(now, PARIS, days=1)) == 2


@given(MOMENTS, ZONES, st.integers(1, 12))
def test_no_visit_is_offered_twice_nor_at_a_weekend_nor_today(now: datetime, zone: str, days: int) -> None:
    offered = windows(now, zone, days=days)
    starts = [one.starts_at.astimezone(ZoneInfo(zone)) for one in offered]
    assert len(offered) == 2 * days and starts == sorted(set(starts))
    assert all(start.weekday() < 5 and start.date() > now.astimezone(ZoneInfo(zone)).date() for start in starts)
    assert all(may_still_change(one.starts_at, now, zone) for one in offered)


@pytest.mark.parametrize(
    ("now", "zone", "may"),
    [
        pytest.param("2026-11-24T22:59+00:00", PARIS, True, id="a minute before midnight of the day before"),
        pytest.param("2026-11-24T23:00+00:00", PARIS, False, id="midnight in Paris: the round is made"),
        pytest.param("2026-11-25T07:59+00:00", PARIS, False, id="a minute before they ring"),
        pytest.param("2026-11-26T09:00+00:00", PARIS, False, id="the day after"),
        pytest.param("2026-11-25T04:59+00:00", "America/New_York", True, id="by the client's clock, not by ours"),
    ],
)
def test_a_visit_may_be_moved_until_the_evening_before(now: str, zone: str, may: bool) -> None:
    visit = datetime(2026, 11, 25, 8 if zone == PARIS else 14, tzinfo=UTC)
    assert may_still_change(visit, datetime.fromisoformat(now), zone) is may
