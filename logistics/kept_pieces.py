"""The piece a client takes instead stays put aside until it is theirs.

Shopify keeps nothing back for an exchange line before it is processed, so that the last one could be sold while the
return is still on its way. A draft order with its stock reserved holds it in every cart and at every till; it goes just
before the exchange is processed, and when the client changes their mind or the return ends.

`draftOrderCreate` is not idempotent at Shopify: the row says that one was sent before it is, and a draft order with our
tag is looked for before another is made. Jobs of one return run one at a time, in order.
"""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

import jobs
from kit import clock
from kit.db import Begin, insert_once
from kit.errors import OutsideError
from kit.log import get_logger
from logistics import events
from logistics.exchange_models import KeptPieces
from logistics.history import APP, follow_up, lock_rma, note_step
from logistics.models import Rma
from logistics.ports import SalesDoor
from logistics.reads import DraftRead, ReturnRead

log = get_logger("logistics")

KEPT_FOR = timedelta(days=90)
"""A piece nobody asks for any more is free again by itself; no return takes as long."""
STILL_WORKING = timedelta(seconds=30)
"""How long Shopify may still be at work on a call whose answer we lost."""
NOTE = "Kept for {number}: the client takes it instead. Deleting this draft order puts it on sale again."


def keep_for(session: Session, rma: Rma, read: ReturnRead | None) -> None:
    """Have what the return brings the client kept for them, and nothing else. Without a return: nothing any more.

    `rma` is locked. What is kept already is left alone.
    """
    assert rma.id is not None
    wanted = _wanted(read)
    row = kept_for(session, rma)
    if row is None and not wanted:
        return
    if row is None:
        insert_once(session, KeptPieces(rma_id=rma.id, shop_id=rma.shop_id))
        row = kept_for(session, rma)
        assert row is not None
    if row.wanted != wanted:
        row.wanted = wanted
        session.add(row)
        follow_up(session, rma, "keep_pieces")


def kept_for(session: Session, rma: Rma) -> KeptPieces | None:
    """What is, or is to be, kept for that return."""
    mine = (KeptPieces.rma_id == rma.id, KeptPieces.shop_id == rma.shop_id)
    return session.exec(select(KeptPieces).where(*mine).execution_options(populate_existing=True)).first()


def kept_anywhere(session: Session, *, shop_id: int) -> dict[str, set[str]]:
    """By Shopify's id of the return, the variants that are kept for it."""
    query = select(Rma.return_gid, KeptPieces).join(KeptPieces, col(KeptPieces.rma_id) == col(Rma.id))
    mine = (Rma.shop_id == shop_id, KeptPieces.shop_id == shop_id, KeptPieces.draft_gid != "")
    return {gid: {variant for variant, _ in row.kept} for gid, row in session.exec(query.where(*mine))}


def keep_pieces(begin: Begin, *, sales: SalesDoor, shop_id: int, rma_id: int) -> None:
    """Bring Shopify's reservation to what is wanted. A second time changes nothing."""
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        row = kept_for(session, rma)
    if row is None:
        return
    if row.sent_at is not None:
        row = _find_out(begin, sales, rma, row)
    if row.draft_gid and row.kept != row.wanted:
        row = _give_back(begin, sales, rma, row)
    if row.wanted and not row.draft_gid:
        _make(begin, sales, rma, row)


def free_for_processing(begin: Begin, *, sales: SalesDoor, rma: Rma) -> None:
    """Put on the shelf what the exchange is about to take. Nothing that goes wrong here holds a payment up."""
    with begin() as session:
        row = kept_for(session, rma)
    try:
        if row is not None and row.sent_at is not None:
            row = _find_out(begin, sales, rma, row)
        if row is not None and row.draft_gid:
            _give_back(begin, sales, rma, row)
    except OutsideError as error:
        log.warning("pieces.still_kept", shop=rma.shop_id, rma=rma.id, reason=str(error))


def _wanted(read: ReturnRead | None) -> list[list[Any]]:
    """[variant, how many] of each, as the row has it."""
    by_variant: dict[str, int] = {}
    for line in () if read is None or read.has_ended else read.exchanges:
        if line.variant_gid and line.unprocessed > 0:
            by_variant[line.variant_gid] = by_variant.get(line.variant_gid, 0) + line.unprocessed
    return [list(piece) for piece in sorted(by_variant.items())]


def _find_out(begin: Begin, sales: SalesDoor, rma: Rma, row: KeptPieces) -> KeptPieces:
    """What became of a draft order whose answer was lost."""
    there = sales.find_draft(rma.shop_id, row.tag)
    if there is not None:
        return _record(begin, rma, there)
    assert row.sent_at is not None
    rest = row.sent_at + STILL_WORKING - clock.now()
    if rest > timedelta(0):
        raise OutsideError("shopify", "may still be keeping a piece", retry_after=rest.total_seconds() + 1)
    return _set(begin, rma, sent_at=None, kept=[])


def _give_back(begin: Begin, sales: SalesDoor, rma: Rma, row: KeptPieces) -> KeptPieces:
    """On sale again. The next draft order gets a tag of its own: Shopify's search may still find this one."""
    sales.drop_draft(rma.shop_id, row.draft_gid)
    return _set(begin, rma, "piece_given_back", draft_gid="", kept=[], round=row.round + 1)


def _make(begin: Begin, sales: SalesDoor, rma: Rma, row: KeptPieces) -> None:
    now = clock.now()
    _set(begin, rma, sent_at=now, kept=row.wanted)
    about = {"client_gid": rma.client_gid, "tag": row.tag, "note": NOTE.format(number=rma.number)}
    pieces = [(str(variant_gid), int(quantity)) for variant_gid, quantity in row.wanted]
    try:
        there = sales.make_draft(rma.shop_id, pieces=pieces, held_until=now + KEPT_FOR, **about)
    except OutsideError as error:
        if error.ambiguous or not error.permanent:
            wait = max(error.retry_after or 0, STILL_WORKING.total_seconds() + 1)
            raise OutsideError(
                error.provider, "no clear answer to keeping a piece", retry_after=wait, ambiguous=True
            ) from error
        _set(begin, rma, "piece_not_kept", str(error)[:300], sent_at=None, kept=[])
        return
    _record(begin, rma, there)


def _record(begin: Begin, rma: Rma, draft: DraftRead) -> KeptPieces:
    assert rma.id is not None
    with begin() as session:
        row = _change(session, rma, "piece_kept", draft.name, draft_gid=draft.gid, sent_at=None)
        variant_gids = [str(variant_gid) for variant_gid, _ in row.kept]
        jobs.publish(session, events.PiecesKept(rma.shop_id, rma.id, rma.return_gid, variant_gids))
    return row


def _set(begin: Begin, rma: Rma, step: str = "", detail: str = "", **values: Any) -> KeptPieces:
    with begin() as session:
        return _change(session, rma, step, detail, **values)


def _change(session: Session, rma: Rma, step: str, detail: str, **values: Any) -> KeptPieces:
    assert rma.id is not None
    locked = lock_rma(session, shop_id=rma.shop_id, rma_id=rma.id)
    row = kept_for(session, locked)
    assert row is not None
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    if step:
        note_step(session, locked, step, actor=APP, now=clock.now(), detail=detail)
    return row
