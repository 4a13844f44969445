"""Households that had a return: what they bought after it, and when their next one was closed. One query."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from kit.among import among
from logistics.models import Rma
from logistics.money_models import SideSale
from logistics.states import SaleState
from measures.models import HistoricOrder, HistoricReturn
from measures.next_orders import Bought
from measures.statements import OF_ORDER, SHOP, rows

PAID_WITHIN = timedelta(days=14)
"""A piece sold beside a return is paid for within these, or is an order like another."""


@dataclass
class Buyer:
    """A household: its orders, and when its returns were closed."""

    orders: list[Bought] = field(default_factory=list)
    closings: list[tuple[datetime, str]] = field(default_factory=list)

    def next_closing(self, closed_at: datetime, return_gid: str, own: Collection[str]) -> datetime | None:
        """When the next return after that one was closed that is none of its `own` case; None where none was.

        Of two closed in one instant the one comes first by name, so that what followed is counted once.
        """
        later = (at for at, gid in self.closings if (at, gid) > (closed_at, return_gid) and gid not in own)
        return min(later, default=None)


OF_RETURN = sa.and_(
    col(Rma.shop_id) == col(HistoricReturn.shop_id), col(Rma.return_gid) == col(HistoricReturn.return_gid)
)
SOLD = sa.and_(col(SideSale.rma_id) == col(Rma.id), col(SideSale.state) == SaleState.MADE)
# Outer joins, so that SQLite begins with the household and not with every return, or sale, of the shop.
FOLLOWED: Any = (
    sa.select(
        col(HistoricOrder.order_gid),
        col(HistoricOrder.household),
        col(HistoricOrder.placed_at),
        col(HistoricOrder.total_cents),
        col(HistoricOrder.currency),
        col(HistoricOrder.refunded_cents),
        col(HistoricOrder.cancelled),
        col(HistoricReturn.return_gid),
        col(HistoricReturn.status),
        col(HistoricReturn.closed_at),
        col(SideSale.asked_at),
        col(SideSale.amount_cents),
    )
    .join(HistoricReturn, OF_ORDER, isouter=True)
    .join(Rma, OF_RETURN, isouter=True)
    .join(SideSale, SOLD, isouter=True)
    .where(col(HistoricOrder.shop_id) == SHOP, among(col(HistoricOrder.household), "gids"))
)


def buyers(followed: Sequence[Any], since: datetime) -> dict[str, Buyer]:
    """What FOLLOWED found, by household: orders placed after `since`, and which returns were closed then or later."""
    found: dict[str, Buyer] = defaultdict(Buyer)
    beside: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    orders: dict[str, Any] = {}
    for row in followed:
        if row.placed_at > since:
            orders[row.order_gid] = row
        if row.status == "CLOSED" and row.closed_at is not None and row.closed_at >= since:
            found[row.household].closings.append((row.closed_at, row.return_gid))
        if row.asked_at is not None:
            beside[row.household].append((row.asked_at, row.amount_cents))
    for row in orders.values():
        beside_it = row.household in beside and _is_beside(row.placed_at, row.total_cents, beside[row.household])
        bought = Bought(row.placed_at, row.total_cents, row.currency, row.refunded_cents, beside_it, row.cancelled)
        found[row.household].orders.append(bought)
    return found


def buyers_of(session: Session, shop_id: int, households: Sequence[str], since: datetime) -> dict[str, Buyer]:
    """The same, asked for alone."""
    return buyers(rows(session, FOLLOWED, shop_id, households), since)


def _is_beside(placed_at: datetime, cents: int, sold: list[tuple[datetime, int]]) -> bool:
    """Whether the order is a piece that was sold to the household beside a return: it is no next order."""
    return any(cents == amount and asked <= placed_at <= asked + PAID_WITHIN for asked, amount in sold)
