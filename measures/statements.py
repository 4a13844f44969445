"""The statements that ask what is known of some orders and their returns.

Made once, and lists are one parameter (kit.among). They travel in two journeys (kit.together): what is of the orders,
then what is of their returns.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from consults.models import Case, Consult
from kit.among import among
from kit.together import Asked
from logistics.models import Parcel, Rma, Settlement
from logistics.states import ParcelState, SettlementState
from measures.models import HistoricOrder, HistoricPiece, HistoricRefund, HistoricReturn
from shops.models import Shop

SENT = sa.or_(col(Parcel.state) == ParcelState.BOUGHT, col(Parcel.state) == ParcelState.ATTACHED)
SHOP: Any = sa.bindparam("shop_id", type_=sa.Integer())
ZONE = sa.select(col(Shop.zone)).where(col(Shop.id) == SHOP).scalar_subquery()
RETURNED = sa.exists().where(
    col(HistoricReturn.shop_id) == col(HistoricOrder.shop_id),
    col(HistoricReturn.order_gid) == col(HistoricOrder.order_gid),
)
ORDERS: Any = sa.select(
    col(HistoricOrder.order_gid),
    col(HistoricOrder.household),
    col(HistoricOrder.placed_at),
    RETURNED.label("returned"),
    ZONE.label("zone"),
).where(col(HistoricOrder.shop_id) == SHOP, among(col(HistoricOrder.order_gid), "gids"))
OF_ORDER = sa.and_(
    col(HistoricOrder.shop_id) == col(HistoricReturn.shop_id),
    col(HistoricOrder.order_gid) == col(HistoricReturn.order_gid),
)
# Nothing is sorted or made distinct by the database: for that, SQLite would go through every return of the shop.
ORDERS_WITH: Any = (
    sa.select(
        col(HistoricReturn.order_gid),
        col(HistoricOrder.household),
        col(HistoricOrder.placed_at),
        sa.true().label("returned"),
        ZONE.label("zone"),
    )
    .join(HistoricOrder, OF_ORDER, isouter=True)
    .where(col(HistoricReturn.shop_id) == SHOP, among(col(HistoricReturn.return_gid), "gids"))
)
RETURNS: Any = (
    sa.select(
        col(HistoricReturn.return_gid),
        col(HistoricReturn.order_gid),
        col(HistoricReturn.status),
        col(HistoricReturn.opened_at),
        col(HistoricReturn.closed_at),
        col(HistoricOrder.household),
        ZONE.label("zone"),
    )
    .join(HistoricOrder, OF_ORDER, isouter=True)
    .where(col(HistoricReturn.shop_id) == SHOP, among(col(HistoricReturn.order_gid), "gids"))
)
PIECES = sa.select(
    col(HistoricPiece.return_gid),
    col(HistoricPiece.is_new),
    col(HistoricPiece.quantity),
    col(HistoricPiece.cents),
    col(HistoricPiece.currency),
    col(HistoricPiece.line_gid),
).where(col(HistoricPiece.shop_id) == SHOP, among(col(HistoricPiece.return_gid), "gids"))
REFUNDS = sa.select(
    col(HistoricRefund.refund_gid),
    col(HistoricRefund.order_gid),
    col(HistoricRefund.return_gid),
    col(HistoricRefund.at),
    col(HistoricRefund.cents),
).where(col(HistoricRefund.shop_id) == SHOP, among(col(HistoricRefund.order_gid), "gids"))
CREDITED = sa.and_(
    col(Settlement.rma_id) == col(Rma.id),
    col(Settlement.as_credit).is_(True),
    col(Settlement.state) == SettlementState.SETTLED,
)
OURS: Any = (
    sa.select(
        col(Rma.return_gid),
        col(Rma.currency),
        col(Parcel.id).label("parcel_id"),
        col(Settlement.id).label("settlement_id"),
        col(Settlement.shop_cents),
        col(Settlement.amount_cents),
        col(Settlement.currency).label("paid_in"),
        col(Settlement.refund_gid),
    )
    .join(Parcel, sa.and_(col(Parcel.rma_id) == col(Rma.id), SENT), isouter=True)
    .join(Settlement, CREDITED, isouter=True)
    .where(col(Rma.shop_id) == SHOP, among(col(Rma.return_gid), "gids"))
)
TALKED = sa.and_(
    col(Consult.case_id) == col(Case.id), col(Consult.began_at).is_not(None), col(Consult.over_at).is_not(None)
)
CASES: Any = (
    sa.select(col(Case.return_gid), col(Case.outcome), col(Consult.began_at), col(Consult.over_at))
    .join(Consult, TALKED, isouter=True)
    .where(col(Case.shop_id) == SHOP, among(col(Case.return_gid), "gids"))
)


def of_these(shop_id: int, order_gids: Sequence[str]) -> Asked:
    """What asks for those orders that are known, as `orders_of` does."""
    return ORDERS, {"shop_id": shop_id, "gids": order_gids}


def orders_of(session: Session, shop_id: int, order_gids: Sequence[str]) -> Sequence[Any]:
    """Those orders that are known: order_gid, household, placed_at, whether one was `returned`, the shop's zone."""
    return rows(session, ORDERS, shop_id, order_gids)


def of_those_with(shop_id: int, return_gids: Sequence[str]) -> Asked:
    """What asks for the orders of those returns, one a return; of one that is not known only its gid is there."""
    return ORDERS_WITH, {"shop_id": shop_id, "gids": return_gids}


def of_orders(shop_id: int, order_gids: Sequence[str]) -> tuple[Asked, Asked]:
    """What asks for the returns of these orders, and for their refunds."""
    about = {"shop_id": shop_id, "gids": order_gids}
    return (RETURNS, about), (REFUNDS, about)


def of_returns(shop_id: int, returns: Sequence[Any]) -> tuple[Asked, Asked, Asked]:
    """What asks for what is around those returns: cases, parcels and credit of ours, pieces."""
    about = {"shop_id": shop_id, "gids": [row.return_gid for row in returns]}
    return (CASES, about), (OURS, about), (PIECES, about)


def rows(session: Session, query: Any, shop_id: int, gids: Sequence[str], **more: Any) -> Sequence[Any]:
    """What one of these statements finds; nothing for an empty list."""
    return session.connection().execute(query, {"shop_id": shop_id, "gids": gids, **more}).all() if gids else ()
