"""Pieces to show: the three that answer a client, out of fifty thousand variants.

Figures: rematch.p50_ms and rematch.p95_ms of one look in a shop of 50,000 variants, each look another piece,
size and complaint; rematch.ratio, how many times longer that took than the floor, which is reading the same rows of
the same kind, cut and price by the same index and doing nothing with them; rematch.found, pieces shown a look, so
that a look that finds nothing does not pass for a quick one. Beside it stand 50,000 variants of another shop.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from statistics import quantiles
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from consults.pieces.complaints import Complaint
from consults.pieces.kinds import Piece
from consults.pieces.matching import Wish, price_range, wanted_sizes
from consults.pieces.models import StockVariant
from consults.pieces.stock import COLUMNS, MOST_LOOKED_AT, find_candidates, keep_pieces
from kit.db import Database
from shops.models import Shop

VARIANTS, LOOKS, BATCH = 50_000, 400, 500
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
KINDS = ("ring",) * 6 + ("earrings", "pendant", "bracelet", "watch")
CUTS = ("emerald", "round", "oval", "pear", "cushion", "")
METALS, STONES = ("platinum", "yellow gold", "rose gold", "white gold"), ("white diamond", "sapphire", "emerald")
SIZES = tuple(str(size) for size in range(46, 64, 2))


def run() -> None:
    """Print every figure."""
    from benchmarks.door import say  # a test looks at the pieces, and needs no door for it

    chance = random.Random(7)
    with tempfile.TemporaryDirectory(prefix="candidates-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'pieces.db'}")
        SQLModel.metadata.create_all(database.engine)
        pieces = list(made(chance, VARIANTS))
        with database.begin() as session:
            shop_id, _ = (fill(session, domain, pieces) for domain in ("one.example", "two.example"))
        wishes = [wish(chance, pieces) for _ in range(LOOKS)]
        with database.begin() as session:
            ours, found = timed(wishes, lambda w: find_candidates(session, shop_id=shop_id, wish=w, now=NOW))
            plain, _ = timed(wishes, lambda w: floor(session, shop_id, w))
        database.close()
    say("rematch.p50_ms", quantiles(ours, n=100)[49] * 1000, "ms")
    say("rematch.p95_ms", quantiles(ours, n=100)[94] * 1000, "ms")
    say("rematch.floor_p50_ms", quantiles(plain, n=100)[49] * 1000, "ms")
    say("rematch.ratio", quantiles(ours, n=100)[49] / quantiles(plain, n=100)[49], "x")
    say("rematch.found", found / LOOKS, "pieces")


def made(chance: random.Random, count: int) -> Iterator[Piece]:
    """A house of that many: mostly rings, each in nine sizes."""
    product = 0
    while count > 0:
        product += 1
        kind = chance.choice(KINDS)
        model = Piece(
            variant_gid="",
            product_gid=f"gid://shopify/Product/{product}",
            title=f"Model {product}",
            kind=kind,
            cut=chance.choice(CUTS),
            price_cents=chance.randrange(200_000, 4_000_000, 1000),
            details={"material": chance.choice(METALS), "stone": chance.choice(STONES)},
            height_mm=Decimal(chance.randrange(25, 80)) / 10 if kind == "ring" else None,
            width_mm=Decimal(chance.randrange(280, 440)) / 10 if kind == "watch" else None,
        )
        for size in SIZES if kind == "ring" else ("",):
            there = chance.choice((0, 1, 1, 2, 3))
            gid = f"gid://shopify/ProductVariant/{product}{size}"
            yield replace(model, variant_gid=gid, size=size, available=there, places=(("Paris", there),))
            count -= 1
            if count == 0:
                return


def fill(session: Session, domain: str, pieces: list[Piece]) -> int:
    """A shop with these pieces; its id."""
    shop = Shop(domain=domain, installed_at=NOW)
    session.add(shop)
    session.flush()
    assert shop.id is not None
    for start in range(0, len(pieces), BATCH):
        keep_pieces(session, shop_id=shop.id, pieces=pieces[start : start + BATCH], now=NOW)
    return shop.id


def wish(chance: random.Random, pieces: list[Piece]) -> Wish:
    """A client with one of the pieces and something that was wrong with it."""
    piece = chance.choice(pieces)
    return Wish(piece, chance.choice(list(Complaint)), piece.size, frozenset(), "Paris")


def floor(session: Session, shop_id: int, wanted: Wish) -> list[Any]:
    """Rows of the same kind, cut and price, as many as are judged, read and left as they are."""
    low, high = price_range(wanted)
    table = StockVariant
    query = sa.select(*(getattr(table, name) for name in COLUMNS)).where(
        col(table.shop_id) == shop_id,
        col(table.kind) == wanted.piece.kind,
        col(table.cut) == wanted.piece.cut,
        col(table.price_cents).between(low, high),
        col(table.available) > 0,
        *([col(table.size).in_(wanted_sizes(wanted))] if wanted_sizes(wanted) else []),
    )
    return list(session.connection().execute(query.limit(MOST_LOOKED_AT)))


def timed(wishes: list[Wish], look: Callable[[Wish], list[Any]]) -> tuple[list[float], int]:
    """Seconds of each look, and how much all of them found."""
    seconds, found = [], 0
    for one in wishes:
        begun = time.perf_counter()
        answer = look(one)
        seconds.append(time.perf_counter() - begun)
        found += len(answer)
    return seconds, found
