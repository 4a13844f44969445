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


@settings(max_examples=120, deadline=None)
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


def day(text: str) -> date:
    return date.fromisoformat(text)


# The examples of RFC 5545, 3.8.5.3, and what a person would slip on.
@pytest.mark.parametrize(
    ("rule", "first", "until", "days"),
    [
        pytest.param(
            "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09-02", "1998-01-01",
            "1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12", id="every ten days, five times",
        ),
        pytest.param(
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05", "1998-01-01",
            "1997-08-05 1997-08-10 1997-08-19 1997-08-24", id="every other week that begins on Monday",
        ),
        pytest.param(
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05", "1998-01-01",
            "1997-08-05 1997-08-17 1997-08-19 1997-08-31", id="every other week that begins on Sunday",
        ),
        pytest.param(
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1997-09-02", "2000-12-31",
            "1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13", id="every Friday the 13th",
        ),
        pytest.param(
            "FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "1999-12-31", "1997-05-19 1998-05-18 1999-05-17",
            id="the twentieth Monday of a year",
        ),
        pytest.param(
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996-11-05", "2004-12-31",
            "1996-11-05 2000-11-07 2004-11-02", id="an election",
        ),
        pytest.param("FREQ=MONTHLY", "2026-01-31", "2026-06-30", "2026-01-31 2026-03-31 2026-05-31", id="on the 31st"),
        pytest.param(
            "FREQ=YEARLY", "2024-02-29", "2033-01-01", "2024-02-29 2028-02-29 2032-02-29", id="on 29 February",
        ),
        pytest.param(
            "FREQ=MONTHLY;BYMONTHDAY=-1", "2027-12-31", "2028-03-31", "2027-12-31 2028-01-31 2028-02-29 2028-03-31",
            id="on the last day of each month",
        ),
        pytest.param(
            "FREQ=MONTHLY;BYDAY=-1FR", "2026-11-27", "2027-02-28", "2026-11-27 2026-12-25 2027-01-29 2027-02-26",
            id="on the last Friday",
        ),
        pytest.param(
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-11-30", "2027-02-28",
            "2026-11-30 2026-12-31 2027-01-29 2027-02-26", id="on the last working day",
        ),
        pytest.param(
            "FREQ=MONTHLY;BYDAY=5MO", "2026-11-30", "2027-05-31", "2026-11-30 2027-03-29 2027-05-31",
            id="on the fifth Monday, where there is one",
        ),
        pytest.param("freq=weekly;byday=mo;", "2026-11-23", "2026-12-01", "2026-11-23 2026-11-30", id="small letters"),
        pytest.param(
            "FREQ=DAILY;BYMONTHDAY=-1,1", "2026-11-29", "2027-01-01", "2026-11-30 2026-12-01 2026-12-31 2027-01-01",
            id="daily, but only at either end of a month",
        ),
        pytest.param("FREQ=DAILY;COUNT=0", "2026-11-23", "2026-12-01", "", id="no time at all"),
        pytest.param("FREQ=MONTHLY;BYMONTHDAY=0,32", "2026-11-23", "2027-12-01", "", id="on days there are not"),
        pytest.param("FREQ=YEARLY;BYMONTH=13", "2026-11-23", "2028-12-01", "", id="in a month there is not"),
    ],
)  # fmt: skip
def test_it_repeats_as_the_standard_shows(rule: str, first: str, until: str, days: str) -> None:
    assert ours(rule, day(first), day(first), day(until)) == [day(one) for one in days.split()]


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("INTERVAL=2", id="no word of how often"),
        pytest.param("FREQ=FORTNIGHTLY", id="a word of its own"),
        pytest.param("FREQ=DAILY;INTERVAL=10001", id="further apart than anybody means"),
        pytest.param("FREQ=DAILY;INTERVAL=-1", id="backwards"),
        pytest.param("FREQ=WEEKLY;BYDAY=XX", id="no such day"),
        pytest.param("FREQ=WEEKLY;BYDAY=M", id="half a day's name"),
        pytest.param("FREQ=WEEKLY;WKST=XX", id="a week that begins nowhere"),
        pytest.param("FREQ=MONTHLY;BYMONTHDAY=first", id="a day in words"),
        pytest.param("FREQ=YEARLY;BYYEARDAY=100", id="by the day of the year"),
        pytest.param("RSCALE=CHINESE;FREQ=YEARLY", id="by another calendar"),
        pytest.param(f"FREQ=DAILY;COUNT={'9' * 5000}", id="a number of five thousand figures"),
    ],
)
def test_what_is_not_understood_is_said_and_not_guessed(rule: str) -> None:
    with pytest.raises(NotFollowed):
        read_rule(rule)


def test_the_furthest_apart_is_still_read() -> None:
    assert read_rule("FREQ=YEARLY;INTERVAL=10000").interval == 10_000


def test_a_purse_is_spent_to_its_last_and_no_further() -> None:
    purse = Purse(3)
    purse.spend()
    purse.spend(2)
    with pytest.raises(FeedUnreadable) as refused:
        purse.spend()
    assert refused.value.trouble is FeedTrouble.TOO_MUCH


@settings(max_examples=50, deadline=None)
@given(rule=rules(), first=st.dates(date(2026, 1, 1), date(2026, 12, 31)), ahead=st.integers(0, 400))
def test_a_window_shows_the_days_that_a_longer_one_shows_inside_it(rule: str, first: date, ahead: int) -> None:
    since = first + timedelta(days=ahead)
    until = since + timedelta(days=45)
    longer = ours(rule, first, first, first + timedelta(days=500))
    assert ours(rule, first, since, until) == [one for one in longer if since <= one <= until]
