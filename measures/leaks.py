"""Good clients who took a refund by themselves and never came back: the silent leak. A list, and nothing is sent."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.money import Money
from measures.measured import MeasuredReturn
from measures.models import HistoricOrder
from measures.next_orders import HORIZON

MOST = 200


@dataclass(frozen=True)
class Leak:
    """One household, by its dearest refund; `client_gid` "" for a guest.

    `spent` is all it bought, in the shop's currency: all of it before, for it bought nothing since.
    """

    client_gid: str
    closed_on: date
    refunded: Money
    orders: int
    spent: Money


def leaks(session: Session, *, shop_id: int, currency: str, today: date, most: int = MOST) -> list[Leak]:
    """The dearest first: refunded without an advisor, of a middling price or dear, and watched to the end in vain."""
    row = MeasuredReturn
    mine: tuple[Any, ...] = (
        row.shop_id == shop_id,
        col(row.assisted).is_(False),
        row.refunds == 1,
        row.not_yet == 1,
        col(row.band).in_(("mid", "dear")),
        row.currency == currency,
        col(row.closed_on) <= today - timedelta(days=HORIZON),
        ~_came_back_later(),
    )
    dearest = (col(row.refunded_cents).desc(), col(row.return_gid))
    place = sa.func.row_number().over(partition_by=col(row.household), order_by=dearest).label("place")
    placed = sa.select(col(row.return_gid), place).where(*mine).subquery()
    first = (row.shop_id == shop_id, placed.c.place == 1)
    query = select(row).join(placed, placed.c.return_gid == col(row.return_gid)).where(*first)
    found = session.exec(query.order_by(*dearest).limit(most)).all()
    bought = _bought(session, shop_id, sorted({one.household for one in found}), currency)
    made = []
    for one in found:
        orders, cents = bought.get(one.household, (0, 0))
        gid = one.household if one.household.startswith("gid:") else ""
        made.append(Leak(gid, one.closed_on, Money(one.refunded_cents, currency), orders, Money(cents, currency)))
    return made


def _came_back_later() -> sa.Exists:
    """Beyond the horizon of the measures, but come back all the same."""
    return (
        sa.select(sa.literal(1))
        .where(
            col(HistoricOrder.shop_id) == col(MeasuredReturn.shop_id),
            col(HistoricOrder.household) == col(MeasuredReturn.household),
            col(HistoricOrder.placed_at) > col(MeasuredReturn.closed_at),
            col(HistoricOrder.cancelled).is_(False),
            col(HistoricOrder.total_cents) > 0,
        )
        .exists()
    )


def _bought(session: Session, shop_id: int, households: list[str], currency: str) -> dict[str, tuple[int, int]]:
    query = (
        sa.select(col(HistoricOrder.household), sa.func.count(), sa.func.sum(col(HistoricOrder.total_cents)))
        .where(
            col(HistoricOrder.shop_id) == shop_id,
            col(HistoricOrder.household).in_(households),
            col(HistoricOrder.currency) == currency,
            col(HistoricOrder.cancelled).is_(False),
            col(HistoricOrder.total_cents) > 0,
        )
        .group_by(col(HistoricOrder.household))
    )
    return {str(key): (int(count), int(cents or 0)) for key, count, cents in session.connection().execute(query)}
