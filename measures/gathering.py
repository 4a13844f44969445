"""What is known of some closed returns, read from the rows in a fixed number of queries, as the pure files take it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from consults.kinds import Outcome
from consults.models import Case, Consult
from logistics.models import Parcel, Rma, Settlement
from logistics.money_models import SideSale
from logistics.states import ParcelState, SaleState, SettlementState
from measures.endings import Came, continued
from measures.models import HistoricOrder, HistoricPiece, HistoricRefund, HistoricReturn
from measures.next_orders import HORIZON, Bought

PAID_WITHIN = timedelta(days=14)
"""A piece sold beside a return is paid for within these, or is an order like another."""
SENT = (ParcelState.BOUGHT, ParcelState.ATTACHED)


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


@dataclass
class Buyer:
    """A household: its orders, oldest first, and when its returns were closed."""

    orders: list[Bought] = field(default_factory=list)
    closings: list[tuple[datetime, str]] = field(default_factory=list)


def orders_of(session: Session, shop_id: int, order_gids: Iterable[str]) -> dict[str, tuple[str | None, datetime]]:
    """Household and day of those orders that are known."""
    columns = (col(HistoricOrder.order_gid), col(HistoricOrder.household), col(HistoricOrder.placed_at))
    query = sa.select(*columns).where(
        col(HistoricOrder.shop_id) == shop_id, col(HistoricOrder.order_gid).in_(list(order_gids))
    )
    return {gid: (household, placed_at) for gid, household, placed_at in _rows(session, query)}


def orders_with(session: Session, shop_id: int, return_gids: Sequence[str]) -> list[str]:
    """The orders of those returns."""
    query = sa.select(col(HistoricReturn.order_gid)).where(
        col(HistoricReturn.shop_id) == shop_id, col(HistoricReturn.return_gid).in_(return_gids)
    )
    return sorted({gid for (gid,) in _rows(session, query)})


def chains_of(session: Session, shop_id: int, order_gids: Sequence[str]) -> tuple[list[Chain], set[str]]:
    """The closed cases of those orders, and the gids of all their returns, counted or not."""
    columns = (
        col(HistoricReturn.return_gid),
        col(HistoricReturn.order_gid),
        col(HistoricReturn.status),
        col(HistoricReturn.opened_at),
        col(HistoricReturn.closed_at),
    )
    mine = (col(HistoricReturn.shop_id) == shop_id, col(HistoricReturn.order_gid).in_(order_gids))
    returns = _rows(session, sa.select(*columns).where(*mine).order_by(col(HistoricReturn.opened_at)))
    gids = [row[0] for row in returns]
    pieces, money = _pieces(session, shop_id, gids), _money(session, shop_id, order_gids, returns)
    by_order: dict[str, list[Any]] = defaultdict(list)
    for row in returns:
        by_order[row[1]].append(row)
    found = [chain for rows in by_order.values() for chain in _chains(rows, pieces, money)]
    return found, set(gids)


def _chains(rows: list[Any], pieces: dict[str, list[Any]], money: dict[str, tuple[int, int]]) -> list[Chain]:
    """Returns of one order, oldest first, as cases: one whose pieces an earlier one sent out goes on with that one."""
    chains: list[Chain] = []
    sent_by: dict[str, Chain] = {}
    for gid, order_gid, status, opened_at, closed_at in rows:
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
    cases = sa.select(col(Case.id), col(Case.return_gid), col(Case.outcome)).where(
        col(Case.shop_id) == shop_id, col(Case.return_gid).in_(return_gids)
    )
    by_case = {}
    for case_id, gid, outcome in _rows(session, cases):
        found[gid].assisted, found[gid].reworked = True, outcome is Outcome.REWORK
        by_case[case_id] = gid
    talks = sa.select(col(Consult.case_id), col(Consult.began_at), col(Consult.over_at)).where(
        col(Consult.shop_id) == shop_id,
        col(Consult.case_id).in_(list(by_case)),
        col(Consult.began_at).is_not(None),
        col(Consult.over_at).is_not(None),
    )
    for case_id, began_at, over_at in _rows(session, talks) if by_case else ():
        found[by_case[case_id]].minutes += max(0, round((over_at - began_at).total_seconds() / 60))
    boxes = (
        sa.select(col(Rma.return_gid), sa.func.count(col(Parcel.id)))
        .join(Parcel, sa.and_(col(Parcel.rma_id) == col(Rma.id), col(Parcel.state).in_(SENT)), isouter=True)
        .where(col(Rma.shop_id) == shop_id, col(Rma.return_gid).in_(return_gids))
        .group_by(col(Rma.return_gid))
    )
    for gid, count in _rows(session, boxes):
        found[gid].parcels = count
    return found


def buyers(session: Session, shop_id: int, households: Sequence[str], since: datetime) -> dict[str, Buyer]:
    """Orders of those households placed after `since`, and when returns of theirs were closed."""
    found: dict[str, Buyer] = defaultdict(Buyer)
    theirs = (col(HistoricOrder.shop_id) == shop_id, col(HistoricOrder.household).in_(households))
    columns = (
        col(HistoricOrder.order_gid),
        col(HistoricOrder.household),
        col(HistoricOrder.placed_at),
        col(HistoricOrder.total_cents),
        col(HistoricOrder.refunded_cents),
        col(HistoricOrder.cancelled),
    )
    beside, buyer_of = _sold_beside(session, shop_id, households), {}
    for gid, household, placed_at, cents, refunded, cancelled in _rows(session, sa.select(*columns).where(*theirs)):
        buyer_of[gid] = household
        if placed_at <= since:
            continue
        beside_it = any(
            cents == sold and asked <= placed_at <= asked + PAID_WITHIN for asked, sold in beside[household]
        )
        found[household].orders.append(Bought(placed_at, cents, refunded, beside_it, cancelled))
    closings = sa.select(
        col(HistoricReturn.order_gid), col(HistoricReturn.closed_at), col(HistoricReturn.return_gid)
    ).where(
        *_returns_of(shop_id, theirs), col(HistoricReturn.status) == "CLOSED", col(HistoricReturn.closed_at) > since
    )
    for order_gid, closed_at, gid in _rows(session, closings):
        if order_gid in buyer_of:
            found[buyer_of[order_gid]].closings.append((closed_at, gid))
    return found


def before_order(session: Session, shop_id: int, order_gids: Sequence[str]) -> list[str]:
    """Orders of which a return was closed before one of these was placed by the same household, within the horizon."""
    bought = orders_of(session, shop_id, order_gids)
    known = {household: placed_at for household, placed_at in bought.values() if household}
    if not known:
        return []
    first = min(known.values()) - timedelta(days=HORIZON + 2)
    theirs = (col(HistoricOrder.shop_id) == shop_id, col(HistoricOrder.household).in_(list(known)))
    closed = (col(HistoricReturn.closed_at).is_not(None), col(HistoricReturn.closed_at) > first)
    query = sa.select(col(HistoricReturn.order_gid)).where(*_returns_of(shop_id, theirs), *closed)
    return [gid for (gid,) in _rows(session, query)]


def _returns_of(shop_id: int, orders: tuple[Any, ...]) -> tuple[Any, ...]:
    """Returns of those orders. Not a join: SQLite would begin it with every return of the shop."""
    gids = sa.select(col(HistoricOrder.order_gid)).where(*orders)
    return col(HistoricReturn.shop_id) == shop_id, col(HistoricReturn.order_gid).in_(gids)


def _pieces(session: Session, shop_id: int, return_gids: Sequence[str]) -> dict[str, list[Any]]:
    columns = (
        col(HistoricPiece.return_gid),
        col(HistoricPiece.is_new),
        col(HistoricPiece.quantity),
        col(HistoricPiece.cents),
        col(HistoricPiece.currency),
        col(HistoricPiece.line_gid),
    )
    mine = (col(HistoricPiece.shop_id) == shop_id, col(HistoricPiece.return_gid).in_(return_gids))
    found: dict[str, list[Any]] = defaultdict(list)
    for row in _rows(session, sa.select(*columns).where(*mine)):
        found[row.return_gid].append(row)
    return found


def _money(
    session: Session, shop_id: int, order_gids: Sequence[str], returns: Sequence[Any]
) -> dict[str, tuple[int, int]]:
    """Return -> (refunded, credited). A refund that names no return goes with the last one opened before it."""
    columns = (
        col(HistoricRefund.refund_gid),
        col(HistoricRefund.order_gid),
        col(HistoricRefund.return_gid),
        col(HistoricRefund.at),
        col(HistoricRefund.cents),
    )
    mine = (col(HistoricRefund.shop_id) == shop_id, col(HistoricRefund.order_gid).in_(order_gids))
    credited = _credits(session, shop_id, [row[0] for row in returns])
    opened: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for gid, order_gid, status, opened_at, _closed_at in returns:
        if status not in ("DECLINED", "CANCELED"):
            opened[order_gid].append((opened_at, gid))
    money = {gid: (0, cents) for gid, (cents, _) in credited.items()}
    as_credit = {refund for _, refunds in credited.values() for refund in refunds}
    for refund_gid, order_gid, named, at, cents in _rows(session, sa.select(*columns).where(*mine)):
        before = [one for when, one in sorted(opened[order_gid]) if when <= at]
        gid = named or (before[-1] if before else None)
        if gid is not None and refund_gid not in as_credit:
            refunded, credit = money.get(gid, (0, 0))
            money[gid] = (refunded + cents, credit)
    return money


def _credits(session: Session, shop_id: int, return_gids: Sequence[str]) -> dict[str, tuple[int, set[str]]]:
    """Return -> credit for another piece that was given, in shop money, and the refunds at Shopify that gave it."""
    query = (
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
            col(Rma.shop_id) == shop_id,
            col(Rma.return_gid).in_(return_gids),
            col(Settlement.as_credit).is_(True),
            col(Settlement.state) == SettlementState.SETTLED,
        )
    )
    found: dict[str, tuple[int, set[str]]] = {}
    for gid, currency, shop_cents, cents, paid_in, refund_gid in _rows(session, query):
        before, refunds = found.get(gid, (0, set()))
        in_shop_money = shop_cents if shop_cents is not None else cents if paid_in == currency else 0
        found[gid] = (before + in_shop_money, refunds | {refund_gid} - {""})
    return found


def _sold_beside(session: Session, shop_id: int, households: Sequence[str]) -> dict[str, list[tuple[datetime, int]]]:
    """Household -> (asked at, amount) of pieces sold to it beside a return: they are no next order."""
    query = (
        sa.select(col(HistoricOrder.household), col(SideSale.asked_at), col(SideSale.amount_cents))
        .join(Rma, col(Rma.id) == col(SideSale.rma_id))
        .join(
            HistoricOrder,
            sa.and_(col(HistoricOrder.shop_id) == col(Rma.shop_id), col(HistoricOrder.order_gid) == col(Rma.order_gid)),
        )
        .where(
            col(SideSale.shop_id) == shop_id,
            col(SideSale.state) == SaleState.MADE,
            col(HistoricOrder.household).in_(households),
        )
    )
    found: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for household, asked_at, cents in _rows(session, query):
        found[household].append((asked_at, cents))
    return found


def _rows(session: Session, query: Any) -> Sequence[Any]:
    return session.connection().execute(query).all()
