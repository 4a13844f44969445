"""The client keeps the piece after all: the return is ended in Shopify, once, while nothing was sent or received.

Shopify cancels an open return until work was done on it, and declines one that is only asked for. What was asked is a
step of the return, written before Shopify is; whoever asks again looks there first.
"""

from datetime import datetime

from sqlmodel import Session

from kit import clock
from kit.db import Begin
from kit.errors import Conflict, Waiting
from logistics import exchanges, rmas, statements
from logistics.history import APP, follow_up, lock_rma, note_step
from logistics.models import Rma
from logistics.parcels import parcels_of
from logistics.ports import KeepingDoor
from logistics.reads import ReturnRead
from logistics.settlements import open_settlement
from logistics.states import MOVING_SCANS, Goods, SettlementState

ASKED, NOT_ANY_MORE = "keep_asked", "keep_too_late"
STILL_THEIRS = (Goods.AUTHORISED, Goods.LABELLED)
TOO_LATE = "It is on its way or settled already, so it cannot be kept from here any more. Please ring us."
HIDDEN = "Shopify does not show this return to the app. It may need approval to read orders older than 60 days."
NOTE = "You told us that you keep it."


def may_keep(session: Session, rma: Rma) -> bool:
    """Whether the client may still take the return back: the piece is with them, and no money was decided about.

    One who withdrew by law on our page said a thing that stands; that is taken back with a person, not by a button.
    """
    if rma.goods_state not in STILL_THEIRS or is_asked(session, rma) or exchanges.holds(session, rma):
        return False
    if any(box.scan_status in MOVING_SCANS for box in parcels_of(session, rma)):
        return False
    batch = open_settlement(session, rma)
    if batch is not None and batch.state is not SettlementState.PROPOSED:
        return False
    return statements.statement_of(session, shop_id=rma.shop_id, order_gid=rma.order_gid) is None


def is_asked(session: Session, rma: Rma) -> bool:
    """Whether the client said that they keep it, since the return was last opened, and nothing spoke against it."""
    said = [step.kind for step in rmas.steps(session, rma) if step.kind in (ASKED, NOT_ANY_MORE, "reopened")]
    return bool(said) and said[-1] == ASKED


def keep_piece(session: Session, *, shop_id: int, rma_id: int, by: str, now: datetime) -> Rma:
    """Take the return back. Said twice it is once. Raises NotFound, or Conflict: too late."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    if is_asked(session, rma):
        return rma
    if not may_keep(session, rma):
        raise Conflict(TOO_LATE)
    note_step(session, rma, ASKED, actor=by, now=now)
    follow_up(session, rma, "take_back")
    return rma


def take_back(begin: Begin, *, door: KeepingDoor, shop_id: int, rma_id: int) -> None:
    """End the return in Shopify for a client who keeps the piece. Run again it reads first, and ends nothing twice."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        if rmas.is_over(rma) or not is_asked(session, rma):
            return
        is_theirs = rma.goods_state in STILL_THEIRS
    read = door.read(shop_id, rma.return_gid)
    if read is None:
        raise Waiting(HIDDEN, retry_after=3600)
    if is_theirs and _is_untouched(read) and not read.has_ended:
        read = _end(door, shop_id, read)
    with begin() as session:
        rma, now = lock_rma(session, shop_id=shop_id, rma_id=rma_id), clock.now()
        if read.has_ended:
            rmas.end_rma(session, rma, how=rmas.ENDINGS[read.status], now=now)
        elif is_asked(session, rma):
            note_step(session, rma, NOT_ANY_MORE, actor=APP, now=now, detail=TOO_LATE)


def _end(door: KeepingDoor, shop_id: int, read: ReturnRead) -> ReturnRead:
    if read.status == "REQUESTED":
        return door.decline(shop_id, read.return_gid, NOTE)
    return door.cancel(shop_id, read.return_gid)


def _is_untouched(read: ReturnRead) -> bool:
    return not any(line.processed for line in read.lines) and not any(line.processed for line in read.exchanges)
