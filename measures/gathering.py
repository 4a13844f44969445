"""What is known of some closed returns: the statements that ask for it, and the answers as the pure files take them.

Statements are made once, and lists are one parameter (kit.among). They travel in two journeys (kit.together): what is
of the orders, then what is of their returns.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from consults.kinds import Outcome
from consults.models import Case, Consult
from kit.among import among
from kit.together import Asked
from logistics.models import Parcel, Rma, Settlement
from logistics.states import ParcelState, SettlementState
from measures.endings import Came, continued
from measures.given import given_to
from measures.models import HistoricOrder, HistoricPiece, HistoricRefund, HistoricReturn
from shops.models import Shop

SENT = sa.or_(col(Parcel.state) == ParcelState.BOUGHT, col(Parcel.state) == ParcelState.ATTACHED)
SHOP: Any = sa.bindparam("shop_id", type_=sa.Integer())


@dataclass
class Chain:
    """One case: a closed return, and those in which its new pieces came back. All of one order."""

    return_gid: str
    order_gid: str
    household: str | None
    zone: str
    closed_at: datetime
    currency: str
    came: Came
    members: list[str]


@dataclass
class Around:
    """What one return cost, and whether somebody looked after it. One parcel is assumed where none is ours.

    `given` by currency: gestures, and what the catalogue says its ways cost. `reworked`: no way says what that cost.
    """

    assisted: bool = False
    reworked: bool = False
    minutes: int = 0
    parcels: int = 1
    given: Counter[str] = field(default_factory=Counter)


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
# Nothing is sorted or made distinct by the database: for that, SQLite would go through every return of the shop.
ORDERS_WITH = sa.select(col(HistoricReturn.order_gid)).where(
    col(HistoricReturn.shop_id) == SHOP, among(col(HistoricReturn.return_gid), "gids")
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
    .join(
        HistoricOrder,
        sa.and_(
            col(HistoricOrder.shop_id) == col(HistoricReturn.shop_id),
            col(HistoricOrder.order_gid) == col(HistoricReturn.order_gid),
        ),
        isouter=True,
    )
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


def orders_with(session: Session, shop_id: int, return_gids: Sequence[str]) -> list[str]:
    """The orders of those returns."""
    return sorted({gid for (gid,) in rows(session, ORDERS_WITH, shop_id, return_gids)})


def of_orders(shop_id: int, order_gids: Sequence[str]) -> tuple[Asked, Asked]:
    """What asks for the returns of these orders, and for their refunds."""
    about = {"shop_id": shop_id, "gids": order_gids}
    return (RETURNS, about), (REFUNDS, about)


def of_returns(shop_id: int, returns: Sequence[Any]) -> tuple[Asked, Asked, Asked]:
    """What asks for what is around those returns: cases, parcels and credit of ours, pieces."""
    about = {"shop_id": shop_id, "gids": [row.return_gid for row in returns]}
    return (CASES, about), (OURS, about), (PIECES, about)


def chains_of(
    session: Session,
    shop_id: int,
    returns: Sequence[Any],
    refunds: Sequence[Any],
    cases: Sequence[Any],
    ours: Sequence[Any],
    pieces: Sequence[Any],
) -> tuple[list[Chain], dict[str, Around]]:
    """The closed cases of some orders, and what is around all their returns, counted or not; from the answers.

    Only what was given to assisted ones is still asked for.
    """
    returns = sorted(returns, key=lambda row: (row.opened_at, row.return_gid))
    about, credited = _around(session, shop_id, [row.return_gid for row in returns], cases, ours)
    money = _money(refunds, returns, credited)
    by_return, by_order = defaultdict[str, list[Any]](list), defaultdict[str, list[Any]](list)
    for piece in pieces:
        by_return[piece.return_gid].append(piece)
    for row in returns:
        by_order[row.order_gid].append(row)
    found = [chain for some in by_order.values() for chain in _chains(some, by_return, money)]
    return found, about


def _chains(returns: list[Any], pieces: Mapping[str, list[Any]], money: dict[str, tuple[int, int]]) -> list[Chain]:
    """Returns of one order, oldest first, as cases: one whose pieces an earlier one sent out goes on with that one."""
    chains: list[Chain] = []
    sent_by: dict[str, Chain] = {}
    for gid, order_gid, status, _, closed_at, household, zone in returns:
        mine = pieces.get(gid, [])
        back, new = [p for p in mine if not p.is_new], [p for p in mine if p.is_new]
        if status != "CLOSED" or closed_at is None or not back:
            continue
        refunded, credited = money.get(gid, (0, 0))
        came = Came(
            back=sum(p.cents for p in back),
            new=sum(p.cents for p in new),
            refunded=refunded,
            credited=credited,
            pieces_back=sum(p.quantity for p in back),
            pieces_new=sum(p.quantity for p in new),
        )
        chain = next((sent_by[p.line_gid] for p in back if p.line_gid in sent_by), None)
        if chain is None:
            chain = Chain(gid, order_gid, household, zone, closed_at, back[0].currency, came, [gid])
            chains.append(chain)
        else:
            chain.came, chain.members = continued(chain.came, [came]), [*chain.members, gid]
        sent_by.update({p.line_gid: chain for p in new if p.line_gid})
    return chains


def _around(
    session: Session, shop_id: int, return_gids: Sequence[str], cases: Sequence[Any], ours: Sequence[Any]
) -> tuple[dict[str, Around], dict[str, tuple[int, set[str]]]]:
    """Return -> what was around it, and return -> credit given and the refunds at Shopify that gave it.

    A return nobody knows here is self-service. Credit is in shop money.
    """
    found = {gid: Around() for gid in return_gids}
    for gid, outcome, began_at, over_at in cases:
        one = found[gid]
        one.assisted, one.reworked = True, outcome is Outcome.REWORK
        one.minutes += max(0, round((over_at - began_at).total_seconds() / 60)) if over_at else 0
    for gid, (given, has_way) in given_to(session, shop_id, [gid for gid in found if found[gid].assisted]).items():
        found[gid].given = given
        found[gid].reworked = found[gid].reworked and not has_way
    credited: dict[str, tuple[int, set[str]]] = {}
    parcels: dict[str, set[int]] = defaultdict(set)
    seen: set[int] = set()
    for row in ours:
        parcels[row.return_gid] |= {row.parcel_id} - {None}
        if row.settlement_id is not None and row.settlement_id not in seen:
            seen.add(row.settlement_id)
            cents, refunds = credited.get(row.return_gid, (0, set()))
            credited[row.return_gid] = (cents + _in_shop_money(row), refunds | {row.refund_gid} - {""})
    for gid, ids in parcels.items():
        found[gid].parcels = len(ids)
    return found, credited


def _in_shop_money(row: Any) -> int:
    if row.shop_cents is not None:
        return int(row.shop_cents)
    return int(row.amount_cents) if row.paid_in == row.currency else 0


def _money(
    refunds: Sequence[Any], returns: Sequence[Any], credited: dict[str, tuple[int, set[str]]]
) -> dict[str, tuple[int, int]]:
    """Return -> (refunded, credited). A refund that names no return goes with the last one opened before it."""
    opened: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for row in returns:
        if row.status not in ("DECLINED", "CANCELED"):
            opened[row.order_gid].append((row.opened_at, row.return_gid))
    money = {gid: (0, cents) for gid, (cents, _) in credited.items()}
    as_credit = {refund for _, refunds in credited.values() for refund in refunds}
    for refund_gid, order_gid, named, at, cents in refunds:
        gid = named or next((one for when, one in reversed(opened[order_gid]) if when <= at), None)
        if gid is not None and refund_gid not in as_credit:
            refunded, credit = money.get(gid, (0, 0))
            money[gid] = (refunded + cents, credit)
    return money


def rows(session: Session, query: Any, shop_id: int, gids: Sequence[str], **more: Any) -> Sequence[Any]:
    """What one of these statements finds; nothing for an empty list."""
    return session.connection().execute(query, {"shop_id": shop_id, "gids": gids, **more}).all() if gids else ()
