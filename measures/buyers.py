"""Households that had a return: what they bought after it, and when their next one was closed. Two or three queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from kit.among import among
from logistics.models import Rma
from logistics.money_models import SideSale
from logistics.states import SaleState
from measures.gathering import SHOP, rows
from measures.models import HistoricOrder, HistoricReturn
from measures.next_orders import Bought

PAID_WITHIN = timedelta(days=14)
"""A piece sold beside a return is paid for within these, or is an order like another."""


@dataclass
class Buyer:
    """A household: its orders, and when its returns were closed."""

    orders: list[Bought] = field(default_factory=list)
    closings: list[tuple[datetime, str]] = field(default_factory=list)


THEIRS = (col(HistoricOrder.shop_id) == SHOP, among(col(HistoricOrder.household), "gids"))
BOUGHT = sa.select(
    col(HistoricOrder.order_gid),
    col(HistoricOrder.household),
    col(HistoricOrder.placed_at),
    col(HistoricOrder.total_cents),
    col(HistoricOrder.refunded_cents),
    col(HistoricOrder.cancelled),
).where(*THEIRS)
# Not a join: SQLite would begin it with every return of the shop.
CLOSINGS = sa.select(
    col(HistoricReturn.order_gid), col(HistoricReturn.closed_at), col(HistoricReturn.return_gid)
).where(
    col(HistoricReturn.shop_id) == SHOP,
    among(col(HistoricReturn.order_gid), "gids"),
    col(HistoricReturn.status) == "CLOSED",
    col(HistoricReturn.closed_at).is_not(None),
)
BESIDE = (
    sa.select(col(Rma.order_gid), col(SideSale.asked_at), col(SideSale.amount_cents))
    .join(Rma, col(Rma.id) == col(SideSale.rma_id))
    .where(
        col(SideSale.shop_id) == SHOP,
        col(SideSale.state) == SaleState.MADE,
        among(col(Rma.order_gid), "gids"),
    )
)


def buyers(session: Session, shop_id: int, households: Sequence[str], since: datetime) -> dict[str, Buyer]:
    """Orders of those households placed after `since`, and when returns of theirs were closed."""
    found: dict[str, Buyer] = defaultdict(Buyer)
    bought = rows(session, BOUGHT, shop_id, households)
    buyer_of = {row.order_gid: row.household for row in bought}
    gids = sorted(buyer_of)
    beside = _sold_beside(session, shop_id, gids, buyer_of)
    for _, household, placed_at, cents, refunded, cancelled in bought:
        if placed_at <= since:
            continue
        beside_it = household in beside and any(
            cents == sold and asked <= placed_at <= asked + PAID_WITHIN for asked, sold in beside[household]
        )
        found[household].orders.append(Bought(placed_at, cents, refunded, beside_it, cancelled))
    for order_gid, closed_at, gid in rows(session, CLOSINGS, shop_id, gids):
        if closed_at > since:
            found[buyer_of[order_gid]].closings.append((closed_at, gid))
    return found


def _sold_beside(
    session: Session, shop_id: int, order_gids: Sequence[str], buyer_of: dict[str, str]
) -> dict[str, list[tuple[datetime, int]]]:
    """Household -> (asked at, amount) of pieces sold to it beside a return: they are no next order."""
    found: dict[str, list[Any]] = {}
    for order_gid, asked, cents in rows(session, BESIDE, shop_id, order_gids):
        found.setdefault(buyer_of[order_gid], []).append((asked, cents))
    return found
