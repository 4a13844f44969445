"""Promising a client something of the catalogue: a place in a week is an insert that the database lets in or not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.catalogue.kinds import WEEK, WEEKS_AHEAD, ready_on, week_of
from consults.catalogue.models import CatalogueWay, WayTaken
from consults.catalogue.ways import get_way, ways_of
from consults.events import GestureAnswered
from consults.gestures.gestures import give, take_back
from consults.gestures.states import GestureState
from consults.history import add_line, by_advisor
from consults.models import Case, Promise_
from consults.pieces.kinds import kind_of
from consults.promises import add_promise
from consults.rounds.rounds import begin_offer
from consults.states import CaseState, InvalidMove
from kit.db import hold, insert_once
from kit.errors import Conflict, NotFound
from kit.tokens import token_hash
from shops.shops import get_shop


class WeekFull(Conflict):
    """Somebody else has the last place of that week."""

    code = "week_full"


@dataclass(frozen=True)
class Offer:
    """Something this client may have: the first week with a place, and when it would be ready."""

    way: CatalogueWay
    week_on: date
    ready_on: date


def offers_for(
    session: Session, case: Case, *, boutique_ids: Collection[int | None] = (), now: datetime
) -> list[Offer]:
    """What may be had, in the merchant's order: switched on, for such a piece, and with a week that has a place."""
    rows = [way for way in ways_of(session, shop_id=case.shop_id, on=True) if _fits(way, case, boutique_ids)]
    today = _today(session, case.shop_id, now)
    taken = _taken(session, case.shop_id, [way.id for way in rows if way.id is not None], today)
    found = []
    for way in rows:
        week = next((w for w in _weeks(today) if taken.get((way.id, w), 0) < way.per_week), None)
        if week is not None:
            found.append(Offer(way, week, ready_on(week, today=today, lead_days=way.lead_days)))
    return found


def take_way(
    session: Session,
    case: Case,
    *,
    way_id: int,
    week_on: date,
    why: str,
    advisor_id: int,
    boutique_ids: Collection[int | None] = (),
    once: str,
    now: datetime,
) -> WayTaken:
    """Take a place in that week. Within the budget it is promised at once, beyond it when somebody said yes.

    `once` makes a second tap the same. Raises WeekFull, NotFound for what is switched off or not for such a piece,
    InvalidMove for a closed case.
    """
    if case.state is not CaseState.OPEN:
        raise InvalidMove("This return is closed.")
    way = get_way(session, shop_id=case.shop_id, way_id=way_id)
    today = _today(session, case.shop_id, now)
    if not way.is_on or not _fits(way, case, boutique_ids) or week_on not in _weeks(today):
        raise NotFound("That is not offered for this piece any more. Look again.")
    begin_offer(session, case, advisor_id=advisor_id, now=now)
    row, is_new = _place(session, case, way, week_on=week_on, today=today, advisor_id=advisor_id, once=once, now=now)
    if not is_new:
        return row
    about: dict[str, Any] = {"advisor_id": advisor_id, "now": now}
    if way.cost_cents and way.in_budget:
        gesture = give(session, case, what=way.title, why=why, cents=way.cost_cents, once=f"way:{row.once}", **about)
        row.gesture_id = gesture.id
        promised = gesture.state is GestureState.ALLOWED
    else:
        promised = True
    add_line(session, case, kind="way.taken", now=now, actor=by_advisor(advisor_id), detail=way.title)
    if promised:
        _promise(session, row, now=now)
    session.add(row)
    session.flush()
    return row


def let_go(session: Session, case: Case, *, taken_id: int, advisor_id: int, now: datetime) -> WayTaken:
    """They decided otherwise: the place is free for somebody else, what was given is in the budget again, no promise
    is left open. Twice changes nothing."""
    row = _get(session, case, taken_id)
    if not _free(session, row, now=now):
        return row
    if row.gesture_id is not None:
        take_back(session, case, gesture_id=row.gesture_id)
    open_ = (col(Promise_.id) == row.promise_id, col(Promise_.shop_id) == case.shop_id, col(Promise_.done_at).is_(None))
    session.connection().execute(sa.delete(Promise_).where(*open_))
    add_line(session, case, kind="way.let_go", now=now, actor=by_advisor(advisor_id), detail=row.title)
    return row


def follow_answer(session: Session, event: GestureAnswered) -> None:
    """Somebody said yes, and it is promised; or not now, and the place is free again."""
    mine = (
        WayTaken.gesture_id == event.gesture_id,
        WayTaken.shop_id == event.shop_id,
        WayTaken.case_id == event.case_id,
    )
    row = session.exec(select(WayTaken).where(*mine, col(WayTaken.freed_at).is_(None))).first()
    if row is None:
        return
    now = datetime.fromisoformat(event.at)
    if event.allowed:
        _promise(session, row, now=now)
        session.add(row)
    else:
        _free(session, row, now=now)


