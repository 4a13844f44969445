"""A client's part of a shop's past: shown, erased, followed when two records become one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.db import insert_once
from measures import pilots, tallying, turns, tying
from measures.households import client_hash
from measures.models import ErasedClient, HistoricOrder, HistoricRefund, HistoricReturn


def show_client(session: Session, *, shop_id: int, client_gid: str, order_gids: Sequence[str]) -> list[dict[str, Any]]:
    """Their orders as they are kept, oldest first, as plain JSON values."""
    orders = _orders_of(session, shop_id, client_gid, order_gids)
    gids = [order.order_gid for order in orders]
    refunds = session.exec(
        select(HistoricRefund).where(HistoricRefund.shop_id == shop_id, col(HistoricRefund.order_gid).in_(gids))
    ).all()
    returns = session.exec(
        select(HistoricReturn).where(HistoricReturn.shop_id == shop_id, col(HistoricReturn.order_gid).in_(gids))
    ).all()
    return [
        {
            "order": order.order_gid,
            "placed_at": order.placed_at.isoformat(),
            "total": {"cents": order.total_cents, "currency": order.currency},
            "channel": order.channel,
            "email_and_phone": "kept as a keyed hash only" if order.email_hash or order.phone_hash else "not kept",
            "refunds": [
                {"at": r.at.isoformat(), "cents": r.cents, "currency": r.currency}
                for r in refunds
                if r.order_gid == order.order_gid
            ],
            "returns": [
                {"opened_at": r.opened_at.isoformat(), "status": r.status}
                for r in returns
                if r.order_gid == order.order_gid
            ],
        }
        for order in orders
    ]


def erase_client(session: Session, *, shop_id: int, client_gid: str, order_gids: Sequence[str], now: datetime) -> int:
    """Take the person out of their orders and keep that they were placed; how many.

    A result that Shopify made before may still name them, so a keyed hash remembers whom to blank as it is read.
    """
    key = turns.made_row(session, shop_id).hash_key
    insert_once(
        session,
        ErasedClient(shop_id=shop_id, client_hash=client_hash(key, client_gid), erased_on=now.date()),
    )
    theirs = sa.or_(col(HistoricOrder.client_gid) == client_gid, col(HistoricOrder.order_gid).in_(list(order_gids)))
    emails = select(HistoricOrder.email_hash).where(HistoricOrder.shop_id == shop_id, theirs)
    known = [found for found in session.exec(emails.distinct()) if found]
    as_guest = sa.and_(col(HistoricOrder.client_gid).is_(None), col(HistoricOrder.email_hash).in_(known))
    which = (col(HistoricOrder.shop_id) == shop_id, sa.or_(theirs, as_guest))
    placed = session.exec(select(HistoricOrder.order_gid).where(*which)).all()
    done = session.connection().execute(
        sa.update(HistoricOrder).where(*which).values(client_gid=None, email_hash=None, phone_hash=None, household=None)
    )
    _unname(session, shop_id, [client_gid, *(f"e:{found}" for found in known)], sorted(placed))  # as ties.own_key says
    return int(done.rowcount)


def move_client(session: Session, *, shop_id: int, from_gid: str, to_gid: str) -> None:
    """Two records of one client became one."""
    session.connection().execute(
        sa.update(HistoricOrder)
        .where(col(HistoricOrder.shop_id) == shop_id, col(HistoricOrder.client_gid) == from_gid)
        .values(client_gid=to_gid)
    )
    moved = sa.update(HistoricOrder).where(
        col(HistoricOrder.shop_id) == shop_id, col(HistoricOrder.household) == from_gid
    )
    session.connection().execute(moved.values(household=tying.household_of(session, shop_id=shop_id, key=to_gid)))
    tying.forget(session, shop_id=shop_id, key=from_gid)
    pilots.move_client(session, shop_id=shop_id, from_key=from_gid, to_key=to_gid)
    _measure(session, shop_id, select(HistoricOrder.order_gid).where(*_of(shop_id, to_gid)))


def _of(shop_id: int, client_gid: str) -> tuple[Any, ...]:
    return col(HistoricOrder.shop_id) == shop_id, col(HistoricOrder.client_gid) == client_gid


def _unname(session: Session, shop_id: int, keys: Sequence[str], order_gids: Sequence[str]) -> None:
    """No measure names them any more. What they bought after a return stays in no figure: nobody knows who did."""
    for key in keys:
        tying.forget(session, shop_id=shop_id, key=key)
    for key in keys:
        pilots.forget(session, shop_id=shop_id, key=key)
    tallying.refresh(session, shop_id=shop_id, order_gids=order_gids)


def _measure(session: Session, shop_id: int, orders: Any) -> None:
    tallying.refresh(session, shop_id=shop_id, order_gids=sorted(session.exec(orders)))


def _orders_of(session: Session, shop_id: int, client_gid: str, order_gids: Sequence[str]) -> list[HistoricOrder]:
    theirs = sa.or_(col(HistoricOrder.client_gid) == client_gid, col(HistoricOrder.order_gid).in_(list(order_gids)))
    query = select(HistoricOrder).where(HistoricOrder.shop_id == shop_id, theirs)
    return list(session.exec(query.order_by(col(HistoricOrder.placed_at))))
