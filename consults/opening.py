"""When a boutique is open: the rows the merchant edits, as consults.business_hours takes them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults import business_hours
from consults.advisors import get_boutique, working_hours
from consults.business_hours import Hours, NeverOpen
from consults.models import Advisor, Boutique, BoutiqueHours, Holiday, TimeOff
from consults.policy import policy_of
from consults.slots import Rule, span
from consults.zones import is_zone
from kit.errors import AppError
from shops.shops import get_shop

USUAL = tuple(Rule(weekday, 10 * 60, 19 * 60) for weekday in range(6))
"""Monday to Saturday, ten to seven, for a boutique that says nothing else."""
Row = TypeVar("Row", BoutiqueHours, Holiday)


def hours_of(session: Session, advisor: Advisor) -> Hours:
    """The opening hours promises of `advisor` are kept by: their boutique's, else the usual ones in the shop's zone."""
    boutique = session.get(Boutique, advisor.boutique_id) if advisor.boutique_id else None
    if boutique is None:
        return Hours(USUAL, frozenset(), get_shop(session, advisor.shop_id).zone)
    return hours_of_boutique(session, boutique)


def hours_of_boutique(session: Session, boutique: Boutique) -> Hours:
    """A boutique's week, its closed days and its zone."""
    week = tuple(Rule(row.weekday, row.start_minute, row.end_minute) for row in _rows(session, BoutiqueHours, boutique))
    return Hours(week or USUAL, frozenset(row.day for row in _rows(session, Holiday, boutique)), boutique.zone)


def holidays_of(session: Session, boutique: Boutique) -> list[Holiday]:
    """A boutique's closed days, earliest first."""
    return sorted(_rows(session, Holiday, boutique), key=lambda row: row.day)


def due_at(start: datetime, minutes: int, hours: Hours) -> datetime:
    """When a promise of `minutes` made at `start` is due. By the plain clock for a house that is closed for a year."""
    try:
        return business_hours.due_at(start, minutes, opening=hours.week, holidays=hours.holidays, zone=hours.zone)
    except NeverOpen:
        return start + timedelta(minutes=minutes)


def minutes_between(start: datetime, end: datetime, hours: Hours) -> int:
    """Open minutes from `start` to `end`."""
    return business_hours.minutes_between(start, end, opening=hours.week, holidays=hours.holidays, zone=hours.zone)


def may_text_at(session: Session, advisor: Advisor, *, now: datetime) -> datetime | None:
    """From when on `advisor` may be texted: `now`, or when their quiet hours, hours off or days off are over."""
    assert advisor.id is not None
    policy = policy_of(session, shop_id=advisor.shop_id)
    rules = working_hours(session, shop_id=advisor.shop_id, advisor_id=advisor.id)
    off = session.exec(select(TimeOff).where(TimeOff.advisor_id == advisor.id, TimeOff.ends_at > now))
    return business_hours.next_allowed(
        now,
        working=[Rule(row.weekday, row.start_minute, row.end_minute) for row in rules],
        zone=advisor.zone,
        quiet=(policy.quiet_from_minute, policy.quiet_until_minute),
        away=[span(row.starts_at, row.ends_at) for row in off],
    )


def is_away(session: Session, advisor: Advisor, *, now: datetime) -> bool:
    """Whether `advisor` has time off at this moment."""
    off = select(TimeOff.id).where(TimeOff.advisor_id == advisor.id, TimeOff.starts_at <= now, TimeOff.ends_at > now)
    return session.exec(off.limit(1)).first() is not None


def set_opening(
    session: Session,
    *,
    shop_id: int,
    boutique_id: int,
    zone: str,
    week: Sequence[Rule],
    holidays: Mapping[date, str],
) -> Boutique:
    """Replace a boutique's hours, closed days (day -> name) and zone, or raise NotFound or AppError."""
    boutique = get_boutique(session, shop_id=shop_id, boutique_id=boutique_id)
    if not is_zone(zone):
        raise AppError("That time zone is not known. Write it as Europe/Paris.")
    if not week:
        raise AppError("Open on one day at least; a boutique that never opens can promise nothing.")
    if any(not 0 <= r.weekday <= 6 or not 0 <= r.start_minute < r.end_minute <= 1440 for r in week):
        raise AppError("Hours end after they begin, on the same day.")
    boutique.zone = zone
    session.add(boutique)
    for table in (BoutiqueHours, Holiday):
        session.connection().execute(sa.delete(table).where(col(table.boutique_id) == boutique_id))
    for rule in week:
        hours = {"weekday": rule.weekday, "start_minute": rule.start_minute, "end_minute": rule.end_minute}
        session.add(BoutiqueHours(shop_id=shop_id, boutique_id=boutique_id, **hours))
    for day, name in sorted(holidays.items()):
        session.add(Holiday(shop_id=shop_id, boutique_id=boutique_id, day=day, name=name[:80]))
    session.flush()
    return boutique


def _rows(session: Session, table: type[Row], boutique: Boutique) -> list[Row]:
    mine = (table.boutique_id == boutique.id, table.shop_id == boutique.shop_id)
    return list(session.exec(select(table).where(*mine).order_by(col(table.id))))
