"""What is known of some closed returns, read from the rows in a fixed number of queries, as the pure files take it.

Statements are made once, and lists are one parameter (kit.among): a webhook asks ten of them within milliseconds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from consults.kinds import Outcome
from consults.models import Case, Consult
from kit.among import among
from logistics.models import Parcel, Rma, Settlement
from logistics.states import ParcelState, SettlementState
from measures.endings import Came, continued
from measures.models import HistoricOrder, HistoricPiece, HistoricRefund, HistoricReturn

SENT = (ParcelState.BOUGHT, ParcelState.ATTACHED)
SHOP: Any = sa.bindparam("shop_id", type_=sa.Integer())


@dataclass
class Chain:
    """One case: a closed return, and those in which its new pieces came back. All of one order."""

    return_gid: str
    order_gid: str
    opened_at: datetime
    closed_at: datetime
    currency: str
    came: Came
    members: list[str]


@dataclass
class Around:
    """What one return cost, and whether somebody looked after it. One parcel is assumed where none is ours."""

    assisted: bool = False
    reworked: bool = False
    minutes: int = 0
    parcels: int = 1


ORDERS = sa.select(col(HistoricOrder.order_gid), col(HistoricOrder.household), col(HistoricOrder.placed_at)).where(
    col(HistoricOrder.shop_id) == SHOP, among(col(HistoricOrder.order_gid), "gids")
)
ORDERS_WITH = (
    sa.select(col(HistoricReturn.order_gid))
    .where(col(HistoricReturn.shop_id) == SHOP, among(col(HistoricReturn.return_gid), "gids"))
    .distinct()
)
RETURNED = (
    sa.select(col(HistoricReturn.order_gid))
    .where(col(HistoricReturn.shop_id) == SHOP, among(col(HistoricReturn.order_gid), "gids"))
    .distinct()
)
# Sorted here and not by the database: SQLite would go through every return of the shop by the day it was opened.
RETURNS = sa.select(
    col(HistoricReturn.return_gid),
    col(HistoricReturn.order_gid),
    col(HistoricReturn.status),
    col(HistoricReturn.opened_at),
    col(HistoricReturn.closed_at),
).where(col(HistoricReturn.shop_id) == SHOP, among(col(HistoricReturn.order_gid), "gids"))
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
CREDITS = (
    sa.select(
        col(Rma.return_gid),
        col(Rma.currency),
        col(Settlement.shop_cents),
        col(Settlement.amount_cents),
        col(Settlement.currency),
        col(Settlement.refund_gid),
    )
    .join(Settlement, col(Settlement.rma_id) == col(Rma.id))
    .where(
        col(Rma.shop_id) == SHOP,
        among(col(Rma.return_gid), "gids"),
        col(Settlement.as_credit).is_(True),
        col(Settlement.state) == SettlementState.SETTLED,
    )
)
CASES = sa.select(col(Case.id), col(Case.return_gid), col(Case.outcome)).where(
    col(Case.shop_id) == SHOP, among(col(Case.return_gid), "gids")
)
TALKS = (
    sa.select(col(Case.return_gid), col(Consult.began_at), col(Consult.over_at))
    .join(Case, col(Case.id) == col(Consult.case_id))
    .where(
        col(Case.shop_id) == SHOP,
        among(col(Case.return_gid), "gids"),
        col(Consult.began_at).is_not(None),
        col(Consult.over_at).is_not(None),
    )
)
BOXES = (
    sa.select(col(Rma.return_gid), sa.func.count(col(Parcel.id)))
    .join(Parcel, sa.and_(col(Parcel.rma_id) == col(Rma.id), col(Parcel.state).in_(SENT)), isouter=True)
    .where(col(Rma.shop_id) == SHOP, among(col(Rma.return_gid), "gids"))
    .group_by(col(Rma.return_gid))
)


def orders_of(session: Session, shop_id: int, order_gids: Iterable[str]) -> dict[str, tuple[str | None, datetime]]:
    """Household and day of those orders that are known."""
    found = rows(session, ORDERS, shop_id, sorted(order_gids))
    return {gid: (household, placed_at) for gid, household, placed_at in found}


def orders_with(session: Session, shop_id: int, return_gids: Sequence[str]) -> list[str]:
    """The orders of those returns."""
    return sorted(gid for (gid,) in rows(session, ORDERS_WITH, shop_id, return_gids))


def returned(session: Session, shop_id: int, order_gids: Sequence[str]) -> list[str]:
    """Of these orders those with a return."""
    return sorted(gid for (gid,) in rows(session, RETURNED, shop_id, order_gids))


def chains_of(session: Session, shop_id: int, order_gids: Sequence[str]) -> tuple[list[Chain], set[str]]:
    """The closed cases of those orders, and the gids of all their returns, counted or not."""
    returns = sorted(rows(session, RETURNS, shop_id, order_gids), key=lambda row: (row.opened_at, row.return_gid))
    gids = [row.return_gid for row in returns]
    pieces, money = _pieces(session, shop_id, gids), _money(session, shop_id, order_gids, returns)
    by_order: dict[str, list[Any]] = defaultdict(list)
    for row in returns:
        by_order[row.order_gid].append(row)
    found = [chain for some in by_order.values() for chain in _chains(some, pieces, money)]
    return found, set(gids)


def _chains(returns: list[Any], pieces: dict[str, list[Any]], money: dict[str, tuple[int, int]]) -> list[Chain]:
    """Returns of one order, oldest first, as cases: one whose pieces an earlier one sent out goes on with that one."""
    chains: list[Chain] = []
    sent_by: dict[str, Chain] = {}
    for gid, order_gid, status, opened_at, closed_at in returns:
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
            chain = Chain(gid, order_gid, opened_at, closed_at, back[0].currency, came, [gid])
            chains.append(chain)
        else:
            chain.came, chain.members = continued(chain.came, [came]), [*chain.members, gid]
        sent_by.update({p.line_gid: chain for p in new if p.line_gid})
    return chains


def around(session: Session, shop_id: int, return_gids: Sequence[str]) -> dict[str, Around]:
    """Whether there was a case, minutes in conversation, boxes. A return nobody knows here is self-service."""
    found: dict[str, Around] = defaultdict(Around)
    for _, gid, outcome in rows(session, CASES, shop_id, return_gids):
        found[gid].assisted, found[gid].reworked = True, outcome is Outcome.REWORK
    for gid, began_at, over_at in rows(session, TALKS, shop_id, sorted(found)) if found else ():
        found[gid].minutes += max(0, round((over_at - began_at).total_seconds() / 60))
    for gid, count in rows(session, BOXES, shop_id, return_gids):
        found[gid].parcels = count
    return found


def _pieces(session: Session, shop_id: int, return_gids: Sequence[str]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows(session, PIECES, shop_id, return_gids):
        found[row.return_gid].append(row)
    return found


def _money(
    session: Session, shop_id: int, order_gids: Sequence[str], returns: Sequence[Any]
) -> dict[str, tuple[int, int]]:
    """Return -> (refunded, credited). A refund that names no return goes with the last one opened before it."""
    credited = _credits(session, shop_id, [row.return_gid for row in returns])
    opened: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for gid, order_gid, status, opened_at, _closed_at in returns:
        if status not in ("DECLINED", "CANCELED"):
            opened[order_gid].append((opened_at, gid))
    money = {gid: (0, cents) for gid, (cents, _) in credited.items()}
    as_credit = {refund for _, refunds in credited.values() for refund in refunds}
    for refund_gid, order_gid, named, at, cents in rows(session, REFUNDS, shop_id, order_gids):
        gid = named or next((one for when, one in reversed(opened[order_gid]) if when <= at), None)
        if gid is not None and refund_gid not in as_credit:
            refunded, credit = money.get(gid, (0, 0))
            money[gid] = (refunded + cents, credit)
    return money


def _credits(session: Session, shop_id: int, return_gids: Sequence[str]) -> dict[str, tuple[int, set[str]]]:
    """Return -> credit for another piece that was given, in shop money, and the refunds at Shopify that gave it."""
    found: dict[str, tuple[int, set[str]]] = {}
    for gid, currency, shop_cents, cents, paid_in, refund_gid in rows(session, CREDITS, shop_id, return_gids):
        before, refunds = found.get(gid, (0, set()))
        in_shop_money = shop_cents if shop_cents is not None else cents if paid_in == currency else 0
        found[gid] = (before + in_shop_money, refunds | {refund_gid} - {""})
    return found


def rows(session: Session, query: Any, shop_id: int, gids: Sequence[str], **more: Any) -> Sequence[Any]:
    """What one of these statements finds; nothing for an empty list."""
    return session.connection().execute(query, {"shop_id": shop_id, "gids": gids, **more}).all() if gids else ()
