"""Putting a piece aside for one client. Who has the last one is the database's to say, not ours to look up."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from consults.cases import get_case
from consults.history import add_line, by_advisor
from consults.models import Case, Consult
from consults.pieces.models import PieceHold, StockVariant
from consults.pieces.states import HoldEnd
from consults.pieces.stock import find_variant
from consults.rounds.rounds import begin_offer
from consults.states import LIVE, CaseState, InvalidMove
from kit.db import insert_once
from kit.errors import AppError, Conflict, NotFound

USUAL = timedelta(hours=2)
AFTER_THE_TALK = timedelta(minutes=30)
LONGEST = timedelta(hours=24)
MOST_A_CASE = 3
NOT_THERE = "The last one has just been put aside for somebody else, or sold. Look for others."


class NotFree(Conflict):
    """None of it is left to put aside."""

    code = "not_free"


def hold_piece(
    session: Session,
    *,
    shop_id: int,
    case_id: int,
    variant_gid: str,
    advisor_id: int,
    reason: str = "",
    now: datetime,
) -> PieceHold:
    """Put one of a variant aside for the client of that case. Asking again for it gives the hold there is.

    Raises NotFree when somebody else has the last one, AppError beyond three a case.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    if case.state is not CaseState.OPEN:
        raise InvalidMove("This return is closed.")
    free_expired(session, shop_id=shop_id, variant_gid=variant_gid, now=now)
    variant = find_variant(session, shop_id=shop_id, variant_gid=variant_gid)
    if variant is None:
        raise NotFound("That piece is not known here.")
    mine = holds_of(session, case)
    if found := next((hold for hold in mine if hold.variant_gid == variant_gid), None):
        return found
    if len(mine) >= MOST_A_CASE:
        raise AppError(f"{MOST_A_CASE} pieces are put aside for them already. Give one back first.")
    hold = _take_unit(session, case, variant, advisor_id, reason, now)
    add_line(session, case, kind="piece.held", now=now, actor=by_advisor(advisor_id), detail=variant_gid)
    jobs.enqueue(session, "consults.reserve_piece", key=f"hold:{hold.id}", shop_id=shop_id, hold_id=hold.id)
    return hold


def _take_unit(
    session: Session, case: Case, variant: StockVariant, advisor_id: int, reason: str, now: datetime
) -> PieceHold:
    """The first unit nobody has. Each try is one insert that the unique index lets in or not."""
    assert case.id is not None
    values: dict[str, Any] = {
        "shop_id": case.shop_id, "case_id": case.id, "variant_gid": variant.variant_gid, "reason": reason[:300],
        "title": ", ".join(part for part in (variant.title, variant.size) if part), "image": variant.image,
        "price_cents": variant.price_cents, "currency": variant.currency, "held_by": advisor_id, "held_at": now,
        "expires_at": _until(session, case, now),
    }  # fmt: skip
    for unit in range(_units(session, variant, now)):
        if insert_once(session, PieceHold(unit=unit, **values)):
            break
    found = next((hold for hold in holds_of(session, case) if hold.variant_gid == variant.variant_gid), None)
    if found is None:
        raise NotFree(NOT_THERE)
    return found


def _units(session: Session, variant: StockVariant, now: datetime) -> int:
    """How many there are to put aside in all: what Shopify counts as free, and what we took out of that count."""
    out = (
        col(PieceHold.shop_id) == variant.shop_id,
        col(PieceHold.variant_gid) == variant.variant_gid,
        col(PieceHold.freed_at).is_(None),
        col(PieceHold.reserved_at) <= variant.read_at,
    )
    taken = session.exec(select(sa.func.count()).select_from(PieceHold).where(*out)).one()
    # A piece whose reservation is being given back is in nobody's hands and not in Shopify's count: nobody's yet.
    return max(variant.available, 0) + int(taken)


def _until(session: Session, case: Case, now: datetime) -> datetime:
    """Half an hour past the conversation where one is near, else two hours."""
    soon = select(Consult.ends_at).where(
        Consult.case_id == case.id, col(Consult.state).in_(LIVE), Consult.ends_at > now, Consult.ends_at < now + LONGEST
    )
    ends = session.exec(soon.order_by(col(Consult.ends_at)).limit(1)).first()
    return ends + AFTER_THE_TALK if ends else now + USUAL


