"""Seller evidence: kept when the order arrives, because staff lists and attributions change until it comes back."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.clock import parse_instant
from kit.db import insert_once
from kit.money import Money
from routing.events import OrderSeen
from routing.facts import Attribution, OrderRead, StaffRead
from routing.models import LineEvidence, OrderEvidence


def keep(session: Session, seen: OrderSeen, *, now: datetime) -> bool:
    """Keep what the order says; False when a later word on the same order is kept already."""
    updated_at = _when(seen.updated_at, now)
    fresh = OrderEvidence(
        shop_id=seen.shop_id,
        order_gid=seen.order_gid,
        order_name=seen.order_name,
        source_name=seen.source_name,
        staff_gid=seen.staff_gid,
        location_gid=seen.location_gid,
        seen_updated_at=updated_at,
        kept_at=now,
    )
    is_new = insert_once(session, fresh)
    kept = find(session, shop_id=seen.shop_id, order_gid=seen.order_gid)
    assert kept is not None and kept.id is not None
    if not is_new:
        if kept.seen_updated_at > updated_at:
            return False
        kept.staff_gid, kept.location_gid, kept.seen_updated_at = seen.staff_gid, seen.location_gid, updated_at
        session.add(kept)
        session.connection().execute(sa.delete(LineEvidence).where(col(LineEvidence.evidence_id) == kept.id))
    for line in seen.lines:
        for credit in line["staff"]:
            insert_once(
                session,
                LineEvidence(
                    evidence_id=kept.id,
                    shop_id=seen.shop_id,
                    line_gid=line["line_gid"],
                    staff_gid=credit["staff_gid"],
                    quantity=credit["quantity"],
                ),
            )
    return True


def _when(text: str, now: datetime) -> datetime:
    """A body may tell no time, or nonsense; then it counts as news."""
    try:
        return parse_instant(text)
    except ValueError:
        return now


def find(session: Session, *, shop_id: int, order_gid: str) -> OrderEvidence | None:
    """What was kept of that order."""
    query = select(OrderEvidence).where(OrderEvidence.shop_id == shop_id, OrderEvidence.order_gid == order_gid)
    return session.exec(query).first()


def attributions(
    session: Session, kept: OrderEvidence | None, order: OrderRead, staff: StaffRead, returned: set[str]
) -> tuple[Attribution, ...]:
    """Credits for the returned lines: what was kept at order time, else what Shopify says today."""
    lines = {line.line_gid: line for line in order.lines if line.line_gid in returned}
    credits: list[tuple[str, str, int]] = []
    if kept is not None:
        rows = session.exec(select(LineEvidence).where(LineEvidence.evidence_id == kept.id)).all()
        credits = [(row.line_gid, row.staff_gid, row.quantity) for row in rows]
    if not credits:
        credits = [(line, who, lines[line].quantity) for line, who in staff.line_staff if line in lines]
    return tuple(
        Attribution(line, who, quantity, _share(lines[line].value, quantity, lines[line].quantity))
        for line, who, quantity in credits
        if line in lines
    )


def _share(value: Money, quantity: int, of: int) -> Money:
    return Money(value.cents * quantity // max(of, 1), value.currency)
