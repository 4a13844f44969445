"""A step that is late says so first, and then the new day."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from consults.zones import show_day
from logistics.models import Rma
from shopify_app.pages.portal.timeline import NOW, Step, WayFacts
from shopify_app.tongue import _

LONG_ON_THE_WAY = timedelta(days=5)
"""A parcel that travels longer than this is asked after, not waited for."""


@dataclass(frozen=True, kw_only=True)
class StepFacts:
    """What of one return may be late; times are in UTC, None for what has not happened."""

    goods: str
    now: datetime
    collection_missed_at: datetime | None = None
    moved_at: datetime | None = None
    arrived_at: datetime | None = None
    inspected_at: datetime | None = None
    settled_at: datetime | None = None
    refund_days: int = 10
    another_piece: bool = False


@dataclass(frozen=True)
class Late:
    """Which step is late, a word of Step.extra or its place, since when, and the day that counts now."""

    goods: str
    said: datetime
    instead: datetime


def late_step(facts: StepFacts) -> Late | None:
    """The step that is now, where its day is over; None while it is in time."""
    said = _said(facts)
    if said is None or facts.now <= said:
        return None
    return Late(facts.goods, said, working_day_after(facts.now))


def late_words(late: Late, day: str) -> str:
    """Late first, then the new day, which is `day` in words."""
    if late.goods == "labelled":
        return _("Nobody has told us that it was collected. If nobody came, we are sorry: please choose another time.")
    if late.goods == "in_transit":
        return _("It is taking longer than we said. We are asking the carrier, and write to you by %(day)s.", day=day)
    if late.goods == "arrived":
        return _("It takes us longer than we said. We look at it by %(day)s.", day=day)
    if late.goods == "inspected":
        return _("We are late with this. It is sent by %(day)s.", day=day)
    return _("It should be with you by now. If it is not, please ring us: we answer by %(day)s.", day=day)


def working_day_after(at: datetime) -> datetime:
    """The same hour on the next day that is no Saturday or Sunday."""
    after = at + timedelta(days=1)
    return after + timedelta(days=max(0, 7 - after.weekday()) if after.weekday() >= 5 else 0)


def _said(facts: StepFacts) -> datetime | None:
    """Until when the step that is now was to be over."""
    if facts.goods == "labelled":
        return facts.collection_missed_at
    if facts.goods == "in_transit" and facts.moved_at:
        return facts.moved_at + LONG_ON_THE_WAY
    if facts.goods == "arrived" and facts.arrived_at:
        return _end_of(working_day_after(facts.arrived_at))
    if facts.goods == "inspected" and facts.inspected_at:
        return _end_of(working_day_after(facts.inspected_at))
    if facts.goods == "settled" and facts.settled_at and not facts.another_piece:
        return facts.settled_at + timedelta(days=facts.refund_days)
    return None


def _end_of(day: datetime) -> datetime:
    """By a day means until it is over, wherever the client is."""
    return day + timedelta(hours=12)


def in_time(steps: list[Step], facts: WayFacts, rma: Rma) -> list[Step]:
    """The same steps; the one that is now says first that it is late, where it is, and then its new day."""
    late = late_step(
        StepFacts(
            goods=facts.goods,
            now=facts.now,
            collection_missed_at=facts.missed_at,
            moved_at=facts.moved_at,
            arrived_at=rma.arrived_at,
            inspected_at=rma.inspected_at,
            settled_at=rma.settled_at,
            refund_days=facts.refund_days,
            another_piece=bool(facts.instead),
        )
    )
    if late is None:
        return steps
    words = late_words(late, show_day(late.instead, facts.zone, facts.locale))
    return [replace(step, words=words) if step.state == NOW else step for step in steps]
