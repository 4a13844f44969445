"""Calls out for the parcel: approve, label, attach, give back, close, and follow what others did in the admin."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from kit import clock
from kit.causes import Cause
from kit.db import Begin
from kit.errors import OutsideError, Waiting
from kit.log import get_logger
from logistics import exchanges, kept_pieces, looking_back, parcels, reverse_deliveries, rmas, settlements, travels
from logistics.buying import buy_label
from logistics.foreign_labels import note_foreign
from logistics.history import APP, SHOPIFY, follow_up, lock_rma
from logistics.judging import verdict_of
from logistics.models import Parcel, Rma, Settlement
from logistics.ports import Carrier, CoverMissing, ReturnsDoor
from logistics.reads import ReturnRead, Shipment
from logistics.reopening import reopen_rma
from logistics.states import GOODS, HERE, MOVING_SCANS, Goods, ParcelState, SettlementState, can_move
from logistics.ways import Way

log = get_logger("logistics")

SIX_HOURS = 6 * 3600
HIDDEN = "Shopify does not show this return to the app. It may need approval to read orders older than 60 days."


def authorise(begin: Begin, *, returns: ReturnsDoor, shop_id: int, rma_id: int) -> None:
    """Approve the return in Shopify unless it is, and plan a parcel for each of its reverse fulfilment orders.

    What a person is to look at waits for them; a withdrawal by law never does.
    """
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        verdict, makes_way = verdict_of(session, rma), exchanges.holds(session, rma)
    if rma.approved_at is not None or rmas.is_over(rma) or makes_way:
        return
    if verdict is not None and not verdict.goes_on:
        raise Waiting(" ".join(verdict.reasons), retry_after=SIX_HOURS, cause=Cause.ELIGIBILITY)
    read = _moved(returns.approve, returns, rma, away_from="REQUESTED")
    if not read.has_ended and not read.rfos:
        raise Waiting("Shopify has not prepared the way back for this return yet.", retry_after=30)
    with begin() as session:
        rma, now = lock_rma(session, shop_id=shop_id, rma_id=rma_id), clock.now()
        if read.has_ended:
            rmas.end_rma(session, rma, how=rmas.ENDINGS[read.status], now=now)
        else:
            rmas.record_approval(session, rma, read, now=now)


def get_label(begin: Begin, *, carrier: Carrier, shop_id: int, rma_id: int, parcel_id: int) -> None:
    """Buy one label with cover for the whole value, once. Raises CoverMissing while the cover is less."""
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel, policy = parcels.get_parcel(session, rma, parcel_id), rmas.policy_of(session, shop_id)
        order = parcels.order_label(session, rma, parcel, policy, rmas.sender_of(rma), now=clock.now())
        if order is not None and any(step.kind == "sender_changed" for step in rmas.steps(session, rma)):
            order = replace(order, sender_is_known=True)
        waits = travels.arrange(session, rma, parcel, now=clock.now()) if order is None else ""
    if waits:
        raise Waiting(waits, retry_after=6 * 3600, cause=Cause.BOOKING)
    if order is None:
        return
    if order.cover is None:
        _keep_what_was_bought(begin, carrier, shop_id, rma_id, parcel)
        raise CoverMissing(order.refusal, cause=order.cause)
    try:
        shipment = _shipment(carrier, order)
        bought = buy_label(carrier, shipment, order.cover)
    except CoverMissing as missing:
        with begin() as session:
            rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
            parcel = parcels.get_parcel(session, rma, parcel_id)
            sentence = parcels.note_cover_missing(session, rma, parcel, missing.reason, now=clock.now())
        raise CoverMissing(sentence, retry_after=missing.retry_after) from missing
    except OutsideError as error:
        if error.permanent and error.cause == Cause.ADDRESS:
            with begin() as session:
                rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
                parcels.forget_shipment(session, parcels.get_parcel(session, rma, parcel_id), now=clock.now())
        raise
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel = parcels.get_parcel(session, rma, parcel_id)
        missing_cover = parcels.record_label(
            session, rma, parcel, shipment_id=shipment.shipment_id, bought=bought, now=clock.now()
        )
    if missing_cover:
        raise CoverMissing(missing_cover)


def _keep_what_was_bought(begin: Begin, carrier: Carrier, shop_id: int, rma_id: int, parcel: Parcel) -> None:
    """The cover went while a label was being bought: one that the carrier has sold is kept, and held back."""
    if parcel.state is not ParcelState.BUYING:
        return
    shipment = carrier.find(parcel.reference)
    if shipment is None or shipment.bought is None:
        return
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        box = parcels.get_parcel(session, rma, parcel.id or 0)
        parcels.record_label(
            session, rma, box, shipment_id=shipment.shipment_id, bought=shipment.bought, now=clock.now()
        )


def attach_label(
    begin: Begin, *, returns: ReturnsDoor, carrier: Carrier, shop_id: int, rma_id: int, parcel_id: int
) -> None:
    """Upload the label to Shopify and hang it on the return, once; never one whose cover is not confirmed."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel = parcels.get_parcel(session, rma, parcel_id)
    if parcel.state is not ParcelState.BOUGHT or not parcel.is_covered or rmas.is_over(rma):
        return
    pdf = carrier.label_pdf(parcel.label_url) if parcel.way is Way.LABEL else b""
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel = parcels.get_parcel(session, rma, parcel_id)
        was_asked = parcel.attaching_at is not None  # and we never heard what became of it
        rest = parcels.begin_attaching(session, parcel, now=clock.now())
    if rest:
        raise Waiting("Shopify may still be at work on this label.", retry_after=rest.total_seconds())
    try:
        reverse_delivery_gid = _hang(returns, rma, parcel, pdf, look_first=was_asked)
    except OutsideError as error:
        if not error.ambiguous:
            with begin() as session:
                rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
                parcel = parcels.get_parcel(session, rma, parcel_id)
                parcel.attaching_at = None
                session.add(parcel)
        read = returns.read(shop_id, rma.return_gid) if error.permanent else None
        if read is None or not read.has_ended:
            raise
        with begin() as session:  # cancelled or closed in the admin meanwhile
            rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
            rmas.end_rma(session, rma, how=rmas.ENDINGS[read.status], now=clock.now())
        return
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel = parcels.get_parcel(session, rma, parcel_id)
        parcels.record_attached(session, rma, parcel, reverse_delivery_gid=reverse_delivery_gid, now=clock.now())