def takings_of(session: Session, case: Case) -> list[WayTaken]:
    """What is taken for that client, the first first."""
    mine = (WayTaken.case_id == case.id, WayTaken.shop_id == case.shop_id, col(WayTaken.freed_at).is_(None))
    return list(session.exec(select(WayTaken).where(*mine).order_by(col(WayTaken.id))))


def left_of_week(session: Session, way: CatalogueWay, *, week_on: date) -> int:
    """Places nobody has."""
    return max(way.per_week - len(_places(session, way, week_on)), 0)


def _place(
    session: Session,
    case: Case,
    way: CatalogueWay,
    *,
    week_on: date,
    today: date,
    advisor_id: int,
    once: str,
    now: datetime,
) -> tuple[WayTaken, bool]:
    """The row of this tap, and whether it is new."""
    assert case.id is not None and way.id is not None
    mine = (WayTaken.case_id == case.id, WayTaken.shop_id == case.shop_id, WayTaken.once == token_hash(once))
    before = session.exec(select(WayTaken).where(*mine)).first()
    if before is not None:
        return before, False
    session.flush()
    # Numbers beyond what the merchant has since lowered it to count too, so they are counted under a lock.
    hold(session, f"way:{way.id}:{week_on}")
    taken = _places(session, way, week_on)
    for place in sorted(set(range(way.per_week)) - taken) if len(taken) < way.per_week else ():
        row = WayTaken(
            shop_id=case.shop_id, case_id=case.id, way_id=way.id, week_on=week_on, place=place,
            ready_on=ready_on(week_on, today=today, lead_days=way.lead_days), advisor_id=advisor_id, title=way.title,
            cost_cents=way.cost_cents, currency=way.currency, once=token_hash(once), taken_at=now,
        )  # fmt: skip
        if insert_once(session, row):
            kept = session.exec(select(WayTaken).where(*mine)).one()
            return kept, True
    raise WeekFull("Somebody else has just been given the last place of that week. The next one is shown.")


def _promise(session: Session, row: WayTaken, *, now: datetime) -> None:
    about: dict[str, Any] = {"shop_id": row.shop_id, "case_id": row.case_id, "advisor_id": row.advisor_id}
    row.promise_id = add_promise(session, what=row.title, due_on=row.ready_on, now=now, **about).id


def _free(session: Session, row: WayTaken, *, now: datetime) -> bool:
    freed = session.connection().execute(
        sa.update(WayTaken)
        .where(col(WayTaken.id) == row.id, col(WayTaken.shop_id) == row.shop_id, col(WayTaken.freed_at).is_(None))
        .values(freed_at=now)
    )
    session.refresh(row)
    return freed.rowcount == 1


def _get(session: Session, case: Case, taken_id: int) -> WayTaken:
    mine = (WayTaken.id == taken_id, WayTaken.case_id == case.id, WayTaken.shop_id == case.shop_id)
    row = session.exec(select(WayTaken).where(*mine)).first()
    if row is None:
        raise NotFound("That was not taken here.")
    return row


def _fits(way: CatalogueWay, case: Case, boutique_ids: Collection[int | None]) -> bool:
    kind = kind_of(case.category, (), case.piece_title)
    places = [case.boutique_id, *boutique_ids]
    return way.fit.takes(kind=kind, value_cents=case.value_cents, currency=case.currency, boutique_ids=places)


def _places(session: Session, way: CatalogueWay, week_on: date) -> set[int]:
    query = select(WayTaken.place).where(
        WayTaken.way_id == way.id,
        WayTaken.shop_id == way.shop_id,
        WayTaken.week_on == week_on,
        col(WayTaken.freed_at).is_(None),
    )
    return set(session.exec(query))


def _taken(session: Session, shop_id: int, way_ids: Sequence[int], today: date) -> dict[tuple[int | None, date], int]:
    if not way_ids:
        return {}
    query = (
        sa.select(col(WayTaken.way_id), col(WayTaken.week_on), sa.func.count())
        .where(col(WayTaken.shop_id) == shop_id, col(WayTaken.way_id).in_(way_ids), col(WayTaken.freed_at).is_(None))
        .where(col(WayTaken.week_on) >= week_of(today))
        .group_by(col(WayTaken.way_id), col(WayTaken.week_on))
    )
    return {(way_id, week): int(count) for way_id, week, count in session.connection().execute(query)}


def _weeks(today: date) -> list[date]:
    return [week_of(today) + WEEK * n for n in range(WEEKS_AHEAD)]


def _today(session: Session, shop_id: int, now: datetime) -> date:
    return now.astimezone(ZoneInfo(get_shop(session, shop_id).zone)).date()
