"""What a client needs it for: the occasion, its day and the piece promised, written down by the advisor."""

from datetime import date, datetime

from sqlmodel import Session, select

from kit.db import insert_once
from kit.errors import NotFound
from logistics.radar.models import ClientNeed
from logistics.radar.ways import Piece


def need_of(session: Session, *, shop_id: int, return_gid: str) -> ClientNeed | None:
    """What is known of it."""
    mine = (ClientNeed.shop_id == shop_id, ClientNeed.return_gid == return_gid)
    return session.exec(select(ClientNeed).where(*mine)).first()


def note_need(
    session: Session,
    *,
    shop_id: int,
    return_gid: str,
    occasion: str,
    need_by: date | None,
    piece: Piece | None = None,
    keep_piece: bool = False,
    now: datetime,
) -> ClientNeed:
    """Write it down; the last word counts. Without a `piece` none is promised, or with `keep_piece` the one before."""
    row = _row(session, shop_id, return_gid, now)
    row.occasion, row.need_by, row.set_at, row.met_at = " ".join(occasion.split())[:500], need_by, now, None
    if piece is not None or not keep_piece:
        row.variant_gid, row.piece = (piece.variant_gid, piece.title[:200]) if piece else ("", "")
    session.add(row)
    return row


def decide_for(
    session: Session, *, shop_id: int, return_gid: str, variant_gid: str, title: str, now: datetime
) -> ClientNeed:
    """The client would take that piece; what it is for and by when stays as it was written down."""
    row = _row(session, shop_id, return_gid, now)
    row.variant_gid, row.piece, row.set_at, row.met_at = variant_gid, title[:200], now, None
    session.add(row)
    return row


def _row(session: Session, shop_id: int, return_gid: str, now: datetime) -> ClientNeed:
    insert_once(session, ClientNeed(shop_id=shop_id, return_gid=return_gid, set_at=now))
    row = need_of(session, shop_id=shop_id, return_gid=return_gid)
    assert row is not None
    return row


def meet_need(session: Session, *, shop_id: int, return_gid: str, now: datetime) -> ClientNeed:
    """The client has what they needed. Raises NotFound."""
    row = need_of(session, shop_id=shop_id, return_gid=return_gid)
    if row is None:
        raise NotFound("Nothing is written down there.")
    row.met_at = row.met_at or now
    session.add(row)
    return row
