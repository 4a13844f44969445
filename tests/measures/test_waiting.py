"""What an open return waits for: the table of cases is the rule book."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from measures.waiting import Facts, NextStep, waiting_for

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # ten in Paris
TODAY = date(2026, 11, 24)
PARIS = "Europe/Paris"
DUE = NOW + timedelta(hours=2)


def case(**facts: Any) -> Facts:
    return Facts(**{"assisted": True, "goods": "authorised", "answer_due_at": DUE, **facts})


def booked(starts_at: datetime, **facts: Any) -> Facts:
    ends_at = starts_at + timedelta(minutes=30)
    given = {"consult": "booked", "consult_starts_at": starts_at, "consult_ends_at": ends_at, "taken": True, **facts}
    return case(**given)


TABLE = [
    ("not taken", case(), NextStep("First answer by today 12:00", "", TODAY)),
    ("late answer", case(answer_due_at=NOW - timedelta(hours=13)),
     NextStep("First answer was due yesterday 21:00", "warning", date(2026, 11, 23))),
    ("taken", case(taken=True), NextStep("Choosing a time")),
    ("booked", booked(NOW + timedelta(hours=6, minutes=30)), NextStep("Video today 16:30", "info", TODAY)),
    ("booked, another day", booked(datetime(2026, 11, 26, 9, tzinfo=UTC), consult_kind="boutique"),
     NextStep("Boutique visit Thu 26 November 10:00", "info", date(2026, 11, 26))),
    ("booked, after midnight in Paris", booked(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)),
     NextStep("Video tomorrow 00:30", "info", date(2026, 11, 25))),
    ("talking", booked(NOW, consult="in_session"), NextStep("In conversation now", "info", TODAY)),
    ("left open long ago", booked(NOW - timedelta(hours=5), consult="in_session"),
     NextStep("Outcome to write down", "warning", TODAY)),
    ("talked", booked(NOW - timedelta(hours=1), consult="completed"),
     NextStep("Outcome to write down", "warning", TODAY)),
    ("nobody closed the booked one", booked(NOW - timedelta(hours=1)),
     NextStep("Outcome to write down", "warning", TODAY)),
    ("parcel done, outcome missing", case(taken=True, goods="closed"),
     NextStep("Outcome to write down", "warning", TODAY)),
    ("outcome, parcel with the client", case(outcome="refund", taken=True, goods="labelled"),
     NextStep("Parcel with the client")),
    ("arrived comes before the conversation", booked(NOW + timedelta(hours=1), goods="arrived"),
     NextStep("Inspect the piece", "warning", TODAY)),
    ("money", case(goods="inspected", settlement="proposed", amount=Money(1_480_000, "USD")),
     NextStep("$14,800 waits for a click", "warning", TODAY)),
    ("money that may have gone", case(goods="inspected", settlement="unsettled"),
     NextStep("Look at the payment", "warning", TODAY)),
    ("a charge they see differently", case(goods="inspected", wear="disputed", outcome="refund", taken=True),
     NextStep("Decide the charge for wear", "warning", TODAY)),
    ("a charge they are asked about", case(goods="inspected", wear="open", outcome="refund", taken=True),
     NextStep("Asked about wear")),
    ("being paid", case(goods="inspected", settlement="sending", outcome="refund", taken=True),
     NextStep("Payment being sent", "info")),
    ("late promise", case(taken=True, promise="Samples", promise_due_on=date(2026, 11, 23)),
     NextStep("Promised for yesterday: Samples", "warning", date(2026, 11, 23))),
    ("promise of today is not late", case(taken=True, outcome="kept", promise="Samples", promise_due_on=TODAY),
     NextStep("Promised for today: Samples", "", TODAY)),
    ("simple, arrived", Facts(goods="arrived"), NextStep("Inspect the piece", "warning", TODAY)),
    ("simple, on its way", Facts(goods="in_transit"), NextStep("Parcel on its way")),
    ("simple, over", Facts(goods="closed"), NextStep("Nothing")),
    ("nothing known", Facts(), NextStep("Nothing")),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "step"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_next_step_of(facts: Facts, step: NextStep):
    assert waiting_for(facts, zone=PARIS, now=NOW) == step


def test_days_are_the_shops_own():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    facts = case(taken=True, promise="Samples", promise_due_on=TODAY)
    assert waiting_for(facts, zone=PARIS, now=late).tone == "warning"
    assert waiting_for(facts, zone="America/New_York", now=late).words == "Choosing a time"


words = st.sampled_from(["", "proposed", "approved", "sending", "unsettled", "settled"])
goods = st.sampled_from(
    ["", "authorised", "labelled", "in_transit", "arrived", "inspected", "settled", "closed", "ended"]
)
talks = st.sampled_from(["", "booked", "in_session", "completed", "no_show"])
BEGIN, END = datetime(2026, 1, 1), datetime(2027, 12, 31)  # noqa: DTZ001 (Hypothesis adds the zone)
instants = st.datetimes(BEGIN, END, timezones=st.just(UTC))
zones = st.sampled_from([PARIS, "America/New_York", "Asia/Tokyo", "Pacific/Auckland"])


@given(words, goods, talks, instants, instants, zones, st.booleans())
def test_there_is_always_one_step_in_words(settlement, goods, consult, starts_at, now, zone, taken):
    ends_at = starts_at + timedelta(minutes=30)
    facts = Facts(assisted=True, settlement=settlement, goods=goods, consult=consult, consult_starts_at=starts_at,
                  consult_ends_at=ends_at, answer_due_at=starts_at, taken=taken)  # fmt: skip
    step = waiting_for(facts, zone=zone, now=now)
    assert step.words and step.tone in ("", "info", "warning")
