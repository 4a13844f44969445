"""A client's wish to see what is kept: asked by Shopify, answered by the shop's owner with an export."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from kit.db import insert_once
from kit.errors import NotFound
from shops.models import DataRequest

DAYS = 30
"""Shopify's term, https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance"""


def note_request(
    session: Session, *, shop_id: int, client_gid: str, request_id: str, order_gids: Sequence[str], now: datetime
) -> bool:
    """Write a request down, once however often it comes; False for a copy."""
    return insert_once(
        session,
        DataRequest(
            shop_id=shop_id,
            client_gid=client_gid,
            request_id=request_id,
            order_gids=list(order_gids),
            asked_at=now,
            due_on=(now + timedelta(days=DAYS)).date(),
        ),
    )


def requests_of(session: Session, *, shop_id: int) -> list[DataRequest]:
    """Those to be answered first, soonest due first, then the answered ones, newest first."""
    rows = session.exec(select(DataRequest).where(DataRequest.shop_id == shop_id)).all()
    waiting = sorted((r for r in rows if r.answered_at is None), key=lambda r: (r.due_on, r.id or 0))
    return [*waiting, *sorted((r for r in rows if r.answered_at), key=lambda r: r.id or 0, reverse=True)]


def waiting_requests(session: Session, *, shop_id: int) -> list[DataRequest]:
    """What the shop still owes, soonest due first."""
    query = select(DataRequest).where(DataRequest.shop_id == shop_id, col(DataRequest.answered_at).is_(None))
    return list(session.exec(query.order_by(col(DataRequest.due_on))))


def get_request(session: Session, *, shop_id: int, request_id: int) -> DataRequest:
    """One of the shop's requests by our id. Raises NotFound."""
    query = select(DataRequest).where(DataRequest.id == request_id, DataRequest.shop_id == shop_id)
    row = session.exec(query).first()
    if row is None:
        raise NotFound("That request is not here.")
    return row


def mark_answered(session: Session, *, shop_id: int, request_id: int, by: str, now: datetime) -> DataRequest:
    """The export was handed over. A second click changes nothing. Raises NotFound."""
    row = get_request(session, shop_id=shop_id, request_id=request_id)
    if row.answered_at is None:
        row.answered_at, row.answered_by = now, by
        session.add(row)
    return row
