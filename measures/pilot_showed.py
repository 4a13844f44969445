"""What a pilot showed, read from the rows: as of the day of its one look, whenever it is read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from measures.arms import Arm
from measures.buyers import Buyer, buyers_of
from measures.comparing import Verdict
from measures.costs import costs_of
from measures.measured import MeasuredReturn
from measures.models import HistoricReturn
from measures.next_orders import after
from measures.pilot_models import Pilot, PilotMode, PilotReturn
from measures.pilot_result import Enrolled, Result, Week, look_at, result, weeks
from measures.pilot_worth import Compared, compare_worth
from measures.pilots import latest
from measures.worth import Sums, net
from shops.models import Shop

OfPilot: TypeAlias = tuple[PilotReturn, MeasuredReturn | None, datetime | None]


def enrolled(session: Session, pilot: Pilot) -> list[OfPilot]:
    """Every return of the pilot with how it was counted, oldest first, and when it was opened.

    One that was closed after the day of the look is open: that day comes once.
    """
    counted = sa.and_(
        col(MeasuredReturn.shop_id) == col(PilotReturn.shop_id),
        col(MeasuredReturn.return_gid) == col(PilotReturn.return_gid),
        col(MeasuredReturn.closed_at) <= look_at(pilot.ends_at),
    )
    opened = sa.and_(
        col(HistoricReturn.shop_id) == col(PilotReturn.shop_id),
        col(HistoricReturn.return_gid) == col(PilotReturn.return_gid),
    )
    query = (
        select(PilotReturn, MeasuredReturn, HistoricReturn.opened_at)
        .join(MeasuredReturn, counted, isouter=True)
        .join(HistoricReturn, opened, isouter=True)
        .where(PilotReturn.shop_id == pilot.shop_id, PilotReturn.pilot_id == pilot.id)
        .order_by(col(PilotReturn.at), col(PilotReturn.id))
    )
    return [(row, one, opened_at) for row, one, opened_at in session.exec(query)]


def as_enrolled(row: PilotReturn, counted: MeasuredReturn | None, opened_at: datetime | None) -> Enrolled:
    """One row as the pure files take it."""
    kind = counted.kind if counted is not None else None
    days = (counted.closed_at - opened_at).days if counted and opened_at and counted.refunded_cents else None
    return Enrolled(row.household, row.arm, row.at, kind, days, row.complained_at is not None)


def may_look(pilot: Pilot, *, now: datetime) -> bool:
    """Whether its rows may be had: from the day of the one look on; where it only observes, at any time."""
    return pilot.mode is PilotMode.OBSERVE or now >= look_at(pilot.ends_at)


def result_of(session: Session, pilot: Pilot, *, now: datetime) -> Result | None:
    """What it showed; None before the day of the one look, and for a pilot that only observed."""
    if pilot.mode is PilotMode.OBSERVE or not may_look(pilot, now=now):
        return None
    return result(as_enrolled(*row) for row in enrolled(session, pilot))


def weeks_of(session: Session, pilot: Pilot) -> list[Week]:
    """Guard-rails."""
    return weeks((as_enrolled(*row) for row in enrolled(session, pilot)), begins_at=pilot.begins_at)


# --- net relationship value


def worth_of(session: Session, pilot: Pilot) -> Compared:
    """Net relationship value of a household in each arm, of those whose first return is closed."""
    rows = enrolled(session, pilot)
    nets = net_of_rows(session, pilot, rows)
    by_arm: dict[Arm, list[float]] = {arm: [] for arm in Arm}
    for arm, its in _by_household(rows, nets):
        by_arm[arm].append(sum(its))
    return compare_worth(by_arm[Arm.INVITED], by_arm[Arm.TODAY])


def _by_household(rows: Iterable[OfPilot], nets: dict[str, float]) -> Iterable[tuple[Arm, list[float]]]:
    """The arm of each household and what its returns came to, where its first return is among them."""
    homes: dict[str, tuple[PilotReturn, list[float]]] = {}
    for row, _counted, _opened_at in rows:
        its = homes.setdefault(row.household, (row, []))[1]
        if row.return_gid in nets:
            its.append(nets[row.return_gid])
    return [(first.arm, its) for first, its in homes.values() if first.return_gid in nets]


def net_of_rows(session: Session, pilot: Pilot, rows: Sequence[OfPilot]) -> dict[str, float]:
    """Return -> its net value by the day of the look, at the merchant's costs; of those in the pilot's currency."""
    counted = [one for _row, one, _opened_at in rows if one is not None and one.currency == pilot.currency]
    if not counted:
        return {}
    costs, _said = costs_of(session, shop_id=pilot.shop_id, currency=pilot.currency)
    zone, until = ZoneInfo(session.get_one(Shop, pilot.shop_id).zone), look_at(pilot.ends_at)
    since = min(one.closed_at for one in counted)
    found = buyers_of(session, pilot.shop_id, sorted({one.household for one in counted}), since)
    own = _returns_of(session, pilot.shop_id, [one.order_gid for one in counted if one.parts > 1])
    nets = {}
    for one in counted:
        buyer = found.get(one.household) or Buyer()
        mine = own.get(one.order_gid, set()) | {one.return_gid}
        next_closing = buyer.next_closing(one.closed_at, one.return_gid, mine) or until
        told = after(one.closed_at, buyer.orders, currency=one.currency, zone=zone, until=min(next_closing, until))
        sums = {name: getattr(one, name) for name in Sums.__dataclass_fields__}
        sums |= {"later_orders": told.later, "later_cents": told.later_cents}
        nets[one.return_gid] = net(Sums(**sums), costs, assisted=one.assisted)
    return nets


def _returns_of(session: Session, shop_id: int, order_gids: Sequence[str]) -> dict[str, set[str]]:
    """The returns of orders of which one case was several: their closings end nothing."""
    found: dict[str, set[str]] = {}
    query: Any = sa.select(col(HistoricReturn.order_gid), col(HistoricReturn.return_gid)).where(
        col(HistoricReturn.shop_id) == shop_id, col(HistoricReturn.order_gid).in_(order_gids)
    )
    for order_gid, return_gid in session.connection().execute(query) if order_gids else ():
        found.setdefault(order_gid, set()).add(return_gid)
    return found


def compared_by(session: Session, *, shop_id: int, now: datetime) -> Pilot | None:
    """The latest pilot, if it has told what an invitation is worth; until one has, that is modelled."""
    pilot = latest(session, shop_id=shop_id)
    found = result_of(session, pilot, now=now) if pilot is not None else None
    if pilot is None or found is None or found.difference.verdict is Verdict.CANNOT_TELL:
        return None
    told = worth_of(session, pilot).verdict(found.difference.verdict)
    return None if told is Verdict.CANNOT_TELL else pilot
