"""Finding returns: by who the client is in the shop, by the order's name, by Shopify's ids."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import Session, col, select

from logistics.models import Parcel, Rma, RmaLine
from logistics.states import FINAL_GOODS


def returns_of_client(session: Session, *, shop_id: int, client_gid: str, limit: int = 20) -> list[Rma]:
    """The client's returns, newest first."""
    query = select(Rma).where(Rma.shop_id == shop_id, Rma.client_gid == client_gid)
    return list(session.exec(query.order_by(col(Rma.opened_at).desc(), col(Rma.id).desc()).limit(limit)))


def returns_named(session: Session, *, shop_id: int, order_name: str) -> list[Rma]:
    """Returns of the order called "1042" or "#1042", newest first."""
    stem = order_name.strip().lstrip("#").strip()
    query = select(Rma).where(Rma.shop_id == shop_id, col(Rma.order_name).in_((stem, f"#{stem}")))
    return list(session.exec(query.order_by(col(Rma.opened_at).desc(), col(Rma.id).desc()).limit(20)))


def returns_of_order(session: Session, *, shop_id: int, order_gid: str) -> list[Rma]:
    """Returns of that order, newest first."""
    query = select(Rma).where(Rma.shop_id == shop_id, Rma.order_gid == order_gid)
    return list(session.exec(query.order_by(col(Rma.opened_at).desc(), col(Rma.id).desc()).limit(20)))


def known_returns(session: Session, *, shop_id: int, return_gids: Collection[str]) -> dict[str, str]:
    """Those of `return_gids` that we know, with the status Shopify should have by our rows."""
    query = select(Rma).where(Rma.shop_id == shop_id, col(Rma.return_gid).in_(return_gids))
    return {rma.return_gid: _status(rma) for rma in session.exec(query)}


def open_returns(session: Session, *, shop_id: int) -> list[str]:
    """Shopify's ids of all returns that are not over, by our rows."""
    query = select(Rma.return_gid).where(Rma.shop_id == shop_id, col(Rma.goods_state).not_in(FINAL_GOODS))
    return list(session.exec(query.order_by(col(Rma.id))))


def returns_of_pieces(
    session: Session, *, shop_id: int, rfo_gid: str | None, rfo_line_gids: Collection[str]
) -> list[str]:
    """Shopify's ids of the returns to which a reverse fulfilment order, or lines of one, belong."""
    boxes = select(Parcel.rma_id).where(Parcel.shop_id == shop_id, Parcel.rfo_gid == rfo_gid)
    lines = select(RmaLine.rma_id).where(RmaLine.shop_id == shop_id, col(RmaLine.rfo_line_gid).in_(rfo_line_gids))
    theirs = sa.or_(col(Rma.id).in_(boxes), col(Rma.id).in_(lines))
    return list(session.exec(select(Rma.return_gid).where(Rma.shop_id == shop_id, theirs).order_by(col(Rma.id))))


def _status(rma: Rma) -> str:
    if rma.goods_state in FINAL_GOODS:
        return rma.ended_how.upper()
    return "OPEN" if rma.approved_at is not None else "REQUESTED"