def release_label(begin: Begin, *, carrier: Carrier, shop_id: int, rma_id: int, parcel_id: int) -> None:
    """Give a label back that nobody will use; a parcel that is on its way is left alone."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel = parcels.get_parcel(session, rma, parcel_id)
    if parcel.refunded_at is not None or parcel.state in (ParcelState.PLANNED, ParcelState.VOID):
        return
    goes_on = not rmas.is_over(rma) and rma.goods_state not in HERE
    is_wanted = goes_on and parcel.next_way is None  # opened again meanwhile
    if parcel.scan_status in MOVING_SCANS or is_wanted:
        return
    shipment = carrier.find(parcel.reference)
    if shipment is not None and shipment.bought is not None:
        carrier.refund(shipment.shipment_id)
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcels.record_given_back(session, rma, parcels.get_parcel(session, rma, parcel_id), now=clock.now())


def call_off(begin: Begin, *, shop_id: int, rma_id: int, parcel_id: int, reference: str) -> None:
    """Tell whoever was asked to take a box, under that reference, that nobody needs to come."""
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel = parcels.get_parcel(session, rma, parcel_id)
        if parcel.reference == reference:
            travels.call_off(session, rma, parcel, now=clock.now())


def record_scan(begin: Begin, *, tracking_code: str, status: str, at: str, event_id: str, carrier: str = "") -> None:
    """Keep what a carrier's webhook says (TrackerUpdated). `at` is ISO 8601 with an offset."""
    with begin() as session:
        reverse_deliveries.record_scan(
            session,
            tracking_code=tracking_code,
            status=status,
            at=clock.parse_instant(at),
            event_id=event_id,
            now=clock.now(),
        )


