"""The shop's pieces as kept here: written as they are read, and looked through for what answers a client."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.pieces.complaints import Complaint
from consults.pieces.kinds import Piece
from consults.pieces.matching import Candidate, Wish, candidates, price_range, wanted_sizes
from consults.pieces.models import PieceHold, StockVariant
from kit.db import inserting

MOST_LOOKED_AT = 250
"""Of a shop with more of one kind in the range, those nearest in price are judged."""
COLUMNS = (
    "variant_gid", "product_gid", "title", "sku", "kind", "cut", "size", "price_cents", "currency", "details",
    "height_um", "width_um", "available", "places", "image",
)  # fmt: skip


def keep_pieces(session: Session, *, shop_id: int, pieces: Sequence[Piece], now: datetime) -> None:
    """Write each as it was read `now`; a word that is newer stays."""
    if not pieces:
        return
    rows = [{"shop_id": shop_id, "read_at": now, **_columns(piece)} for piece in pieces]
    statement = inserting(session)(StockVariant).values(rows)
    given = statement.excluded
    changed = {name: given[name] for name in (*COLUMNS[1:], "read_at")}
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["shop_id", "variant_gid"], set_=changed, where=col(StockVariant.read_at) <= given.read_at
        )
    )


def keep_product(session: Session, *, shop_id: int, product_gid: str, pieces: Sequence[Piece], now: datetime) -> None:
    """All variants of one product; those it has no more are gone."""
    keep_pieces(session, shop_id=shop_id, pieces=pieces, now=now)
    session.connection().execute(
        sa.delete(StockVariant).where(
            col(StockVariant.shop_id) == shop_id,
            col(StockVariant.product_gid) == product_gid,
            col(StockVariant.read_at) < now,
        )
    )


def drop_older(session: Session, *, shop_id: int, than: datetime) -> None:
    """What a read of all pieces that began `than` did not meet is not sold any more."""
    older = (col(StockVariant.shop_id) == shop_id, col(StockVariant.read_at) < than)
    session.connection().execute(sa.delete(StockVariant).where(*older))


def find_variant(session: Session, *, shop_id: int, variant_gid: str) -> StockVariant | None:
    """That variant, as it was last read."""
    mine = (StockVariant.shop_id == shop_id, StockVariant.variant_gid == variant_gid)
    return session.exec(select(StockVariant).where(*mine).execution_options(populate_existing=True)).first()


def find_by_sku(session: Session, *, shop_id: int, sku: str) -> StockVariant | None:
    """The variant with that number; None where there is none, or more than one."""
    if not sku:
        return None
    found = session.exec(select(StockVariant).where(StockVariant.shop_id == shop_id, StockVariant.sku == sku).limit(2))
    rows = list(found)
    return rows[0] if len(rows) == 1 else None


def find_candidates(session: Session, *, shop_id: int, wish: Wish, now: datetime) -> list[Candidate]:
    """At most three pieces of the shop that answer the wish, the best first, each with its reason."""
    if not wish.piece.kind:
        return []
    low, high = price_range(wish)
    table = StockVariant
    wanted = [
        col(table.shop_id) == shop_id,
        col(table.kind) == wish.piece.kind,
        col(table.cut) == wish.piece.cut,
        col(table.price_cents).between(low, high),
        col(table.available) > 0,
        *_worth_reading(wish),
    ]
    # Plain columns: fifty thousand variants make hundreds that come near, and rows as objects cost ten times as much.
    query = sa.select(*(getattr(table, name) for name in COLUMNS)).where(*wanted)
    query = query.order_by(sa.func.abs(col(table.price_cents) - wish.piece.price_cents)).limit(MOST_LOOKED_AT)
    near = [_piece(dict(zip(COLUMNS, row, strict=True))) for row in session.connection().execute(query)]
    held = _held(session, shop_id=shop_id, now=now)
    free = (piece for piece in near if piece.available > held.get(piece.variant_gid, 0))
    return candidates(wish, free)


def piece_of(row: StockVariant) -> Piece:
    """A kept variant as what is judged."""
    return _piece({name: getattr(row, name) for name in COLUMNS})


def _worth_reading(wish: Wish) -> list[sa.ColumnElement[bool]]:
    """What the database can leave out by itself. The judgement is matching's alone; this only spares it reading."""
    table, own = StockVariant, wish.piece
    found: list[sa.ColumnElement[bool]] = []
    if sizes := wanted_sizes(wish):
        found.append(col(table.size).in_(sizes))
    if wish.complaint not in (Complaint.LARGE, Complaint.SMALL, Complaint.FAULT):
        found.append(col(table.product_gid) != own.product_gid)
    if wish.complaint in (Complaint.HIGH, Complaint.LOW):
        height, lower = thousandths(own.height_mm) or 0, wish.complaint is Complaint.HIGH
        found.append(col(table.height_um) < height if lower else col(table.height_um) > height)
    return found


def _piece(values: dict[str, Any]) -> Piece:
    height, width = values.pop("height_um"), values.pop("width_um")
    values["places"] = tuple((str(name), int(there)) for name, there in values["places"])
    return Piece(height_mm=millimetres_of(height), width_mm=millimetres_of(width), **values)


def thousandths(length: Decimal | None) -> int | None:
    """6100 of 6.1 mm."""
    return int(length * 1000) if length is not None else None


def millimetres_of(um: int | None) -> Decimal | None:
    """6.1 of 6100."""
    return Decimal(um) / 1000 if um is not None else None


def _held(session: Session, *, shop_id: int, now: datetime) -> dict[str, int]:
    """How many of each variant are put aside here and not out of Shopify's own count yet."""
    live = (
        col(PieceHold.shop_id) == shop_id,
        col(PieceHold.freed_at).is_(None),
        col(PieceHold.expires_at) > now,
        col(PieceHold.reserved_at).is_(None),
    )
    query = sa.select(col(PieceHold.variant_gid), sa.func.count()).where(*live).group_by(col(PieceHold.variant_gid))
    return {str(gid): int(count) for gid, count in session.connection().execute(query)}


def _columns(piece: Piece) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(piece, name) for name in COLUMNS if not name.endswith("_um")}
    values["details"] = dict(piece.details or {})
    values["places"] = [list(place) for place in piece.places]
    values["height_um"], values["width_um"] = thousandths(piece.height_mm), thousandths(piece.width_mm)
    values["title"], values["size"], values["image"] = piece.title[:300], piece.size[:60], piece.image[:500]
    values["kind"], values["cut"], values["sku"] = piece.kind[:100], piece.cut[:60], piece.sku[:120]
    return values
