"""When advisors are really there: the week, the days that are otherwise, time off, and what their calendars say.

What routing and the direct line ask. Booking asks more (buffers, notice, conversations): consults/hours.py.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from consults.models import Advisor, TimeOff, WorkingHours
from consults.slots import Rule, Span, span, working_spans
from consults.time_models import BusyBlock, DateOverride

Otherwise = Mapping[int, Mapping[date, list[tuple[int, int]]]]


def days_otherwise_of(
    session: Session, *, shop_id: int, first: date, last: date, advisor_id: int | None = None
) -> Otherwise:
    """advisor id -> day -> [(from, to) in minutes from midnight]: days that replace the week; none closes the day."""
    query = select(DateOverride).where(
        DateOverride.shop_id == shop_id, DateOverride.day >= first, DateOverride.day <= last
    )
    if advisor_id is not None:
        query = query.where(DateOverride.advisor_id == advisor_id)
    found: dict[int, dict[date, list[tuple[int, int]]]] = defaultdict(dict)
    for row in session.exec(query):
        found[row.advisor_id][row.day] = [(start, end) for start, end in row.ranges]
    return found


def busy_elsewhere(
    session: Session, *, shop_id: int, since: datetime, until: datetime, advisor_id: int | None = None
) -> Mapping[int, list[Span]]:
    """advisor id -> when their calendars say they are busy, of [since, until). The last copy read of each counts."""
    query = select(BusyBlock.advisor_id, BusyBlock.starts_at, BusyBlock.ends_at).where(
        BusyBlock.shop_id == shop_id, BusyBlock.ends_at > since, BusyBlock.starts_at < until
    )
    if advisor_id is not None:
        query = query.where(BusyBlock.advisor_id == advisor_id)
    found: dict[int, list[Span]] = defaultdict(list)
    for who, starts_at, ends_at in session.exec(query):
        found[who].append(span(starts_at, ends_at))
    return found


def is_at_work(session: Session, advisor: Advisor, *, now: datetime) -> bool:
    """Whether `advisor` is at work at this moment, and neither away nor busy elsewhere."""
    assert advisor.id is not None
    here = now.astimezone(ZoneInfo(advisor.zone)).date()
    yesterday, at = here - timedelta(days=1), int(now.timestamp())
    hours = session.exec(select(WorkingHours).where(WorkingHours.advisor_id == advisor.id))
    rules = [Rule(row.weekday, row.start_minute, row.end_minute) for row in hours]
    about = {"shop_id": advisor.shop_id, "advisor_id": advisor.id}
    otherwise = days_otherwise_of(session, **about, first=yesterday, last=here).get(advisor.id, {})
    working = working_spans(rules, otherwise, advisor.zone, yesterday, here)
    if not any(start <= at < end for start, end in working):
        return False
    off = select(TimeOff.id).where(TimeOff.advisor_id == advisor.id, TimeOff.starts_at <= now, TimeOff.ends_at > now)
    moment = {"since": now, "until": now + timedelta(seconds=1)}
    busy = busy_elsewhere(session, **about, **moment).get(advisor.id, [])  # type: ignore[arg-type]
    return session.exec(off.limit(1)).first() is None and not any(start <= at < end for start, end in busy)