def close_return(begin: Begin, *, returns: ReturnsDoor, shop_id: int, rma_id: int) -> None:
    """Close a settled return in Shopify, unless it closed by itself or somebody did."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
    if rma.goods_state is not Goods.SETTLED:
        return
    read = _moved(returns.close, returns, rma, away_from="OPEN")
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        rmas.end_rma(session, rma, how=rmas.ENDINGS.get(read.status, "closed"), actor=APP, now=clock.now())


def follow_return(
    begin: Begin, *, returns: ReturnsDoor, shop_id: int, return_gid: str, says: str = "", tracking: str = ""
) -> None:
    """Take over what somebody did to the return in the admin (ReturnChanged). Returns we don't know are left alone.

    `says` is what the webhook claims, `tracking` of a label: what we did ourselves is not read again.
    """
    with begin() as session:
        rma = rmas.find_rma(session, shop_id=shop_id, return_gid=return_gid)
        is_news = rma is not None and not (exchanges.holds(session, rma) or rmas.is_known(session, rma, says, tracking))
    if rma is None or rma.id is None or not is_news:
        return
    read = returns.read(shop_id, return_gid)
    if read is None:
        return
    with begin() as session:
        locked, now = lock_rma(session, shop_id=shop_id, rma_id=rma.id), clock.now()
        if rmas.is_over(locked) and read.status == "OPEN":
            reopen_rma(session, locked, now=now)
        _adopt(session, locked, read, now=now)


def _adopt(session: Session, rma: Rma, read: ReturnRead, *, now: datetime) -> None:
    money = settlements.open_settlement(session, rma)
    if rmas.is_over(rma) or (money and money.state in (SettlementState.APPROVED, SettlementState.SENDING)):
        return  # `pay` looks at Shopify itself and adopts what it finds
    if money is not None and not _adopt_money(session, rma, money, read, now=now):
        return
    if rma.approved_at is not None:
        note_foreign(session, rma, read, now=now)
        kept_pieces.keep_for(session, rma, read)
    all_processed = bool(read.lines) and not read.unprocessed
    if all_processed and can_move(GOODS, rma.goods_state, Goods.SETTLED):
        detail = "Somebody settled it in the Shopify admin."
        rmas.mark_settled(session, rma, exchanged=read.exchanged, actor=SHOPIFY, now=now, detail=detail)
    if read.has_ended:
        rmas.end_rma(session, rma, how=rmas.ENDINGS[read.status], now=now)
    elif read.status == "OPEN" and rma.approved_at is None and read.rfos:
        rmas.record_approval(session, rma, read, now=now)
    elif read.status == "OPEN" and rma.approved_at is None:
        follow_up(session, rma, "authorise")


def _adopt_money(session: Session, rma: Rma, money: Settlement, read: ReturnRead, *, now: datetime) -> bool:
    """Square a proposed or unsettled batch with what Shopify shows; False when a person must look first."""
    if money.state is SettlementState.UNSETTLED and money.sent_at is not None:
        found = looking_back.look_back(money.before, money.lines, money.amount, read, money.exchanges)
        if found.trace is looking_back.Trace.DONE:
            settlements.record_paid(session, rma, money, read, now=now)
        return found.trace is looking_back.Trace.DONE
    left = dict(read.unprocessed)
    if not read.has_ended and any(left.get(line["return_line_gid"], 0) < line["quantity"] for line in money.lines):
        settlements.overtake(session, rma, money, reason=settlements.TAKEN_OVER, now=now)
        if left:
            follow_up(session, rma, "propose_settlement", ask=True)
    return True


def _moved(move: Callable[[int, str], ReturnRead], returns: ReturnsDoor, rma: Rma, *, away_from: str) -> ReturnRead:
    """The return once `move` was asked for. Where Shopify refuses, somebody moved it first, or it is hidden from us."""
    try:
        return move(rma.shop_id, rma.return_gid)
    except OutsideError as error:
        if not error.permanent:
            raise
        again = returns.read(rma.shop_id, rma.return_gid)
        if again is None:
            raise Waiting(HIDDEN, retry_after=3600) from error
        if again.status == away_from:
            raise
        return again


def _hang(returns: ReturnsDoor, rma: Rma, parcel: Parcel, pdf: bytes, *, look_first: bool) -> str:
    if parcel.reverse_delivery_gid:  # it travelled in another way before, and Shopify has that
        returns.update_delivery(
            rma.shop_id,
            reverse_delivery_gid=parcel.reverse_delivery_gid,
            tracking_code=parcel.tracking_code or "",
            tracking_url=parcel.tracking_url,
            pdf=pdf,
            notify=False,
        )
        return parcel.reverse_delivery_gid
    return returns.attach_label(
        rma.shop_id,
        rfo_gid=parcel.rfo_gid,
        tracking_code=parcel.tracking_code or "",
        tracking_url=parcel.tracking_url,
        pdf=pdf,
        notify=False,  # our own letter says how to pack; two would confuse
        look_first=look_first,
    )


def _shipment(carrier: Carrier, order: parcels.LabelOrder) -> Shipment:
    """The one made under our reference before a crash, or a new one."""
    found = carrier.find(order.reference)
    if found is not None:
        return found
    if not order.sender_is_known and (wrong := carrier.check_address(order.sender)):
        said = f"the address the parcel is sent from cannot be found ({wrong})"
        raise OutsideError(carrier.name, said, permanent=True, cause=Cause.ADDRESS)
    return carrier.create(
        reference=order.reference,
        sender=order.sender,
        receiver=order.receiver,
        weight_grams=order.weight_grams,
        is_return=True,
    )
