"""By when the money has to be back. Friday 27 November 2026 is the day most of it begins."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.pack_files import starting_pack
from logistics.refund_dates import RefundRule, Starts, Track, refund_due, working_days_after
from logistics.refund_rules import easter, holidays_of, pack, rule_of

LAWS = starting_pack("countries")
FRANCE, BRITAIN, AMERICA = rule_of("FR", LAWS), rule_of("GB", LAWS), rule_of("US", LAWS)
NOTICE = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("rule", "track", "noticed", "received", "proof", "due", "provisional"),
    [
        (FRANCE, Track.STATUTORY, date(2026, 11, 26), None, None, date(2026, 12, 10), True),
        (FRANCE, Track.STATUTORY, date(2026, 11, 26), date(2026, 11, 30), None, date(2026, 12, 10), False),
        (FRANCE, Track.STATUTORY, date(2026, 11, 26), None, date(2026, 11, 27), date(2026, 12, 10), False),
        # the piece comes after the fourteen days: at once, and no day longer
        (FRANCE, Track.STATUTORY, date(2026, 11, 26), date(2026, 12, 15), None, date(2026, 12, 15), False),
        # proof of sending stops the excuse, wherever the parcel is
        (
            FRANCE,
            Track.STATUTORY,
            date(2026, 11, 26),
            date(2026, 12, 22),
            date(2026, 12, 11),
            date(2026, 12, 11),
            False,
        ),
        # the fourteenth day is a Saturday, a Sunday, Christmas: the working day before
        (FRANCE, Track.STATUTORY, date(2026, 11, 28), date(2026, 12, 1), None, date(2026, 12, 11), False),
        (FRANCE, Track.STATUTORY, date(2026, 11, 29), date(2026, 12, 1), None, date(2026, 12, 11), False),
        (FRANCE, Track.STATUTORY, date(2026, 12, 11), date(2026, 12, 14), None, date(2026, 12, 24), False),
        (BRITAIN, Track.STATUTORY, NOTICE, None, None, None, False),
        (BRITAIN, Track.STATUTORY, NOTICE, date(2026, 12, 1), None, date(2026, 12, 15), False),
        (BRITAIN, Track.STATUTORY, NOTICE, date(2026, 12, 3), date(2026, 12, 1), date(2026, 12, 15), False),
        (AMERICA, Track.STATUTORY, NOTICE, date(2026, 12, 1), None, date(2026, 12, 8), False),
        (AMERICA, Track.HOUSE, NOTICE, None, None, None, False),
        (FRANCE, Track.HOUSE, NOTICE, date(2026, 12, 21), None, date(2026, 12, 29), False),
        (FRANCE, Track.UNKNOWN, NOTICE, date(2026, 12, 1), None, date(2026, 12, 8), False),
        (FRANCE, Track.UNKNOWN, NOTICE, date(2026, 12, 10), None, date(2026, 12, 11), False),
    ],
)
def test_the_day_follows_from_country_track_and_what_happened(
    rule: RefundRule,
    track: Track,
    noticed: date,
    received: date | None,
    proof: date | None,
    due: date | None,
    provisional: bool,
) -> None:
    holidays = holidays_of(rule.country, 2026)
    found = refund_due(rule, track, noticed_on=noticed, received_on=received, proof_on=proof, holidays=holidays)
    assert (found.on, found.provisional) == (due, provisional)
    assert found.by_law is not found.words.startswith("5 working days")


def test_every_rule_names_its_source_and_its_day() -> None:
    assert pack()["dated"] and "rules" not in pack(), "the law's days stand in one place, the pack of countries"
    assert all(entry["source"].count("http") for entry in LAWS.entries if entry["refund_days"])
    assert FRANCE.source and FRANCE.dated and rule_of("ZZ", LAWS).statutory_days is None


def test_the_law_of_a_country_is_what_the_shops_own_pack_says_of_it() -> None:
    entries = [dict(entry) for entry in LAWS.entries]
    entries[0] |= {"refund_days": 10, "may_wait": False, "from_receipt": True}
    changed = rule_of("FR", replace(LAWS, entries=tuple(entries)))
    assert (changed.statutory_days, changed.may_wait, changed.starts) == (10, False, Starts.RECEIPT)
    assert rule_of("NO", LAWS).statutory_days == 14 and rule_of("CH", LAWS).statutory_days is None


@pytest.mark.parametrize(("year", "sunday"), [(2024, (3, 31)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25))])
def test_easter_is_where_the_calendar_has_it(year: int, sunday: tuple[int, int]) -> None:
    assert easter(year) == date(year, *sunday)
    assert easter(year) + timedelta(days=1) in holidays_of("FR", year)


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
RULES = st.builds(
    RefundRule,
    country=st.just("FR"),
    house_days=st.integers(1, 20),
    statutory_days=st.integers(1, 30),
    starts=st.sampled_from(Starts),
    may_wait=st.booleans(),
)


@given(RULES, DAYS, st.integers(0, 60), st.none() | st.integers(0, 60))
def test_no_promise_is_later_than_the_law_nor_before_anything_happened(
    rule: RefundRule, noticed: date, days: int, proof: int | None
) -> None:
    received = noticed + timedelta(days=days)
    sent = None if proof is None else noticed + timedelta(days=proof)
    due = refund_due(rule, Track.STATUTORY, noticed_on=noticed, received_on=received, proof_on=sent)
    here = min(day for day in (received, sent) if day)
    since = here if rule.starts is Starts.RECEIPT else noticed
    limit = since + timedelta(days=rule.statutory_days or 0)
    if rule.may_wait and rule.starts is Starts.NOTICE:
        limit = max(limit, working_days_after(here - timedelta(days=1), 1))
    assert due.on is not None and noticed <= due.on <= limit


@given(DAYS, st.integers(1, 40))
def test_working_days_are_never_weekends_nor_holidays(day: date, count: int) -> None:
    holidays = holidays_of("FR", day.year)
    found = working_days_after(day, count, holidays)
    assert found.weekday() < 5 and found not in holidays and (found - day).days >= count


@given(RULES, DAYS, st.none() | st.integers(0, 60), st.none() | st.integers(0, 60))
def test_where_the_track_is_unknown_the_earlier_day_is_promised(
    rule: RefundRule, noticed: date, received: int | None, proof: int | None
) -> None:
    about: dict[str, Any] = {
        "noticed_on": noticed,
        "received_on": None if received is None else noticed + timedelta(days=received),
        "proof_on": None if proof is None else noticed + timedelta(days=proof),
    }
    days = [refund_due(rule, track, **about).on for track in (Track.STATUTORY, Track.HOUSE)]
    known = [day for day in days if day is not None]
    assert refund_due(rule, Track.UNKNOWN, **about).on == (min(known) if known else None)
