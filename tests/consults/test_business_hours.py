"""A promise in a house's own hours, in three zones, over nights, Sundays, holidays and both changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consults.business_hours import NeverOpen, due_at, minutes_between, next_allowed
from consults.rungs import ORDER, Rung, after, half
from consults.slots import Rule, span

WEEK = tuple(Rule(day, 10 * 60, 19 * 60) for day in range(6))
SPLIT = tuple(Rule(day, *hours) for day in range(5) for hours in ((9 * 60, 12 * 60 + 30), (14 * 60, 18 * 60)))
PARIS, NEW_YORK, TOKYO = "Europe/Paris", "America/New_York", "Asia/Tokyo"
CHRISTMAS = {date(2026, 12, 25)}


def wall(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def due(zone, start, minutes, holidays=(), opening=WEEK):
    return due_at(wall(zone, start), minutes, opening=opening, holidays=holidays, zone=zone)


@pytest.mark.parametrize(
    ("why", "zone", "start", "minutes", "answer"),
    [
        ("in the middle of a day", PARIS, "2026-11-24 10:30", 120, "2026-11-24 12:30"),
        ("from before it opens", PARIS, "2026-11-24 07:00", 120, "2026-11-24 12:00"),
        ("to the very minute it closes", PARIS, "2026-11-24 17:00", 120, "2026-11-24 19:00"),
        ("over a night", PARIS, "2026-11-24 18:30", 120, "2026-11-25 11:30"),
        ("at the very minute it closes", PARIS, "2026-11-24 19:00", 30, "2026-11-25 10:30"),
        ("over a Sunday", PARIS, "2026-11-28 18:00", 120, "2026-11-30 11:00"),
        ("on a Sunday", NEW_YORK, "2026-11-29 12:00", 30, "2026-11-30 10:30"),
        ("over Christmas and a Sunday", PARIS, "2026-12-24 18:00", 600, "2026-12-26 19:00"),
        ("three days of a week", TOKYO, "2026-11-24 10:00", 3 * 9 * 60, "2026-11-26 19:00"),
        ("over the night the clock goes forward", PARIS, "2027-03-27 18:00", 120, "2027-03-29 11:00"),
        ("over the night the clock goes back", PARIS, "2026-10-24 18:00", 120, "2026-10-26 11:00"),
        ("forward in New York", NEW_YORK, "2027-03-13 18:30", 60, "2027-03-15 10:30"),
        ("back in New York", NEW_YORK, "2026-10-31 18:30", 60, "2026-11-02 10:30"),
        ("Tokyo never changes", TOKYO, "2027-03-27 18:00", 120, "2027-03-29 11:00"),
    ],
)
def test_a_promise_is_due_when_its_open_minutes_are_over(why, zone, start, minutes, answer):
    assert due(zone, start, minutes, CHRISTMAS) == wall(zone, answer), why
    back = minutes_between(wall(zone, start), wall(zone, answer), opening=WEEK, holidays=CHRISTMAS, zone=zone)
    assert back == minutes


ALL_NIGHT = (Rule(5, 20 * 60, 32 * 60), Rule(6, 0, 1440))  # Saturday 20:00 to Sunday 8:00, and all Sunday


@pytest.mark.parametrize(
    ("start", "minutes", "answer"),
    [
        # 02:00 to 03:00 of Sunday 28 March does not exist: seven hours later is nine o'clock.
        ("2027-03-28T00:30+01:00", 420, "2027-03-28T08:30+02:00"),
        # 02:00 to 03:00 of Sunday 25 October is twice.
        ("2026-10-25T00:30+02:00", 420, "2026-10-25T06:30+01:00"),
        ("2026-10-25T02:59+02:00", 2, "2026-10-25T02:01+01:00"),
    ],
)
def test_a_house_open_through_the_change_counts_real_minutes(start, minutes, answer):
    begun, ended = datetime.fromisoformat(start), datetime.fromisoformat(answer)
    assert due_at(begun, minutes, opening=ALL_NIGHT, holidays=(), zone=PARIS) == ended
    assert ended - begun == timedelta(minutes=minutes)


def test_hours_over_midnight_belong_to_the_day_they_begin():
    friday_night = (Rule(4, 22 * 60, 26 * 60),)
    saturday = wall(PARIS, "2026-11-28 00:30")
    assert due_at(saturday, 60, opening=friday_night, holidays=(), zone=PARIS) == wall(PARIS, "2026-11-28 01:30")
    closed = {date(2026, 11, 27)}
    assert due_at(saturday, 60, opening=friday_night, holidays=closed, zone=PARIS) == wall(PARIS, "2026-12-04 23:00")


def test_the_same_instant_is_due_at_different_times_in_three_boutiques():
    start = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # 17:00 in Paris, 11:00 in New York, 01:00 in Tokyo
    found = {z: due_at(start, 180, opening=WEEK, holidays=(), zone=z) for z in (PARIS, NEW_YORK, TOKYO)}
    assert found == {
        PARIS: wall(PARIS, "2026-11-25 11:00"),
        NEW_YORK: wall(NEW_YORK, "2026-11-24 14:00"),
        TOKYO: wall(TOKYO, "2026-11-25 13:00"),
    }


def test_nothing_is_promised_for_no_time_or_by_a_house_that_never_opens():
    with pytest.raises(ValueError, match="one minute"):
        due(PARIS, "2026-11-24 10:00", 0)
    with pytest.raises(NeverOpen):
        due(PARIS, "2026-11-24 10:00", 30, opening=())
    with pytest.raises(NeverOpen):
        closed = {date(2026, 11, 24) + timedelta(days=n) for n in range(500)}
        due(PARIS, "2026-11-24 10:00", 30, holidays=closed)


def test_time_that_runs_backwards_holds_no_minutes():
    later, sooner = wall(PARIS, "2026-11-24 12:00"), wall(PARIS, "2026-11-24 11:00")
    assert minutes_between(later, sooner, opening=WEEK, holidays=(), zone=PARIS) == 0


# --- held against a plainer way: walk the minutes, look at the clock on the wall


def open_by_the_wall(at, opening, holidays, zone):
    """Rules of these tests begin and end by day, so that no boundary lies in a change of the clock."""
    here = at.astimezone(ZoneInfo(zone))
    minute = here.hour * 60 + here.minute
    today = [rule for rule in opening if rule.weekday == here.weekday()]
    return here.date() not in holidays and any(r.start_minute <= minute < r.end_minute for r in today)


def walked(start, minutes, opening, holidays, zone):
    at, left = start, minutes
    while True:
        left -= open_by_the_wall(at, opening, holidays, zone)
        at += timedelta(minutes=1)
        if not left:
            return at


hours = st.tuples(st.integers(4 * 60, 22 * 60), st.integers(2 * 60, 6 * 60)).map(
    lambda h: (h[0], min(h[0] + h[1], 1440))
)
weeks = st.lists(st.tuples(st.integers(0, 6), hours), min_size=1, max_size=8).map(
    lambda rules: tuple(Rule(day, *span_) for day, span_ in rules)
)
zones = st.sampled_from([PARIS, NEW_YORK, TOKYO, "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns"])
# Around both changes of the north and of the south, in 2026 and 2027, and anywhere between.
starts = st.one_of(
    st.integers(0, 600 * 1440).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m)),
    st.tuples(
        st.sampled_from([date(2026, *d) for d in ((3, 28), (10, 24), (3, 7), (10, 31), (4, 4), (10, 3))]),
        st.integers(0, 3 * 1440),
    ).map(lambda s: datetime.combine(s[0], time(), UTC) + timedelta(minutes=s[1])),
)
closed_days = st.sets(st.integers(0, 700).map(lambda n: date(2026, 1, 1) + timedelta(days=n)), max_size=6)


@settings(max_examples=80, deadline=None)
@given(start=starts, minutes=st.integers(1, 300), opening=weeks, holidays=closed_days, zone=zones)
def test_it_is_the_same_as_walking_minute_by_minute(start, minutes, opening, holidays, zone):
    found = due_at(start, minutes, opening=opening, holidays=holidays, zone=zone)
    assert found == walked(start, minutes, opening, holidays, zone)
    assert minutes_between(start, found, opening=opening, holidays=holidays, zone=zone) == minutes


@settings(max_examples=150, deadline=None)
@given(
    start=starts, minutes=st.integers(1, 900), more=st.integers(0, 500), opening=weeks, holidays=closed_days, zone=zones
)
def test_more_time_or_a_later_start_is_never_due_sooner(start, minutes, more, opening, holidays, zone):
    about = {"opening": opening, "holidays": holidays, "zone": zone}
    due_then = due_at(start, minutes, **about)
    assert due_at(start, minutes + more, **about) >= due_then
    assert due_at(start + timedelta(minutes=more), minutes, **about) >= due_then
    assert due_then > start


@settings(max_examples=150, deadline=None)
@given(
    start=starts, minutes=st.integers(1, 900), opening=weeks, holidays=closed_days, zone=zones, n=st.integers(0, 700)
)
def test_another_holiday_never_makes_it_earlier(start, minutes, opening, holidays, zone, n):
    about = {"opening": opening, "zone": zone}
    one_more = holidays | {date(2026, 1, 1) + timedelta(days=n)}
    assert due_at(start, minutes, holidays=one_more, **about) >= due_at(start, minutes, holidays=holidays, **about)


# --- when somebody may be texted

DAYS = tuple(Rule(day, 10 * 60, 18 * 60) for day in range(5))
NIGHT = (21 * 60, 8 * 60)


@pytest.mark.parametrize(
    ("why", "at", "working", "quiet", "allowed"),
    [
        ("at work", "2026-11-24 11:00", DAYS, NIGHT, "2026-11-24 11:00"),
        ("at night", "2026-11-24 23:30", DAYS, NIGHT, "2026-11-25 10:00"),
        ("before dawn", "2026-11-24 05:00", DAYS, NIGHT, "2026-11-24 10:00"),
        ("after work, before the night", "2026-11-24 18:00", DAYS, NIGHT, "2026-11-25 10:00"),
        ("on Friday evening", "2026-11-27 19:00", DAYS, NIGHT, "2026-11-30 10:00"),
        ("without working hours, by day", "2026-11-29 12:00", (), NIGHT, "2026-11-29 12:00"),
        ("without working hours, at night", "2026-11-29 22:00", (), NIGHT, "2026-11-30 08:00"),
        ("a late shift that runs into the night", "2026-11-24 21:30", (Rule(1, 840, 1380),), NIGHT, "2026-12-01 14:00"),
        ("quiet by day", "2026-11-24 12:30", DAYS, (12 * 60, 14 * 60), "2026-11-24 14:00"),
        ("never quiet", "2026-11-24 23:30", (), (0, 0), "2026-11-24 23:30"),
    ],
)
def test_a_text_waits_for_the_next_minute_it_may_come(why, at, working, quiet, allowed):
    found = next_allowed(wall(PARIS, at), working=working, zone=PARIS, quiet=quiet)
    assert found == wall(PARIS, allowed), why


def test_days_off_are_left_in_peace_too():
    off = [span(wall(PARIS, "2026-11-23 00:00"), wall(PARIS, "2026-11-25 15:00"))]
    at = wall(PARIS, "2026-11-24 11:00")
    assert next_allowed(at, working=DAYS, zone=PARIS, quiet=NIGHT, away=off) == wall(PARIS, "2026-11-25 15:00")
    for_good = [span(at, at + timedelta(days=900))]
    assert next_allowed(at, working=DAYS, zone=PARIS, quiet=NIGHT, away=for_good) is None


def test_the_quiet_hours_are_those_of_the_advisors_own_clock():
    at = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)  # 13:30 in Paris, 07:30 in New York, 21:30 in Tokyo
    found = {z: next_allowed(at, working=(), zone=z, quiet=NIGHT) for z in (PARIS, NEW_YORK, TOKYO)}
    assert found == {PARIS: at, NEW_YORK: wall(NEW_YORK, "2026-11-24 08:00"), TOKYO: wall(TOKYO, "2026-11-25 08:00")}


def test_the_ladder_has_four_rungs_and_ends():
    assert [after(rung) for rung in ORDER] == [Rung.DEPUTY, Rung.MANAGER, Rung.POOL, None]
    assert (half(120), half(30), half(1)) == (60, 15, 1)
