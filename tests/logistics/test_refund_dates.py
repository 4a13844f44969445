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


@pytest.mark.parametrize(
    ("rule", "track", "received", "proof", "words"),
    [
        (FRANCE, Track.STATUTORY, None, None, "14 days after the client withdrew"),
        (FRANCE, Track.STATUTORY, date(2026, 12, 1), None, "14 days after the client withdrew"),
        (FRANCE, Track.STATUTORY, date(2026, 12, 20), None, "as soon as it came"),
        (BRITAIN, Track.STATUTORY, None, None, "14 days after the piece, or proof that it was sent, is here"),
        (BRITAIN, Track.STATUTORY, date(2026, 12, 1), None, "14 days after it came"),
        (BRITAIN, Track.STATUTORY, date(2026, 12, 3), date(2026, 12, 1), "14 days after it was sent"),
        (BRITAIN, Track.STATUTORY, date(2026, 12, 1), date(2026, 12, 1), "14 days after it came"),
        (AMERICA, Track.STATUTORY, None, None, "5 working days after it came"),
        (FRANCE, Track.HOUSE, date(2026, 12, 1), None, "5 working days after it came"),
    ],
)
def test_a_person_reads_from_when_the_day_was_counted(
    rule: RefundRule, track: Track, received: date | None, proof: date | None, words: str
) -> None:
    found = refund_due(rule, track, noticed_on=NOTICE, received_on=received, proof_on=proof)
    assert found.words == words and found.by_law is ("working" not in words)


@pytest.mark.parametrize(
    ("rule", "received", "due"),
    [
        # a Saturday, a Sunday and a bank holiday on which it comes too late: the next day on which a bank pays
        (FRANCE, date(2026, 12, 12), date(2026, 12, 14)),
        (FRANCE, date(2026, 12, 13), date(2026, 12, 14)),
        (FRANCE, date(2026, 12, 25), date(2026, 12, 28)),
        # by a law that does not let the money wait for the piece, its coming late changes nothing
        (replace(FRANCE, may_wait=False), date(2026, 12, 25), date(2026, 12, 11)),
        # Good Friday and Easter Monday are no days on which a bank pays
        (replace(BRITAIN, statutory_days=10), date(2027, 3, 19), date(2027, 3, 25)),
    ],
)
def test_a_day_on_which_no_bank_pays_is_never_promised(rule: RefundRule, received: date, due: date) -> None:
    holidays = holidays_of(rule.country, received.year)
    found = refund_due(rule, Track.STATUTORY, noticed_on=NOTICE, received_on=received, holidays=holidays)
    assert found.on == due and not found.provisional


def test_where_every_day_of_the_span_is_one_without_banks_the_laws_own_day_stands() -> None:
    saturday = date(2026, 11, 28)
    one_day = replace(FRANCE, statutory_days=1, may_wait=False)
    assert refund_due(one_day, Track.STATUTORY, noticed_on=saturday).on == date(2026, 11, 29)


@pytest.mark.parametrize(
    ("country", "closed", "open_"),
    [
        ("FR", date(2026, 12, 26), date(2026, 12, 24)),
        ("FR", date(2027, 1, 1), date(2026, 12, 31)),
        ("FR", date(2026, 5, 1), date(2026, 5, 8)),  # a feast of France's, on which its banks pay all the same
        ("NO", date(2026, 4, 3), date(2026, 4, 2)),
        # Mondays of Britain's, and what falls on a weekend there is kept after it: Boxing Day of 2026, both of 2027
        ("GB", date(2026, 5, 4), date(2026, 5, 11)),
        ("GB", date(2026, 5, 25), date(2026, 6, 1)),
        ("GB", date(2026, 8, 31), date(2026, 8, 24)),
        ("GB", date(2026, 12, 28), date(2026, 12, 29)),
        ("GB", date(2027, 12, 27), date(2027, 12, 24)),
        ("GB", date(2027, 12, 28), date(2027, 12, 29)),
        # the Federal Reserve's: Thanksgiving, and a Sunday's feast on Monday, but a Saturday's on no other day
        ("US", date(2026, 11, 26), date(2026, 11, 19)),
        ("US", date(2026, 1, 19), date(2026, 1, 12)),
        ("US", date(2026, 5, 25), date(2026, 5, 18)),
        ("US", date(2027, 7, 5), date(2026, 7, 3)),
        ("US", date(2026, 9, 7), date(2026, 9, 14)),
        ("US", date(2026, 10, 12), date(2026, 10, 5)),
        ("FR", None, date(2026, 12, 28)),  # T2 moves nothing: Boxing Day of 2026 is a Saturday
        ("JP", None, date(2026, 12, 25)),  # nobody wrote down which days Japan's banks keep
    ],
)
def test_banks_of_the_euro_rest_on_their_own_days_and_not_on_a_countrys_feasts(
    country: str, closed: date | None, open_: date
) -> None:
    days = holidays_of(country, 2026)
    assert open_ not in days and (closed in days or closed is None)


def test_working_days_step_over_weekends_and_holidays_and_none_is_the_day_itself() -> None:
    friday, holidays = date(2026, 12, 18), holidays_of("FR", 2026)
    assert [working_days_after(friday, count, holidays) for count in (0, 1, 4, 5)] == [
        friday, date(2026, 12, 21), date(2026, 12, 24), date(2026, 12, 28),
    ]  # fmt: skip
