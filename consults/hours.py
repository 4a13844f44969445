"""An advisor's free time, from the rows that say when they work and what they are doing."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from consults.feeds import busy_blocks, may_offer
from consults.models import Advisor, Consult, ConsultPolicy, SlotCell, TimeOff, WorkingHours
from consults.slots import CELL_SECONDS, Rule, Slot, Span, free_slots, span, within_cap, working_spans
from consults.states import ConsultState
from consults.time_models import DateOverride


def free_slots_of(
    session: Session,
    advisor: Advisor,
    policy: ConsultPolicy,
    *,
    now: datetime,
    days: int | None = None,
    ignore_consult: int | None = None,
) -> list[Slot]:
    """Times `advisor` can be booked at under `policy`, earliest first, UTC.

    `days` shortens the policy's window. `ignore_consult` counts as free: moving by a quarter of an hour onto oneself
    works. The daily cap is a wish and is not guarded against two bookings at the same instant. Nothing is offered
    while a calendar that is needed could not be read for a day: better no time than one that is taken.
    """
    assert advisor.id is not None
    if not may_offer(session, shop_id=advisor.shop_id, advisor_id=advisor.id, now=now):
        return []
    window = timedelta(days=min(days or policy.window_days, policy.window_days))
    here = now.astimezone(ZoneInfo(advisor.zone)).date()
    working = _working(session, advisor, here - timedelta(days=1), here + window + timedelta(days=1))
    slots = free_slots(
        working,
        _busy(session, advisor, now, now + window + timedelta(days=1), ignore_consult, now=now),
        minutes=policy.minutes,
        step_minutes=policy.step_minutes,
        notice=timedelta(minutes=policy.notice_minutes),
        window=window,
        now=now,
        before_minutes=policy.buffer_before,
        after_minutes=policy.buffer_after,
    )
    return within_cap(slots, _booked(session, advisor, now, ignore_consult), zone=advisor.zone, cap=policy.daily_cap)


def is_free_at(
    session: Session,
    advisor: Advisor,
    policy: ConsultPolicy,
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    ignore_consult: int | None = None,
) -> bool:
    """Whether `advisor` is at work and free for a conversation that was reserved with somebody else.

    Notice, steps and the daily cap are for choosing a time; this one is chosen. A hold counts until it runs out, which
    is measured from `now`, however far ahead the conversation is. `ignore_consult` counts as free: it is to move there.
    """
    if not advisor.active:
        return False
    first, last = span(starts_at, ends_at)
    here = starts_at.astimezone(ZoneInfo(advisor.zone)).date()
    working = _working(session, advisor, here - timedelta(days=1), here + timedelta(days=1))
    if not any(start <= first and last <= end for start, end in working):
        return False
    before, after = policy.buffer_before * 60, policy.buffer_after * 60
    around = (starts_at - timedelta(days=1), ends_at + timedelta(days=1))
    busy = _busy(session, advisor, *around, ignore_consult, now=now)
    return not any(start < last + after and first - before < end for start, end in busy)


def _working(session: Session, advisor: Advisor, first: date, last: date) -> list[Span]:
    """When they work, by the week and by the days that are otherwise."""
    hours = session.exec(select(WorkingHours).where(WorkingHours.advisor_id == advisor.id))
    rules = [Rule(row.weekday, row.start_minute, row.end_minute) for row in hours]
    otherwise = session.exec(
        select(DateOverride).where(
            DateOverride.advisor_id == advisor.id, DateOverride.day >= first, DateOverride.day <= last
        )
    )
    overrides = {row.day: [(start, end) for start, end in row.ranges] for row in otherwise}
    return working_spans(rules, overrides, advisor.zone, first, last)


def _busy(
    session: Session, advisor: Advisor, since: datetime, until: datetime, ignore: int | None, *, now: datetime
) -> list[Span]:
    """Cells taken by conversations and by holds that have not run out, what their calendars say, and time off."""
    query = (
        select(SlotCell.at_epoch)
        .join(Consult, col(Consult.id) == col(SlotCell.consult_id))
        .where(
            SlotCell.advisor_id == advisor.id,
            SlotCell.at_epoch >= int(since.timestamp()) - CELL_SECONDS,
            SlotCell.at_epoch < int(until.timestamp()),
            (col(Consult.state) != ConsultState.HELD) | (col(Consult.hold_until) > now),
        )
    )
    if ignore is not None:
        query = query.where(SlotCell.consult_id != ignore)
    away = session.exec(
        select(TimeOff).where(TimeOff.advisor_id == advisor.id, TimeOff.ends_at > since, TimeOff.starts_at < until)
    )
    taken = [(at, at + CELL_SECONDS) for at in session.exec(query.order_by(col(SlotCell.at_epoch)))]
    assert advisor.id is not None
    elsewhere = busy_blocks(session, shop_id=advisor.shop_id, advisor_id=advisor.id, since=since, until=until)
    return taken + [span(row.starts_at, row.ends_at) for row in (*elsewhere, *away)]


def _booked(session: Session, advisor: Advisor, now: datetime, ignore: int | None) -> list[datetime]:
    query = select(Consult.starts_at).where(
        Consult.advisor_id == advisor.id,
        Consult.starts_at > now - timedelta(days=1),
        col(Consult.state).in_((ConsultState.BOOKED, ConsultState.IN_SESSION, ConsultState.COMPLETED)),
    )
    return list(session.exec(query if ignore is None else query.where(Consult.id != ignore)))
