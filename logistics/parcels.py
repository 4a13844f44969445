"""Boxes on their way back: planned, covered, labelled, let go. Verbs take an RMA that the caller has locked."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

import jobs
from kit.causes import Cause
from kit.db import insert_once
from kit.errors import NotFound, Waiting
from kit.money import Money
from logistics import events
from logistics.cover import ConfirmedCover
from logistics.covering import Passage, load_of, note_refused, release, restriction_of, settle_passage, use_of
from logistics.history import APP, follow_up, move_goods, note_step
from logistics.labels import confirmed_cents, note_way, on_the_box, why_uncovered
from logistics.models import LogisticsPolicy, Parcel, Rma, RmaLine
from logistics.reads import Address, Bought, ReturnRead, RfoRead
from logistics.states import (
    FINAL_GOODS,
    GOODS,
    HERE,
    MOVING_SCANS,
    PARCEL,
    Goods,
    ParcelState,
    can_move,
    move,
)
from logistics.ways import Way

STILL_WORKING = timedelta(seconds=30)
"""How long Shopify may still be at work on a call whose answer we lost."""
NO_RECEIVER = "Set the address that parcels come back to, and the label follows by itself."
NO_SENDER = "Nobody knows yet where this is sent from. Add the address, and the label follows by itself."


@dataclass(frozen=True)
class LabelOrder:
    """What a carrier needs to know to sell a label. Without `cover` none is bought, and `refusal` says why.

    `sender_is_known`: a person vouches for the address it is sent from.
    """

    reference: str
    sender: Address
    receiver: Address
    weight_grams: int
    cover: ConfirmedCover | None
    refusal: str = ""
    cause: str = ""
    sender_is_known: bool = False


def parcels_of(session: Session, rma: Rma) -> list[Parcel]:
    """Its boxes, as they are now, in the order they were planned."""
    query = select(Parcel).where(Parcel.rma_id == rma.id).order_by(col(Parcel.id))
    return list(session.exec(query.execution_options(populate_existing=True)))


def get_parcel(session: Session, rma: Rma, parcel_id: int) -> Parcel:
    """One of its boxes. Raises NotFound."""
    found = next((parcel for parcel in parcels_of(session, rma) if parcel.id == parcel_id), None)
    if found is None:
        raise NotFound("That parcel is not here.")
    return found


def plan_parcels(session: Session, rma: Rma, read: ReturnRead, lines: list[RmaLine], *, now: datetime) -> None:
    """A box for each reverse fulfilment order that counts, and a label secured for each that has none."""
    counting = [rfo for rfo in read.rfos if rfo.status == "OPEN"]
    for rfo in counting:
        row = _planned(rma, rfo, rma.value_cents if len(counting) == 1 else _worth(rma, rfo, lines))
        if rma.goods_state in HERE:
            row.state = ParcelState.VOID
        insert_once(session, row)
    for parcel in parcels_of(session, rma):
        if parcel.state is ParcelState.PLANNED:
            follow_up(session, rma, "get_label", parcel_id=parcel.id)
    note_when_labelled(session, rma, now=now)


def order_label(
    session: Session, rma: Rma, parcel: Parcel, policy: LogisticsPolicy, sender: Address, *, now: datetime
) -> LabelOrder | None:
    """Mark the box as being bought and say what for; None when no label is wanted, or it travels in another way.

    Raises Waiting for an address.

    A box that was bought without enough cover is ordered again only to look at its cover: it is never bought twice.
    """
    if parcel.way is not Way.LABEL:
        _must_have_papers(session, rma, parcel, policy, sender, now=now)
        _keep_chosen(session, rma, parcel, policy, sender, now=now)
        return None
    wanted = parcel.state in (ParcelState.PLANNED, ParcelState.BUYING, ParcelState.BOUGHT) and not parcel.is_covered
    if not wanted or rma.goods_state in FINAL_GOODS | HERE:
        return None
    if not policy.receiver.is_usable:
        raise Waiting(NO_RECEIVER, cause=Cause.RECEIVING_ADDRESS)
    if not sender.is_usable:
        raise Waiting(NO_SENDER, cause=Cause.SENDER_ADDRESS)
    ends_of = {"sender": sender, "receiver": policy.receiver}
    passage = settle_passage(session, rma, parcel, only=parcel.chosen_way, now=now, **ends_of)
    if passage.cover is None:
        note_refused(session, rma, parcel, passage, now=now)
    elif passage.way is not Way.LABEL:
        note_way(session, rma, parcel, passage, now=now)
        return None
    elif parcel.state is ParcelState.PLANNED:
        parcel.state = move(PARCEL, parcel.state, ParcelState.BUYING)
        session.add(parcel)
    ends = on_the_box(session, rma, policy, sender)
    return LabelOrder(parcel.reference, *ends, policy.parcel_grams, passage.cover, passage.refusal, passage.cause)


def _must_have_papers(
    session: Session, rma: Rma, parcel: Parcel, policy: LogisticsPolicy, sender: Address, *, now: datetime
) -> None:
    """What may not cross a border crosses it in no way. What is brought to a boutique crosses none."""
    if parcel.way is Way.BOUTIQUE or parcel.state is not ParcelState.PLANNED:
        return
    load = load_of(session, rma, parcel, sender=sender, receiver=policy.receiver, now=now)
    if stopped := restriction_of(session, rma, load):
        raise Waiting(stopped, cause=Cause.PAPERS)


def _keep_chosen(
    session: Session, rma: Rma, parcel: Parcel, policy: LogisticsPolicy, sender: Address, *, now: datetime
) -> None:
    """A way a person chose takes its share of the policy where a line covers it; else who comes covers it."""
    if parcel.chosen_way is parcel.way and parcel.state is ParcelState.PLANNED and use_of(session, parcel) is None:
        settle_passage(session, rma, parcel, sender=sender, receiver=policy.receiver, only=parcel.way, now=now)


def record_label(session: Session, rma: Rma, parcel: Parcel, *, shipment_id: str, bought: Bought, now: datetime) -> str:
    """Keep what the carrier sold. Returns "" when it may travel, else the sentence that says why not."""
    if parcel.state is ParcelState.BUYING:
        parcel.state = move(PARCEL, parcel.state, ParcelState.BOUGHT)
        parcel.provider_shipment_id, parcel.carrier = shipment_id, bought.carrier
        parcel.tracking_code, parcel.tracking_url = bought.tracking_code, bought.tracking_url
        note_step(session, rma, "label_bought", actor=APP, now=now, detail=f"Label bought from {bought.carrier}.")
    use = use_of(session, parcel)
    parcel.label_url, parcel.cover_cents = bought.label_pdf_url, confirmed_cents(bought, use)
    session.add(parcel)
    if parcel.state is ParcelState.VOID or rma.goods_state in FINAL_GOODS | HERE:
        let_go(session, rma, parcel)
        return ""
    if reason := why_uncovered(parcel, bought, use):
        return note_cover_missing(session, rma, parcel, reason, now=now)
    parcel.cover_confirmed_at = now
    confirmed = Money(parcel.cover_cents, parcel.cover_currency).show()
    by = f" {use.evidence}." if use is not None else ""
    note_step(session, rma, "covered", actor=APP, now=now, detail=f"Cover of {confirmed} confirmed.{by}")
    follow_up(session, rma, "attach_label", parcel_id=parcel.id)
    return ""


def note_cover_missing(session: Session, rma: Rma, parcel: Parcel, reason: str, *, now: datetime) -> str:
    """Remember, once, that the label is held back; the sentence for whoever can raise the cover."""
    sentence = f"{reason} The label is held back until the cover is confirmed."
    note_refused(session, rma, parcel, Passage(parcel.way, refusal=sentence, cause=Cause.COVER), now=now)
    return sentence


def begin_attaching(session: Session, parcel: Parcel, *, now: datetime) -> timedelta:
    """Remember that Shopify is asked now to attach the label. `parcel` is of a locked RMA.

    Returns how long to wait first, where it may still be at work on the last such call: a second one makes a second
    label. Nothing is remembered then.
    """
    rest = parcel.attaching_at + STILL_WORKING - now if parcel.attaching_at else timedelta(0)
    if rest <= timedelta(0):
        parcel.attaching_at = now
        session.add(parcel)
    return max(rest, timedelta(0))


def record_attached(session: Session, rma: Rma, parcel: Parcel, *, reverse_delivery_gid: str, now: datetime) -> None:
    """The label hangs on the return in Shopify. A second time changes nothing."""
    if parcel.state is not ParcelState.BOUGHT:
        return
    parcel.state, parcel.attaching_at = move(PARCEL, parcel.state, ParcelState.ATTACHED), None
    parcel.reverse_delivery_gid = reverse_delivery_gid
    session.add(parcel)
    note_step(session, rma, "label_attached", actor=APP, now=now)
    note_when_labelled(session, rma, now=now)


def note_when_labelled(session: Session, rma: Rma, *, now: datetime) -> None:
    """When the last box has its label: move on, tell the client, tell everyone."""
    session.flush()
    boxes = [parcel for parcel in parcels_of(session, rma) if parcel.state is not ParcelState.VOID]
    if not boxes or any(parcel.state is not ParcelState.ATTACHED for parcel in boxes):
        return
    if can_move(GOODS, rma.goods_state, Goods.LABELLED):
        move_goods(session, rma, Goods.LABELLED, actor=APP, now=now)
    assert rma.id is not None
    jobs.publish(session, events.LabelReady(rma.shop_id, rma.id, rma.return_gid))
    follow_up(session, rma, "book_collections")  # which tells the client, with the day


def let_go(session: Session, rma: Rma, parcel: Parcel) -> None:
    """The box will not travel: no label is bought for it any more, and an unused one is given back."""
    if parcel.state is ParcelState.PLANNED:
        parcel.state = move(PARCEL, parcel.state, ParcelState.VOID)
        session.add(parcel)
        return
    if parcel.way is not Way.LABEL:
        if parcel.state is not ParcelState.VOID:
            parcel.state = move(PARCEL, parcel.state, ParcelState.VOID)
            session.add(parcel)
            follow_up(session, rma, "call_off", parcel_id=parcel.id, reference=parcel.reference)
        return
    is_ours = bool(parcel.provider_shipment_id) or parcel.state is ParcelState.BUYING
    if is_ours and parcel.scan_status not in MOVING_SCANS and parcel.refunded_at is None:
        if parcel.collection_id:
            follow_up(session, rma, "cancel_collection", parcel_id=parcel.id)
        follow_up(session, rma, "release_label", parcel_id=parcel.id)


def forget_collection(session: Session, parcel: Parcel) -> None:
    """Nobody comes for that box, or not any more."""
    parcel.collection_id = parcel.collection_code = ""
    parcel.collection_from = parcel.collection_until = None
    session.add(parcel)


def record_given_back(session: Session, rma: Rma, parcel: Parcel, *, now: datetime) -> None:
    """The unused label went back to the carrier. A second time changes nothing."""
    if parcel.state is ParcelState.VOID:
        return
    parcel.state, parcel.refunded_at = move(PARCEL, parcel.state, ParcelState.VOID), now
    session.add(parcel)
    release(session, parcel, now=now)
    note_step(session, rma, "label_given_back", actor=APP, now=now)
    if parcel.next_way is not None:
        plan_other_way(session, rma, parcel, parcel.next_way)


def plan_other_way(session: Session, rma: Rma, parcel: Parcel, way: Way) -> None:
    """A box that is void travels after all, in that way. What hangs on the return in Shopify is kept, and updated."""
    hung = parcel.reverse_delivery_gid
    plan_again(session, parcel)
    parcel.way, parcel.chosen_way, parcel.reverse_delivery_gid = way, way, hung
    follow_up(session, rma, "get_label", parcel_id=parcel.id)


def forget_shipment(session: Session, parcel: Parcel, *, now: datetime) -> None:
    """The carrier does not know one of the addresses, so it sold nothing; a corrected one makes another shipment."""
    if parcel.state is ParcelState.BUYING:
        release(session, parcel, now=now)
        parcel.reference = _reference()
        session.add(parcel)


def plan_again(session: Session, parcel: Parcel) -> None:
    """The box travels after all: it needs another label. Its old shipment was given back and is not looked at again."""
    parcel.state = move(PARCEL, parcel.state, ParcelState.PLANNED)
    parcel.reference, parcel.provider_shipment_id, parcel.carrier = _reference(), "", ""
    parcel.tracking_code, parcel.tracking_url, parcel.label_url = None, "", ""
    parcel.cover_cents, parcel.cover_confirmed_at, parcel.cover_short_at = None, None, None
    parcel.reverse_delivery_gid, parcel.scan_status, parcel.last_scan_at = "", "", None
    parcel.attaching_at, parcel.refunded_at, parcel.asked_at = None, None, None
    parcel.handover_code, parcel.next_way = None, None
    forget_collection(session, parcel)


def _reference() -> str:
    # Says nothing of the house or the piece, as it may be printed on the label; ours alone on a shared account.
    return f"rp-{secrets.token_hex(8)}"


def _planned(rma: Rma, rfo: RfoRead, need_cents: int) -> Parcel:
    assert rma.id is not None
    row = Parcel(
        rma_id=rma.id,
        shop_id=rma.shop_id,
        rfo_gid=rfo.gid,
        reference=_reference(),
        need_cents=need_cents,
        cover_currency=rma.currency,
    )
    if rma.wished_way is not None:
        row.way = row.chosen_way = rma.wished_way
    hung = next((delivery for delivery in rfo.deliveries if delivery.tracking_number), None)
    if hung is not None:  # somebody hung a label on in the admin already: held back until its cover is confirmed
        row.state, row.tracking_code = ParcelState.BOUGHT, hung.tracking_number
        row.label_url, row.reverse_delivery_gid = hung.label_url, hung.gid
    return row


def _worth(rma: Rma, rfo: RfoRead, lines: Iterable[RmaLine]) -> int:
    """What is in the box; the whole return's value where a line's own is not known."""
    inside = {line.fulfillment_line_gid for line in rfo.lines}
    values = [line.value_cents for line in lines if line.fulfillment_line_gid in inside]
    return sum(values) if values and all(values) else rma.value_cents
