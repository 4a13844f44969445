"""Seller evidence: kept when the order arrives, because staff lists and attributions change until it comes back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.clock import parse_instant
from kit.db import insert_once
from kit.money import Money
from routing.chains import chain_row
from routing.events import OrderSeen
from routing.facts import Attribution, OrderRead, StaffRead
from routing.models import LineEvidence, OrderEvidence
from routing.seller_models import ClaimEvidence

MOST_CLAIMS = 50


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
    _keep_claims(session, kept, seen, updated_at)
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


def _keep_claims(session: Session, kept: OrderEvidence, seen: OrderSeen, at: datetime) -> None:
    """Keep what stands under a key the merchant named, with when it was first seen; all else is passed by unread."""
    assert kept.id is not None
    rows = session.exec(select(ClaimEvidence).where(ClaimEvidence.evidence_id == kept.id)).all()
    first_seen = {(row.line_gid, row.key, row.value): row.seen_at for row in rows}
    for row in rows:
        session.delete(row)
    session.flush()
    if not seen.attributes:
        return
    named = {key.casefold() for key in chain_row(session, seen.shop_id).attribute_keys}
    wanted = [pair for pair in seen.attributes if pair["key"].casefold() in named][:MOST_CLAIMS]
    for pair in wanted:
        claim = (pair["line_gid"] or "", pair["key"], pair["value"])
        line_gid, key, value = claim
        mine: dict[str, Any] = {"evidence_id": kept.id, "shop_id": seen.shop_id, "seen_at": first_seen.get(claim, at)}
        session.add(ClaimEvidence(line_gid=line_gid, key=key, value=value, **mine))
    session.flush()


def erase_claims(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> None:
    """Forget what was written on these orders: a buyer may have written their own name."""
    theirs = select(OrderEvidence.id).where(
        OrderEvidence.shop_id == shop_id, col(OrderEvidence.order_gid).in_(order_gids)
    )
    session.connection().execute(sa.delete(ClaimEvidence).where(col(ClaimEvidence.evidence_id).in_(theirs)))


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
