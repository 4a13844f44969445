"""The days on which an entry repeats, beside what dateutil finds."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from consults.feed_words import FeedTrouble, FeedUnreadable
from consults.recurrence import NotFollowed, Purse, days_of, read_rule

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def ours(text: str, first: date, since: date, until: date) -> list[date]:
    return list(days_of(read_rule(text), first, since, until, Purse(100_000)))


def theirs(text: str, first: date, since: date, until: date) -> list[date]:
    rule = rrulestr(text, dtstart=datetime.combine(first, time()))
    found = rule.between(datetime.combine(since, time()), datetime.combine(until, time()), inc=True)
    return [at.date() for at in found]


numbered = st.tuples(st.sampled_from([1, 2, 3, 4, 5, -1, -2]), st.sampled_from(WEEKDAYS)).map(lambda d: f"{d[0]}{d[1]}")
plain = st.lists(st.sampled_from(WEEKDAYS), unique=True, max_size=3)
month_days = st.lists(st.sampled_from([1, 2, 13, 28, 29, 30, 31, -1, -2, -31]), unique=True, max_size=2)
months = st.lists(st.integers(1, 12), unique=True, max_size=2)


@st.composite
def rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 5))}"]
    days = draw(plain if freq in ("DAILY", "WEEKLY") else st.one_of(plain, st.lists(numbered, unique=True, max_size=2)))
    inside = draw(month_days) if freq in ("DAILY", "MONTHLY", "YEARLY") else []
    # By the year, a numbered weekday with a day of the month is read differently from program to program.
    inside = [] if freq == "YEARLY" and days else inside
    chosen = draw(months)
    for name, values in (("BYDAY", days), ("BYMONTHDAY", inside), ("BYMONTH", chosen)):
        if values:
            parts.append(f"{name}={','.join(map(str, values))}")
    if freq == "MONTHLY" and (days or inside) and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, 2, -1]))}")
    if freq == "WEEKLY":
        parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 40))}")
    return ";".join(parts)


@settings(max_examples=300, deadline=None)
@given(rule=rules(), first=st.dates(date(2019, 1, 1), date(2027, 12, 31)), ahead=st.integers(-400, 900))
def test_an_entry_repeats_on_the_days_that_dateutil_finds(rule: str, first: date, ahead: int) -> None:
    since = first + timedelta(days=ahead)
    until = since + timedelta(days=200)
    assert ours(rule, first, since, until) == theirs(rule, first, since, until)


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=30", "FREQ=HOURLY;COUNT=2"])
def test_what_repeats_within_a_day_is_not_followed(rule: str) -> None:
    with pytest.raises(FeedUnreadable) as refused:
        read_rule(rule)
    assert refused.value.trouble is FeedTrouble.TOO_OFTEN


@pytest.mark.parametrize(
    "rule", ["FREQ=YEARLY;BYWEEKNO=20", "FREQ=DAILY;BYHOUR=9,11", "FREQ=DAILY;INTERVAL=0", "", "FREQ=DAILY;COUNT=x"]
)
def test_a_rule_of_another_kind_is_left_out_and_not_guessed(rule: str) -> None:
    with pytest.raises(NotFollowed):
        read_rule(rule)


def test_a_rule_that_never_comes_true_costs_no_more_than_its_window() -> None:
    purse = Purse(200)
    never = read_rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    assert list(days_of(never, date(1970, 1, 1), date(2026, 11, 24), date(2027, 3, 1), purse)) == []
    assert purse.left > 90


def test_a_count_from_long_ago_is_walked_only_while_the_purse_lasts() -> None:
    with pytest.raises(FeedUnreadable):
        list(
            days_of(read_rule("FREQ=DAILY;COUNT=99999"), date(1, 1, 1), date(2026, 1, 1), date(2026, 2, 1), Purse(1000))
        )


def test_the_end_of_all_years_ends_the_walk() -> None:
    assert ours("FREQ=YEARLY;INTERVAL=9999", date(2026, 1, 1), date(2026, 1, 1), date(9999, 12, 31)) == [
        date(2026, 1, 1)
    ]
