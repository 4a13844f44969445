"""Where the parcels are: what carriers say, and what a person at the counter says."""

from datetime import datetime

from sqlmodel import Session, col, select

import jobs
from kit.db import insert_once
from kit.log import get_logger
from logistics import events
from logistics.covering import note_handed_over
from logistics.custody import keep_hand
from logistics.custody_words import HandOver
from logistics.history import CARRIER, follow_up, lock_rma, move_goods, note_step
from logistics.models import Parcel, Rma, Scan
from logistics.parcels import let_go, parcels_of
from logistics.states import (
    DELIVERED,
    FINAL_GOODS,
    GOODS,
    HERE,
    MOVING_SCANS,
    TROUBLE_SCANS,
    Goods,
    InvalidMove,
    ParcelState,
    can_move,
    later_scan,
)

log = get_logger("logistics")


def record_scan(
    session: Session, *, tracking_code: str, status: str, at: datetime, event_id: str, now: datetime
) -> int:
    """Keep a carrier's scan, once, and move the parcel and the goods on. Of how many parcels of ours it speaks.

    Scans may come twice, late and out of order. `status` is the carrier's word, `at` when it was scanned. A box that
    holds the pieces of several returns is a parcel of each.
    """
    found = session.exec(select(Parcel).where(Parcel.tracking_code == tracking_code).order_by(col(Parcel.id))).all()
    for parcel in found:
        assert parcel.id is not None
        said = event_id if parcel is found[0] else f"{parcel.id}/{event_id}"
        scan = Scan(parcel_id=parcel.id, shop_id=parcel.shop_id, event_id=said[:200], status=status, at=at)
        if insert_once(session, scan):
            _record(session, parcel, status, at, now)
    if not found:
        log.info("scan.unknown_parcel", status=status)
    return len(found)


def _record(session: Session, parcel: Parcel, status: str, at: datetime, now: datetime) -> None:
    rma = lock_rma(session, shop_id=parcel.shop_id, rma_id=parcel.rma_id)
    parcel = next(box for box in parcels_of(session, rma) if box.id == parcel.id)
    _keep_hand(session, rma, parcel, status, at)
    if _show(parcel, status, at):
        session.add(parcel)
        session.flush()
        _tell(session, rma, parcel, now)


def receive_by_hand(session: Session, *, shop_id: int, rma_id: int, by: str, noted: bool = False, now: datetime) -> Rma:
    """A person has the piece in their hands, whatever the carrier says. Twice changes nothing.

    `noted`: whose hands it came from stands among the hand-overs already.

    Raises NotFound, or InvalidMove when the return has ended.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    if rma.goods_state in HERE:
        return rma
    if rma.goods_state in FINAL_GOODS:
        raise InvalidMove("This return has ended, so nothing can be received for it.")
    if not noted:
        keep_hand(session, rma, HandOver.RECEIVED, key=f"received:{now.isoformat()}", person=by, at=now)
    _arrive(session, rma, by, now)
    for parcel in parcels_of(session, rma):
        let_go(session, rma, parcel)
    return rma


def _keep_hand(session: Session, rma: Rma, parcel: Parcel, status: str, at: datetime) -> None:
    """The carrier took it from the client, and the carrier brought it: each the first time they say so."""
    carrier = parcel.carrier or "The carrier"
    if status in MOVING_SCANS:
        keep_hand(session, rma, HandOver.COLLECTED, key=f"collected:{parcel.id}", person=carrier, at=at)
    if status == DELIVERED:
        keep_hand(session, rma, HandOver.DELIVERED, key=f"delivered:{parcel.id}", person=carrier, at=at)


def _show(parcel: Parcel, status: str, at: datetime) -> bool:
    """Let the scan change what the parcel shows; whether it did."""
    is_newer = parcel.last_scan_at is None or at >= parcel.last_scan_at
    shown = later_scan(parcel.scan_status, status, is_newer=is_newer)
    changed, parcel.scan_status = shown != parcel.scan_status, shown
    if is_newer:
        parcel.last_scan_at = at
    return changed


def _tell(session: Session, rma: Rma, parcel: Parcel, now: datetime) -> None:
    status = parcel.scan_status
    assert rma.id is not None
    if status in MOVING_SCANS:
        note_handed_over(session, parcel, now=now)
    jobs.publish(session, events.ParcelMoved(rma.shop_id, rma.id, rma.return_gid, status))
    if status in TROUBLE_SCANS:
        words = status.replace("_", " ")
        note_step(session, rma, "parcel_trouble", actor=CARRIER, now=now, detail=f"The carrier says: {words}.")
    if status == DELIVERED and _all_delivered(session, rma):
        if can_move(GOODS, rma.goods_state, Goods.ARRIVED):
            _arrive(session, rma, CARRIER, now)
    elif status in MOVING_SCANS and can_move(GOODS, rma.goods_state, Goods.IN_TRANSIT):
        move_goods(session, rma, Goods.IN_TRANSIT, actor=CARRIER, now=now)


def _all_delivered(session: Session, rma: Rma) -> bool:
    boxes = [parcel for parcel in parcels_of(session, rma) if parcel.state is not ParcelState.VOID]
    return all(parcel.scan_status == DELIVERED for parcel in boxes)


def _arrive(session: Session, rma: Rma, actor: str, now: datetime) -> None:
    rma.arrived_at = now
    move_goods(session, rma, Goods.ARRIVED, actor=actor, now=now)
    assert rma.id is not None
    jobs.publish(session, events.PieceArrived(rma.shop_id, rma.id, rma.return_gid))
    follow_up(session, rma, "tell_client_arrived")
