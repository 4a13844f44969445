"""Jobs of pieces, under the names they have in JOBS: `consults.<function>`."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

import jobs
from consults.cases import find_case
from consults.pieces import stock
from consults.pieces.holds import find_hold, free_expired, free_hold, holds_of
from consults.pieces.models import PieceHold, StockRead
from consults.pieces.ports import PieceReads, Reserving
from consults.pieces.states import HoldEnd
from kit import clock
from kit.db import Begin, insert_once
from kit.errors import OutsideError, Waiting
from kit.log import get_logger
from shops.shops import get_shop, is_working, working_shops

log = get_logger("pieces")

EVERY_SECONDS = 600
FREE_SECONDS = 30
WHOLE = timedelta(days=1)
"""Once a day all pieces are read, so that what is sold no more leaves."""
OVERLAP = timedelta(minutes=20)
PAGES_A_JOB = 200
"""A shop of fifty thousand variants is read in a dozen jobs, and each begins where the one before ended."""
GONE = ("UNKNOWN", "NOT_FOUND")


def read_stock(begin: Begin) -> None:
    """Every ten minutes: have what changed read in every shop the app works for."""
    period = int(clock.now().timestamp()) // EVERY_SECONDS
    with begin() as session:
        for shop in working_shops(session):
            job_id = f"stock:{shop.id}:{period}"
            jobs.enqueue(session, "consults.read_pieces", key=f"stock:{shop.id}", job_id=job_id, shop_id=shop.id)


def read_pieces(begin: Begin, *, reads: PieceReads, shop_id: int) -> None:
    """All pieces once a day, else only those that changed. What cannot be read now is read the next time."""
    now = clock.now()
    with begin() as session:
        if not is_working(get_shop(session, shop_id)):
            return
        insert_once(session, StockRead(shop_id=shop_id))
        row = session.get_one(StockRead, shop_id)
    try:
        under_way = row.whole_begun_at is not None and row.whole_done_at is None
        if under_way or row.whole_done_at is None or now - row.whole_done_at >= WHOLE:
            _read_all(begin, reads, shop_id)
        elif row.changes_until is not None:
            _read_changes(begin, reads, row)
    except (OutsideError, Waiting) as error:
        _note(begin, shop_id, last_error=str(error)[:500])
        log.warning("stock.not_read", shop_id=shop_id, reason=str(error))


def _read_all(begin: Begin, reads: PieceReads, shop_id: int) -> None:
    with begin() as session:
        row = session.get_one(StockRead, shop_id)
        if row.whole_begun_at is None or row.whole_done_at is not None:
            row.whole_begun_at, row.whole_done_at, row.after = clock.now(), None, None
            session.add(row)
        begun, after = row.whole_begun_at, row.after
    for _ in range(PAGES_A_JOB):
        asked_at = clock.now()
        pieces, after = reads.page(shop_id, after)
        with begin() as session:
            stock.keep_pieces(session, shop_id=shop_id, pieces=pieces, now=asked_at)
            _set(session, shop_id, after=after)
        if after is None:
            with begin() as session:
                stock.drop_older(session, shop_id=shop_id, than=begun)
                _set(session, shop_id, whole_done_at=clock.now(), changes_until=begun, last_error="")
            log.info("stock.read", shop_id=shop_id)
            return
    with begin() as session:
        jobs.enqueue(session, "consults.read_pieces", key=f"stock:{shop_id}", shop_id=shop_id)


def _read_changes(begin: Begin, reads: PieceReads, row: StockRead) -> None:
    assert row.changes_until is not None
    started = clock.now()
    for gid in reads.changed(row.shop_id, row.changes_until - OVERLAP):
        read_product(begin, reads=reads, shop_id=row.shop_id, product_gid=gid)
    _note(begin, row.shop_id, changes_until=started, last_error="")


def read_product(begin: Begin, *, reads: PieceReads, shop_id: int, product_gid: str) -> None:
    """One product as it is now."""
    asked_at = clock.now()
    pieces = reads.of_product(shop_id, product_gid)
    with begin() as session:
        stock.keep_product(session, shop_id=shop_id, product_gid=product_gid, pieces=pieces, now=asked_at)


def free_holds(begin: Begin) -> None:
    """Twice a minute: what is past its time is free again."""
    with begin() as session:
        freed = free_expired(session, now=clock.now())
    if freed:
        log.info("holds.freed", count=freed)


def note_pieces_kept(begin: Begin, *, shop_id: int, rma_id: int, return_gid: str, variant_gids: list[str]) -> None:
    """On PiecesKept: what the client chose is kept for their return now, so that it is put aside no second time."""
    now = clock.now()
    with begin() as session:
        case = find_case(session, shop_id=shop_id, return_gid=return_gid)
        for hold in holds_of(session, case) if case else ():
            if hold.variant_gid in variant_gids:
                free_hold(session, hold, why=HoldEnd.CHOSEN, now=now)


def reserve_piece(begin: Begin, *, reserving: Reserving, reads: PieceReads, shop_id: int, hold_id: int) -> None:
    """Keep a held piece out of other carts. Looked for by its tag first: it is made once."""
    with begin() as session:
        hold = find_hold(session, shop_id=shop_id, hold_id=hold_id)
    if hold is None or hold.freed_at is not None or hold.reserved_at is not None:
        return
    try:
        gid = reserving.find(shop_id, hold.tag) or reserving.reserve(
            shop_id, variant_gid=hold.variant_gid, tag=hold.tag, until=hold.expires_at
        )
    except OutsideError as error:
        if error.ambiguous or not error.permanent:
            raise
        _refused(begin, shop_id, hold_id, str(error))
        return
    with begin() as session:
        row = find_hold(session, shop_id=shop_id, hold_id=hold_id)
        if row is None:
            return
        row.draft_gid, row.reserved_at = gid, clock.now()
        session.add(row)
        if row.freed_at is not None:  # given back meanwhile, when there was nothing to give back yet
            jobs.enqueue(session, "consults.release_piece", key=f"hold:{hold_id}", shop_id=shop_id, hold_id=hold_id)
    _read_again(begin, reads, hold)


def release_piece(begin: Begin, *, reserving: Reserving, reads: PieceReads, shop_id: int, hold_id: int) -> None:
    """Give a piece back to all carts."""
    with begin() as session:
        hold = find_hold(session, shop_id=shop_id, hold_id=hold_id)
    if hold is None or hold.freed_at is None or hold.released_at is not None:
        return
    gid = hold.draft_gid or reserving.find(shop_id, hold.tag)
    if gid:
        reserving.release(shop_id, gid)
    with begin() as session:
        row = find_hold(session, shop_id=shop_id, hold_id=hold_id)
        if row is None:
            return
        row.released_at = clock.now()
        session.add(row)
    _read_again(begin, reads, hold)


def _refused(begin: Begin, shop_id: int, hold_id: int, problem: str) -> None:
    """Shopify keeps it for nobody: the hold says so, and is not shown to the client as one."""
    with begin() as session:
        row = find_hold(session, shop_id=shop_id, hold_id=hold_id)
        if row is None:
            return
        row.problem = problem[:500]
        session.add(row)
        free_hold(session, row, why=HoldEnd.GONE, now=clock.now())


def _read_again(begin: Begin, reads: PieceReads, hold: PieceHold) -> None:
    """Shopify counts it differently now; ours follows at once. What fails here the next sweep finds."""
    with begin() as session:
        variant = stock.find_variant(session, shop_id=hold.shop_id, variant_gid=hold.variant_gid)
    if variant is None:
        return
    try:
        read_product(begin, reads=reads, shop_id=hold.shop_id, product_gid=variant.product_gid)
    except (OutsideError, Waiting) as error:
        log.warning("stock.not_read", shop_id=hold.shop_id, reason=str(error))


def _note(begin: Begin, shop_id: int, **values: Any) -> None:
    with begin() as session:
        _set(session, shop_id, **values)


def _set(session: Session, shop_id: int, **values: Any) -> None:
    row = session.get_one(StockRead, shop_id)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
