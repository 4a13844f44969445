"""Reads of a shop's past, as far as it was read, and what became of reading it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.models import Case
from measures import tallying, turns
from measures.keeping import Keeper
from measures.models import HistoricOrder, HistoricPiece, HistoricReturn, HistoryRead, ReadState
from measures.reads import Detail, OrderRecord, RefundRecord, ReturnWord
from measures.statements import OF_ORDER
from measures.totals import Totals, limits

WINDOW = timedelta(days=365)
CAME_TO_NOTHING = ("DECLINED", "CANCELED")


@dataclass(frozen=True)
class HistoryProgress:
    """How far the reading is. `total` grows while Shopify still collects; `share` is 0 to 1, None before lines come."""

    state: ReadState
    read: int
    total: int
    share: float | None
    first: bool
    back_to: datetime | None
    all_orders: bool
    with_staff: bool
    with_contacts: bool
    odd: int
    problem: str
    finished_at: datetime | None


def progress(session: Session, *, shop_id: int) -> HistoryProgress | None:
    """Where the reading of this shop's past stands; None before it began."""
    row = session.get(HistoryRead, shop_id)
    if row is None:
        return None
    detail = row.read_detail or row.detail
    return HistoryProgress(
        state=row.state,
        read=row.lines_read,
        total=row.lines_total,
        share=_share(row),
        first=row.complete_at is None,
        back_to=row.reaches_back_to,
        all_orders="read_all_orders" in (row.read_rights if row.complete_at else row.rights).split(","),
        with_staff=detail is Detail.STAFF,
        with_contacts=detail is not Detail.LEAST,
        odd=row.lines_odd,
        problem=row.problem,
        finished_at=row.finished_at,
    )


def _share(row: HistoryRead) -> float | None:
    if row.state is not ReadState.READING or not row.lines_total:
        return None
    return min(row.lines_read / row.lines_total, 1.0)


# --- keeping current


def keep_order(session: Session, *, shop_id: int, order: OrderRecord) -> None:
    """What a webhook says of an order, at once."""
    gids = [order.order_gid]
    before = tallying.households_of(session, shop_id=shop_id, order_gids=gids)
    Keeper(session, shop_id, turns.made_row(session, shop_id).hash_key).keep_orders([order])
    tallying.follow_orders(session, shop_id=shop_id, order_gids=gids, before=before)


def keep_refund(session: Session, *, shop_id: int, refund: RefundRecord) -> None:
    """What a webhook says of a refund, if it is in the money of its order: what it says has no other."""
    query = select(HistoricOrder.currency).where(
        HistoricOrder.shop_id == shop_id, HistoricOrder.order_gid == refund.order_gid
    )
    if session.exec(query).first() == refund.amount.currency:
        Keeper(session, shop_id, turns.made_row(session, shop_id).hash_key).keep_refunds([refund])
        tallying.follow_orders(session, shop_id=shop_id, order_gids=[refund.order_gid])


def keep_returns(session: Session, *, shop_id: int, words: Sequence[ReturnWord]) -> None:
    """What webhooks and our own look say of returns, at once; every night all of it is read anew."""
    Keeper(session, shop_id, turns.made_row(session, shop_id).hash_key).keep_words(words)
    tallying.follow_returns(session, shop_id=shop_id, return_gids=[word.return_gid for word in words])


# --- totals


def totals(session: Session, *, shop_id: int, since: datetime, now: datetime) -> Totals:
    """The sums of measures.totals.add_up, made by the database, in the currency most orders are in."""
    counts = _counting(shop_id, since, now)
    orders = sa.func.count()
    by_currency = sa.select(col(HistoricOrder.currency), orders).where(*counts).group_by(col(HistoricOrder.currency))
    found = session.connection().execute(by_currency.order_by(orders.desc(), col(HistoricOrder.currency))).first()
    if found is None:
        return Totals("")
    currency = str(found[0])
    counts = (*counts, col(HistoricOrder.currency) == currency)
    mid, dear = limits(currency)
    sold = col(HistoricOrder.staff_gid).is_not(None) | col(HistoricOrder.line_staff_gid).is_not(None)
    sums: Any = sa.select(
        orders,
        sa.func.sum(col(HistoricOrder.total_cents)),
        _count(col(HistoricOrder.total_cents) >= mid.cents),
        _count(col(HistoricOrder.total_cents) >= dear.cents),
        _count(sold),
    ).where(*counts)
    count, cents, mids, dears, by_staff = (int(value or 0) for value in session.connection().execute(sums).one())
    return Totals(currency, count, cents, mids, dears, by_staff, _returned(session, shop_id, counts))


