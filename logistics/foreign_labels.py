"""A label that staff hung on by themselves in Shopify's admin: seen, its cover found unconfirmed, a person called.

Nobody here asked for its cover, so it never counts as covered: not for the client's page, not for the way on, not
beside others on the road. A person says what it is; until then the piece is not called ready to travel by it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from kit.db import insert_once
from kit.errors import AppError, NotFound
from kit.money import Money
from logistics import parcels
from logistics.foreign_models import ForeignLabel, Said
from logistics.history import SHOPIFY, lock_rma, note_step
from logistics.models import Parcel, Rma
from logistics.reads import ReturnRead, ReverseDeliveryRead
from logistics.states import MOVING_SCANS, PARCEL, Goods, ParcelState, move
from logistics.ways import Way

AWAY = (Goods.AUTHORISED, Goods.LABELLED, Goods.IN_TRANSIT)
WORDS = "{what} was hung on in Shopify and not made here. Nobody has confirmed its cover."
TOO_LITTLE = "It is covered for {cover}; this piece needs {need}."
NO_EVIDENCE = "Write down who covers it, and the policy's or the shipment's number."


def is_ours(boxes: Iterable[Parcel], *, delivery_gid: str = "", tracking: str) -> bool:
    """Whether that label is one we hung on, or are hanging on just now."""
    for box in boxes:
        if tracking and box.tracking_code == tracking:
            return True
        if delivery_gid and box.reverse_delivery_gid == delivery_gid and box.state is not ParcelState.ATTACHED:
            return True  # ours, and on its way to another label
    return False


def note_foreign(session: Session, rma: Rma, read: ReturnRead, *, now: datetime) -> list[ForeignLabel]:
    """Keep every label of the return that is not ours, once each; those that are new. `rma` is locked."""
    boxes, found = parcels.parcels_of(session, rma), []
    for delivery in _hung(read):
        if is_ours(boxes, delivery_gid=delivery.gid, tracking=delivery.tracking_number):
            continue
        assert rma.id is not None
        row = ForeignLabel(
            shop_id=rma.shop_id,
            rma_id=rma.id,
            delivery_gid=delivery.gid,
            tracking=delivery.tracking_number[:120],
            seen_at=now,
        )
        if insert_once(session, row):
            what = f"Label {row.tracking}" if row.tracking else "A label"
            note_step(session, rma, "foreign_label", actor=SHOPIFY, now=now, detail=WORDS.format(what=what))
            found.append(row)
    return found


def foreign_of(session: Session, rma: Rma) -> list[ForeignLabel]:
    """Those of one return, oldest first."""
    query = select(ForeignLabel).where(ForeignLabel.rma_id == rma.id, ForeignLabel.shop_id == rma.shop_id)
    return list(session.exec(query.order_by(col(ForeignLabel.id)).execution_options(populate_existing=True)))


def unconfirmed(session: Session, *, shop_id: int, limit: int = 100) -> list[Rma]:
    """Returns whose piece is not here yet, with a label of which nobody has said anything."""
    query = (
        select(Rma)
        .join(ForeignLabel, col(ForeignLabel.rma_id) == col(Rma.id))
        .where(Rma.shop_id == shop_id, col(Rma.goods_state).in_(AWAY), ForeignLabel.said == Said.OPEN)
    )
    return list(session.exec(query.distinct().order_by(col(Rma.id)).limit(limit)))


def confirm_cover(
    session: Session, *, shop_id: int, rma_id: int, label_id: int, cover: Money, evidence: str, by: str, now: datetime
) -> ForeignLabel:
    """A person vouches for its cover, with who covers it. Raises AppError where it is below the value, or NotFound."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    row, box = _row(session, rma, label_id), _box(session, rma, label_id)
    need = box.need if box is not None else rma.value
    if not evidence.strip():
        raise AppError(NO_EVIDENCE)
    if cover.currency != need.currency or need.cents <= 0 or cover.cents < need.cents:
        raise AppError(TOO_LITTLE.format(cover=cover.show(), need=need.show()))
    if row.said is Said.COVERED:
        return row
    row.evidence, row.cover_cents, row.currency = evidence.strip()[:240], cover.cents, cover.currency
    _say(session, rma, row, Said.COVERED, by=by, now=now, detail=f"{row.evidence}, up to {cover.show()}.")
    if box is not None and box.state is ParcelState.BOUGHT:
        box.cover_cents, box.cover_confirmed_at = cover.cents, now
        box.state = move(PARCEL, box.state, ParcelState.ATTACHED)
        session.add(box)
        parcels.note_when_labelled(session, rma, now=now)
    return row


def not_used(session: Session, *, shop_id: int, rma_id: int, label_id: int, by: str, now: datetime) -> ForeignLabel:
    """Nothing travels by it. Where it stood in for ours, one with cover follows. Raises NotFound."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    row, box = _row(session, rma, label_id), _box(session, rma, label_id)
    if row.said is Said.NOT_USED:
        return row
    _say(session, rma, row, Said.NOT_USED, by=by, now=now, detail="")
    if box is not None and box.state is ParcelState.BOUGHT and box.scan_status not in MOVING_SCANS:
        box.state = move(PARCEL, box.state, ParcelState.VOID)
        parcels.plan_other_way(session, rma, box, Way.LABEL)
        box.chosen_way = None  # the rule picks, as for any
    return row


def _hung(read: ReturnRead) -> Iterator[ReverseDeliveryRead]:
    live = (rfo for rfo in read.rfos if rfo.status != "CANCELED")
    return (one for rfo in live for one in rfo.deliveries if one.tracking_number or one.label_url)


def _row(session: Session, rma: Rma, label_id: int) -> ForeignLabel:
    row = next((row for row in foreign_of(session, rma) if row.id == label_id), None)
    if row is None:
        raise NotFound("That label is not here.")
    return row


def _box(session: Session, rma: Rma, label_id: int) -> Parcel | None:
    """The box it stands for, where it was there before one of ours."""
    row = _row(session, rma, label_id)
    boxes = (box for box in parcels.parcels_of(session, rma) if not box.provider_shipment_id)
    return next((box for box in boxes if box.reverse_delivery_gid == row.delivery_gid), None)


def _say(session: Session, rma: Rma, row: ForeignLabel, said: Said, *, by: str, now: datetime, detail: str) -> None:
    row.said, row.said_by, row.said_at = said, by, now
    session.add(row)
    note_step(session, rma, f"foreign_{said}", actor=by, now=now, detail=detail)
