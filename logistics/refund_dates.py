"""By when the money has to be back with the client: a day, from what happened and the rule of their country. Pure.

The law counts in days from the client's own notice; the house in working days from the piece's arrival. A day on which
no bank pays is never promised: the working day before it is, so that nothing promised is later than the law allows.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

SATURDAY = 5


class Track(StrEnum):
    """By which right the piece comes back. `unknown` is counted as whichever of the two ends first."""

    STATUTORY = "statutory"
    HOUSE = "house"
    UNKNOWN = "unknown"


class Starts(StrEnum):
    """From when the law counts: the client's notice of withdrawal, or the piece's receipt or the proof of sending."""

    NOTICE = "notice"
    RECEIPT = "receipt"


@dataclass(frozen=True)
class RefundRule:
    """One country's rule. No `statutory_days` where no law names any. Both kinds of days come from dated data.

    `may_wait`: the house may hold the money back until the piece, or proof that it was sent, is there.
    `house_days` are working days from receipt.
    """

    country: str
    house_days: int
    statutory_days: int | None = None
    starts: Starts = Starts.NOTICE
    may_wait: bool = False
    source: str = ""
    dated: str = ""


@dataclass(frozen=True)
class RefundDue:
    """`on` is None while no day can be named. `provisional`: it holds if the piece is on its way by then.

    `by_law`: the country's rule named it, not the house's own.
    """

    on: date | None
    words: str
    provisional: bool = False
    by_law: bool = False


def refund_due(
    rule: RefundRule,
    track: Track,
    *,
    noticed_on: date,
    received_on: date | None = None,
    proof_on: date | None = None,
    holidays: Set[date] = frozenset(),
) -> RefundDue:
    """The last day. `proof_on`: the carrier, or the client's receipt, shows that it was sent. Days are the client's."""
    law = None
    if rule.statutory_days is not None:
        law = replace(_by_law(rule, noticed_on, received_on, proof_on, holidays), by_law=True)
    house = _by_house(rule, received_on, holidays)
    if track is Track.HOUSE or law is None:
        return house
    if track is Track.STATUTORY or house.on is None or law.on is None:
        return law
    return min(law, house, key=lambda due: due.on or date.max)


def working_days_after(day: date, count: int, holidays: Set[date] = frozenset()) -> date:
    """`count` working days later."""
    while count > 0:
        day += timedelta(days=1)
        count -= _works(day, holidays)
    return day


def days_late(due: date | None, today: date) -> int:
    """How many days past its day; below zero while there is time. Zero where no day was named."""
    return (today - due).days if due else 0


def _by_law(
    rule: RefundRule, noticed_on: date, received_on: date | None, proof_on: date | None, holidays: Set[date]
) -> RefundDue:
    assert rule.statutory_days is not None
    here = min((day for day in (received_on, proof_on) if day is not None), default=None)
    span = timedelta(days=rule.statutory_days)
    if rule.starts is Starts.RECEIPT:
        if here is None:
            return RefundDue(None, f"{rule.statutory_days} days after the piece, or proof that it was sent, is here")
        what = "it came" if here == received_on else "it was sent"
        return RefundDue(_paid_by(here + span, here, holidays), f"{rule.statutory_days} days after {what}")
    last = noticed_on + span
    words = f"{rule.statutory_days} days after the client withdrew"
    if not rule.may_wait:
        return RefundDue(_paid_by(last, noticed_on, holidays), words)
    if here is None:
        return RefundDue(_paid_by(last, noticed_on, holidays), words, provisional=True)
    if here > last:  # the money was rightly held back until then, and has no reason to wait any longer
        return RefundDue(
            here if _works(here, holidays) else working_days_after(here, 1, holidays), "as soon as it came"
        )
    return RefundDue(_paid_by(last, noticed_on, holidays), words)


def _by_house(rule: RefundRule, received_on: date | None, holidays: Set[date]) -> RefundDue:
    words = f"{rule.house_days} working days after it came"
    if received_on is None:
        return RefundDue(None, words)
    return RefundDue(working_days_after(received_on, rule.house_days, holidays), words)


def _paid_by(day: date, since: date, holidays: Set[date]) -> date:
    """The last working day up to `day`, and never before `since`."""
    last = day
    while not _works(last, holidays) and last > since:
        last -= timedelta(days=1)
    return last if _works(last, holidays) else day


def _works(day: date, holidays: Set[date]) -> bool:
    return day.weekday() < SATURDAY and day not in holidays