@dataclass(frozen=True)
class Again:
    """Households with an order, and how many of them have two or more."""

    households: int = 0
    twice: int = 0


def bought_twice(session: Session, *, shop_id: int, since: datetime, now: datetime) -> tuple[Again, Again]:
    """Of households of whom something came back, and of the others. Buyers nobody knows are in neither."""
    back = sa.exists().where(
        col(HistoricReturn.shop_id) == col(HistoricOrder.shop_id),
        col(HistoricReturn.order_gid) == col(HistoricOrder.order_gid),
        col(HistoricReturn.status).not_in(CAME_TO_NOTHING),
    )
    each = (
        sa.select(sa.func.count().label("orders"), sa.func.max(sa.case((back, 1), else_=0)).label("returned"))
        .where(*_counting(shop_id, since, now), col(HistoricOrder.household).is_not(None))
        .group_by(col(HistoricOrder.household))
        .subquery()
    )
    query = sa.select(each.c.returned, sa.func.count(), _count(each.c.orders >= 2)).group_by(each.c.returned)
    found = {row[0]: Again(int(row[1]), int(row[2])) for row in session.connection().execute(query)}
    return found.get(1, Again()), found.get(0, Again())


@dataclass(frozen=True)
class Fees:
    """Returns of orders that count, those with a restocking fee, and what the fees came to."""

    returns: int = 0
    charged: int = 0
    cents: int = 0


def fees(session: Session, *, shop_id: int, since: datetime, now: datetime, currency: str) -> Fees:
    """What was kept back for taking pieces into stock again; of declined and cancelled returns nothing is."""
    of_piece = sa.and_(
        col(HistoricPiece.shop_id) == col(HistoricReturn.shop_id),
        col(HistoricPiece.return_gid) == col(HistoricReturn.return_gid),
    )
    counts = (
        *_counting(shop_id, since, now),
        col(HistoricOrder.currency) == currency,
        col(HistoricReturn.status).not_in(CAME_TO_NOTHING),
    )
    back = sa.select(sa.func.count()).select_from(HistoricOrder).join(HistoricReturn, OF_ORDER).where(*counts)
    charged = (
        sa.select(sa.func.count(sa.distinct(col(HistoricPiece.return_gid))), sa.func.sum(col(HistoricPiece.fee_cents)))
        .select_from(HistoricOrder)
        .join(HistoricReturn, OF_ORDER)
        .join(HistoricPiece, of_piece)
        .where(*counts, col(HistoricPiece.fee_cents) > 0, col(HistoricPiece.currency) == currency)
    )
    connection = session.connection()
    with_fee, cents = connection.execute(charged).one()
    return Fees(int(connection.execute(back).scalar_one()), int(with_fee), int(cents or 0))


def looked_after(session: Session, *, shop_id: int, since: datetime, now: datetime, currency: str) -> int:
    """Orders of which something came back with an advisor's case; the others' returns were self-service."""
    orders = sa.func.count(sa.distinct(col(HistoricOrder.order_gid)))
    query = (
        sa.select(orders)
        .select_from(Case)
        .join(
            HistoricReturn,
            sa.and_(
                col(HistoricReturn.shop_id) == col(Case.shop_id), col(HistoricReturn.return_gid) == col(Case.return_gid)
            ),
        )
        .join(HistoricOrder, OF_ORDER)
        .where(
            *_counting(shop_id, since, now),
            col(HistoricOrder.currency) == currency,
            col(HistoricReturn.status).not_in(CAME_TO_NOTHING),
        )
    )
    return int(session.connection().execute(query).scalar_one())


def _counting(shop_id: int, since: datetime, now: datetime) -> tuple[Any, ...]:
    return (
        col(HistoricOrder.shop_id) == shop_id,
        col(HistoricOrder.placed_at) >= since,
        col(HistoricOrder.placed_at) < now,
        col(HistoricOrder.cancelled).is_(False),
        col(HistoricOrder.total_cents) > 0,
    )


def _count(condition: Any) -> Any:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _returned(session: Session, shop_id: int, counts: tuple[Any, ...]) -> int:
    """Orders of which something came back, however often."""
    back = (
        sa.select(sa.func.count(sa.distinct(col(HistoricOrder.order_gid))))
        .join(HistoricReturn, OF_ORDER)
        .where(*counts, col(HistoricReturn.shop_id) == shop_id, col(HistoricReturn.status).not_in(CAME_TO_NOTHING))
    )
    return int(session.connection().execute(back).scalar_one())
