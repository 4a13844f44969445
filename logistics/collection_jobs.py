"""The carrier comes for the parcel: a visit planned, booked once, called off when nobody needs it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from kit import clock
from kit.db import Begin
from kit.errors import OutsideError, Waiting
from kit.log import get_logger
from logistics import parcels, rmas
from logistics.collection_days import Window, first_visit
from logistics.doors import door_zone
from logistics.history import APP, follow_up, lock_rma, note_step
from logistics.in_words import day_in_words
from logistics.models import LogisticsPolicy, Parcel, Rma
from logistics.ports import Carrier
from logistics.reads import Collection
from logistics.states import HERE, MOVING_SCANS, ParcelState
from logistics.ways import Way

log = get_logger("logistics")

PATIENCE = timedelta(minutes=10)
"""How long the letter with the slip waits for the day of the visit, while the carrier does not answer."""
InUse = Callable[[Session, int, str], datetime | None]
"""Until when the client of (shop, return) has their piece with them to speak about it; None where they do not."""
ASKED_ANEW = ("collection_changed", "collection_cancelled")


def book_collections(begin: Begin, *, carrier: Carrier, in_use: InUse, shop_id: int, rma_id: int) -> None:
    """Have every labelled box collected on the next working morning, then tell the client.

    Not before a conversation they have reserved, in which they would have the piece to hand.
    Where the carrier does not come, or does not answer for long, the client is told to hand the parcel in.
    """
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        boxes = [box.id for box in parcels.parcels_of(session, rma) if wants_collection(session, rma, box)]
    for parcel_id in boxes:
        assert parcel_id is not None
        try:
            _collect(begin, carrier, in_use, shop_id, rma_id, parcel_id)
        except (OutsideError, Waiting) as error:
            is_final = isinstance(error, OutsideError) and error.permanent
            if not is_final and not _is_late(begin, shop_id, rma_id):
                raise
            _note_none(begin, shop_id, rma_id, str(error))
    with begin() as session:
        follow_up(session, rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id), "tell_client_label")


def cancel_collection(begin: Begin, *, carrier: Carrier, shop_id: int, rma_id: int, parcel_id: int) -> None:
    """Nobody needs to come any more. A parcel that is on its way was collected, and is left alone."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel = parcels.get_parcel(session, rma, parcel_id)
    if not parcel.collection_id or parcel.scan_status in MOVING_SCANS:
        return
    if parcel.collection_until is None or parcel.collection_until > clock.now():  # else there is nobody to send home
        carrier.cancel_collection(parcel.collection_id)
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel = parcels.get_parcel(session, rma, parcel_id)
        if not parcel.collection_id:
            return
        parcels.forget_collection(session, parcel)
        note_step(session, rma, "collection_cancelled", actor=APP, now=clock.now())
        if _wanted(parcel, clock.now()) and wants_collection(session, rma, parcel):  # called off for another day
            follow_up(session, rma, "book_collections")


def wants_collection(session: Session, rma: Rma, parcel: Parcel) -> bool:
    """Whether the carrier is to come for that box and has not confirmed it yet."""
    ours = parcel.way is Way.LABEL and parcel.state is ParcelState.ATTACHED and bool(parcel.provider_shipment_id)
    waits = not parcel.collection_code and parcel.scan_status not in MOVING_SCANS
    over = rmas.is_over(rma) or rma.goods_state in HERE
    return ours and waits and not over and comes_to(rmas.policy_of(session, rma.shop_id), rmas.sender_of(rma).country)


def comes_to(policy: LogisticsPolicy, country: str) -> bool:
    """Whether the house has parcels collected from a client's door in that country."""
    return policy.collects and (not policy.collects_in or country in policy.collects_in)


def _wanted(parcel: Parcel, now: datetime) -> Window | None:
    """The visit the client asked for, while it is to come."""
    if parcel.wanted_from is None or parcel.wanted_until is None or parcel.wanted_from <= now:
        return None
    return Window(parcel.wanted_from, parcel.wanted_until)


def _collect(begin: Begin, carrier: Carrier, in_use: InUse, shop_id: int, rma_id: int, parcel_id: int) -> None:
    """Planned first and its id kept: a visit that was only planned costs nothing and brings nobody to the door."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel, sender = parcels.get_parcel(session, rma, parcel_id), rmas.sender_of(rma)
        window = _wanted(parcel, clock.now()) or first_visit(
            clock.now(), door_zone(session, rma), after=in_use(session, shop_id, rma.return_gid)
        )
    planned_id = parcel.collection_id
    if not planned_id:
        planned = carrier.plan_collection(
            reference=parcel.reference,
            shipment_id=parcel.provider_shipment_id,
            sender=sender,
            starts_at=window.starts_at,
            ends_at=window.ends_at,
        )
        if planned is None:
            _note_none(begin, shop_id, rma_id, "The carrier does not come to this address.")
            return
        _keep_plan(begin, shop_id, rma_id, parcel_id, planned, window)
        planned_id = planned.collection_id
    _keep_booked(begin, shop_id, rma_id, parcel_id, carrier.book_collection(planned_id))


def _keep_plan(begin: Begin, shop_id: int, rma_id: int, parcel_id: int, planned: Collection, window: Window) -> None:
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel = parcels.get_parcel(session, rma, parcel_id)
        parcel.collection_id = planned.collection_id
        parcel.collection_from, parcel.collection_until = window.starts_at, window.ends_at
        session.add(parcel)


def _keep_booked(begin: Begin, shop_id: int, rma_id: int, parcel_id: int, booked: Collection | None) -> None:
    if booked is None or booked.is_cancelled:
        _note_none(begin, shop_id, rma_id, "The carrier does not come to this address.")
        return
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        parcel = parcels.get_parcel(session, rma, parcel_id)
        if parcel.collection_code:
            return
        parcel.collection_code = booked.code or booked.collection_id
        session.add(parcel)
        assert parcel.collection_from is not None
        day = day_in_words(parcel.collection_from, door_zone(session, rma), "en")
        detail = f"Collection on {day}."
        note_step(session, rma, "collection_booked", actor=parcel.carrier or APP, now=clock.now(), detail=detail)
        if rmas.is_over(rma) or rma.goods_state in HERE:  # ended while the carrier was asked
            follow_up(session, rma, "cancel_collection", parcel_id=parcel_id)


def _note_none(begin: Begin, shop_id: int, rma_id: int, reason: str) -> None:
    with begin() as session:
        rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
        for parcel in parcels.parcels_of(session, rma):
            if not parcel.collection_code:
                parcel.wanted_from = parcel.wanted_until = None
                parcels.forget_collection(session, parcel)
        detail = f"No collection: {reason} The client hands it in at a counter."
        note_step(session, rma, "no_collection", actor=APP, now=clock.now(), detail=detail)


def _is_late(begin: Begin, shop_id: int, rma_id: int) -> bool:
    """Whether the carrier was asked for long: since the label, or since the client wished for another visit."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        asked = [step.at for step in rmas.steps(session, rma) if step.kind in ASKED_ANEW or step.to_state == "labelled"]
    return not asked or clock.now() - max(asked) > PATIENCE