def holds_of(session: Session, case: Case, *, now: datetime | None = None) -> list[PieceHold]:
    """What is put aside for that client, the first first. With `now`, only what still is then."""
    query = select(PieceHold).where(
        PieceHold.case_id == case.id, PieceHold.shop_id == case.shop_id, col(PieceHold.freed_at).is_(None)
    )
    if now is not None:
        query = query.where(PieceHold.expires_at > now)
    return list(session.exec(query.order_by(col(PieceHold.id)).execution_options(populate_existing=True)))


def put_aside(session: Session, *, shop_id: int, now: datetime) -> dict[int, set[str]]:
    """By case, the variants that are put aside for its client."""
    mine = select(PieceHold.case_id, PieceHold.variant_gid).where(PieceHold.shop_id == shop_id)
    held = mine.where(col(PieceHold.freed_at).is_(None), PieceHold.expires_at > now)
    found: dict[int, set[str]] = {}
    for case_id, variant_gid in session.exec(held):
        found.setdefault(case_id, set()).add(variant_gid)
    return found


def offered(session: Session, case: Case, *, now: datetime) -> list[PieceHold]:
    """What the client is shown: put aside for them, and meant for their eyes."""
    return [hold for hold in holds_of(session, case, now=now) if hold.offered_at is not None]


def get_hold(session: Session, case: Case, hold_id: int) -> PieceHold:
    """A hold of that case. Raises NotFound."""
    mine = (PieceHold.id == hold_id, PieceHold.case_id == case.id, PieceHold.shop_id == case.shop_id)
    hold = session.exec(select(PieceHold).where(*mine).execution_options(populate_existing=True)).first()
    if hold is None:
        raise NotFound("That piece is not put aside here.")
    return hold


def find_hold(session: Session, *, shop_id: int, hold_id: int) -> PieceHold | None:
    """The shop's hold with that id."""
    return session.exec(select(PieceHold).where(PieceHold.id == hold_id, PieceHold.shop_id == shop_id)).first()


def offer_piece(session: Session, case: Case, *, hold_id: int, advisor_id: int, now: datetime) -> PieceHold:
    """Let the client see it on their page. Raises NotFree when its time is over."""
    hold = get_hold(session, case, hold_id)
    if hold.freed_at is not None or hold.expires_at <= now:
        raise NotFree("Its time is over, and it is free again. Put it aside once more first.")
    if hold.offered_at is None:
        begin_offer(session, case, advisor_id=advisor_id, now=now)
        hold.offered_at = now
        session.add(hold)
        detail = hold.variant_gid
        add_line(session, case, kind="piece.offered", now=now, actor=by_advisor(advisor_id), detail=detail)
    return hold


def free_hold(session: Session, hold: PieceHold, *, why: HoldEnd, now: datetime) -> bool:
    """Give it free, once; False when it was free already. Shopify's own reservation follows by a job."""
    freed = session.connection().execute(
        sa.update(PieceHold)
        .where(col(PieceHold.id) == hold.id, col(PieceHold.freed_at).is_(None))
        .values(freed_at=now, freed_why=why)
    )
    if freed.rowcount != 1:
        return False
    session.refresh(hold)
    jobs.enqueue(session, "consults.release_piece", key=f"hold:{hold.id}", shop_id=hold.shop_id, hold_id=hold.id)
    return True


def free_expired(session: Session, *, now: datetime, shop_id: int | None = None, variant_gid: str = "") -> int:
    """Free what is past its time; how many that were."""
    query = select(PieceHold).where(col(PieceHold.freed_at).is_(None), PieceHold.expires_at <= now)
    if shop_id is not None:
        query = query.where(PieceHold.shop_id == shop_id, PieceHold.variant_gid == variant_gid)
    late = session.exec(query.order_by(col(PieceHold.id)).limit(500)).all()
    return sum(free_hold(session, hold, why=HoldEnd.EXPIRED, now=now) for hold in late)
