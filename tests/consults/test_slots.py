"""When an advisor can be booked: a table over daylight saving, and a brute-force oracle."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consults.slots import Rule, cells, free_slots, merge, within_cap, working_spans

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAILY = [Rule(weekday, 9 * 60, 17 * 60) for weekday in range(7)]


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def work(zone: str, day: date, start: int, end: int) -> list[tuple[int, int]]:
    return working_spans([Rule(day.weekday(), start, end)], {}, zone, day, day)


@pytest.mark.parametrize(
    ("zone", "day", "start", "end", "expected"),
    [
        # afternoons keep their wall time on the day the clocks change
        ("America/New_York", "2027-03-13", 13 * 60, 18 * 60, ("2027-03-13T18:00Z", "2027-03-13T23:00Z")),
        ("America/New_York", "2027-03-14", 13 * 60, 18 * 60, ("2027-03-14T17:00Z", "2027-03-14T22:00Z")),
        ("America/New_York", "2026-11-01", 13 * 60, 18 * 60, ("2026-11-01T18:00Z", "2026-11-01T23:00Z")),
        ("Europe/Paris", "2027-03-27", 13 * 60, 18 * 60, ("2027-03-27T12:00Z", "2027-03-27T17:00Z")),
        ("Europe/Paris", "2027-03-28", 13 * 60, 18 * 60, ("2027-03-28T11:00Z", "2027-03-28T16:00Z")),
        ("Australia/Sydney", "2026-10-04", 13 * 60, 18 * 60, ("2026-10-04T02:00Z", "2026-10-04T07:00Z")),
        ("Australia/Sydney", "2027-04-04", 13 * 60, 18 * 60, ("2027-04-04T03:00Z", "2027-04-04T08:00Z")),
        ("Asia/Tokyo", "2027-03-28", 13 * 60, 18 * 60, ("2027-03-28T04:00Z", "2027-03-28T09:00Z")),
        # through the gap an hour is missing, through the fold there is one more
        ("America/New_York", "2027-03-14", 0, 6 * 60, ("2027-03-14T05:00Z", "2027-03-14T10:00Z")),
        ("America/New_York", "2026-11-01", 0, 6 * 60, ("2026-11-01T04:00Z", "2026-11-01T11:00Z")),
        # half an hour only
        ("Australia/Lord_Howe", "2026-10-04", 0, 6 * 60, ("2026-10-03T13:30Z", "2026-10-03T19:00Z")),
        ("Australia/Lord_Howe", "2027-04-04", 0, 6 * 60, ("2027-04-03T13:00Z", "2027-04-03T19:30Z")),
        # the gap is at midnight: the day begins at one
        ("America/Santiago", "2026-09-06", 0, 6 * 60, ("2026-09-06T04:00Z", "2026-09-06T09:00Z")),
        # a start in the gap uses the offset before it; in the fold, the first of the two
        ("Europe/Paris", "2027-03-28", 150, 6 * 60, ("2027-03-28T01:30Z", "2027-03-28T04:00Z")),
        ("Europe/Paris", "2026-10-25", 150, 6 * 60, ("2026-10-25T00:30Z", "2026-10-25T05:00Z")),
        # past midnight
        ("Europe/Paris", "2026-11-24", 22 * 60, 26 * 60, ("2026-11-24T21:00Z", "2026-11-25T01:00Z")),
    ],
)
def test_wall_time_is_kept_when_the_clocks_change(zone, day, start, end, expected):
    assert work(zone, date.fromisoformat(day), start, end) == [(at(expected[0]), at(expected[1]))]


def test_vancouver_follows_the_rules_of_2026():
    day = date(2026, 12, 1)
    assert work("America/Vancouver", day, 540, 600)[0][0] == at("2026-12-01T16:00Z")


def test_a_rule_that_lies_in_the_gap_gives_no_time_backwards():
    assert work("America/New_York", date(2027, 3, 14), 150, 180) == []


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [
        ("America/New_York", date(2027, 3, 14), 17),
        ("Europe/Paris", date(2027, 3, 28), 11),
        ("America/New_York", date(2026, 11, 1), 18),
    ],
)
def test_an_afternoon_has_ten_half_hours_on_the_day_the_clocks_change(zone, day, hour):
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = free_slots(
        work(zone, day, 13 * 60, 18 * 60),
        [],
        minutes=30,
        step_minutes=30,
        notice=timedelta(0),
        window=timedelta(days=2),
        now=midnight - timedelta(days=1),
    )
    assert len(found) == 10
    assert found[0].starts_at.hour == hour


def test_an_override_replaces_the_day_and_an_empty_one_closes_it():
    tuesday, wednesday = date(2026, 11, 24), date(2026, 11, 25)
    overrides = {tuesday: [(600, 660)], wednesday: []}
    spans = working_spans(DAILY, overrides, "UTC", tuesday, wednesday)
    assert spans == [(at("2026-11-24T10:00Z"), at("2026-11-24T11:00Z"))]


def test_notice_and_window_are_both_included():
    morning = [(at("2026-11-24T09:00Z"), at("2026-11-24T12:00Z"))]
    found = free_slots(
        morning,
        [],
        minutes=30,
        step_minutes=30,
        notice=timedelta(minutes=60),
        window=timedelta(minutes=90),
        now=NOW,
    )
    assert [slot.starts_at.strftime("%H:%M") for slot in found] == ["10:00", "10:30"]


def test_a_pause_after_a_conversation_keeps_the_next_quarter_free():
    morning = [(at("2026-11-24T09:00Z"), at("2026-11-24T11:00Z"))]
    busy = [(at("2026-11-24T10:00Z"), at("2026-11-24T10:10Z"))]
    found = free_slots(
        morning,
        busy,
        minutes=30,
        step_minutes=15,
        notice=timedelta(0),
        window=timedelta(days=1),
        now=NOW,
        after_minutes=15,
    )
    assert [slot.starts_at.strftime("%H:%M") for slot in found] == ["09:00", "09:15", "10:15", "10:30"]


def test_a_length_that_is_not_positive_is_refused():
    with pytest.raises(ValueError):
        free_slots([], [], minutes=0, step_minutes=15, notice=timedelta(0), window=timedelta(0), now=NOW)


def test_a_full_day_is_not_offered():
    slots = free_slots(
        work("Europe/Paris", date(2026, 11, 24), 600, 720),
        [],
        minutes=30,
        step_minutes=30,
        notice=timedelta(0),
        window=timedelta(days=1),
        now=NOW - timedelta(hours=5),
    )
    assert within_cap(slots, [slots[0].starts_at], zone="Europe/Paris", cap=2) == slots
    assert within_cap(slots, [slots[0].starts_at] * 2, zone="Europe/Paris", cap=2) == []


def test_cells_cover_the_conversation_and_its_pause():
    taken = cells(NOW, NOW + timedelta(minutes=30), after_minutes=10)
    assert len(taken) == 8
    assert taken[0] == int(NOW.timestamp())
    odd = cells(NOW + timedelta(minutes=2), NOW + timedelta(minutes=31))
    assert odd[0] == int(NOW.timestamp()) and len(odd) == 7


BASE = int(NOW.timestamp())
MINUTES = st.integers(0, 600)
SPANS = st.lists(st.tuples(MINUTES, MINUTES).map(lambda s: (BASE + 60 * s[0], BASE + 60 * s[1])), max_size=5)


@given(
    working=SPANS,
    busy=SPANS,
    minutes=st.integers(1, 90),
    step=st.integers(1, 45),
    notice=st.integers(0, 120),
    window=st.integers(0, 600),
    before=st.integers(0, 20),
    after=st.integers(0, 20),
)
def test_free_times_are_those_a_minute_by_minute_search_finds(
    working, busy, minutes, step, notice, window, before, after
):
    found = free_slots(
        working,
        busy,
        minutes=minutes,
        step_minutes=step,
        notice=timedelta(minutes=notice),
        window=timedelta(minutes=window),
        now=NOW,
        before_minutes=before,
        after_minutes=after,
    )
    at_work = {m for s, e in working for m in range(s, e, 60)}
    taken = {m for s, e in busy for m in range(s, e, 60)}
    wanted, begun = [], 0
    for start in range(BASE, BASE + 700 * 60, 60):
        if start in at_work and start - 60 not in at_work:
            begun = start
        inside = all(m in at_work for m in range(start, start + 60 * minutes, 60))
        free = all(m not in taken for m in range(start - 60 * before, start + 60 * (minutes + after), 60))
        on_grid = start in at_work and (start - begun) % (60 * step) == 0
        if inside and free and on_grid and BASE + 60 * notice <= start <= BASE + 60 * window:
            wanted.append(start)
    assert [int(slot.starts_at.timestamp()) for slot in found] == wanted


@given(SPANS)
def test_merging_keeps_the_same_minutes_in_disjoint_order(spans):
    merged = merge(spans)
    assert {m for s, e in merged for m in range(s, e, 60)} == {m for s, e in spans for m in range(s, e, 60)}
    assert all(a[1] < b[0] for a, b in pairwise(merged))
