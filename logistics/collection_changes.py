"""The client has a collection come on another day or to another door, until the carrier's round is made."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from kit.errors import AppError, Conflict
from logistics import covering, parcels, rmas
from logistics.collection_days import Window, may_still_change, was_missed, windows
from logistics.collection_jobs import comes_to
from logistics.doors import door_zone
from logistics.history import follow_up, lock_rma, note_step
from logistics.keeping import is_asked
from logistics.models import Parcel, Rma
from logistics.reads import Address
from logistics.states import MOVING_SCANS, Goods, ParcelState
from logistics.ways import Way

TOO_LATE = "The carrier is on its round already. Please ring us, and we will see to it."
NOT_OFFERED = "Please choose one of the times that are shown."
WHOLE = "Please write the street, the postal code and the town."
OTHER_COUNTRY = "From another country it travels another way. Please ring us, and we will see to it."
NOT_FROM_THERE = "From that address we cannot cover it all the way. Please ring us, and we will see to it."


def offered(session: Session, rma: Rma, *, now: datetime) -> list[Window]:
    """The visits that may be chosen now; empty where nothing may be changed any more, or nobody comes."""
    return windows(now, door_zone(session, rma)) if _changeable(session, rma, now=now) else []


def wanted(session: Session, rma: Rma, *, now: datetime) -> Window | None:
    """The visit that was asked for and is not confirmed yet."""
    for box in parcels.parcels_of(session, rma):
        is_confirmed = bool(box.collection_code) and box.collection_from == box.wanted_from
        if box.wanted_from and box.wanted_until and box.wanted_from > now and _waits(box) and not is_confirmed:
            return Window(box.wanted_from, box.wanted_until)
    return None


def is_missed(box: Parcel, *, now: datetime) -> bool:
    """Whether a visit that was booked is over, and the carrier has said nothing of that box since."""
    ends_at = box.collection_until if box.collection_code else None
    return ends_at is not None and was_missed(ends_at, now) and _waits(box)


def change_collection(
    session: Session, *, shop_id: int, rma_id: int, starts_at: datetime, address: Address, by: str, now: datetime
) -> None:
    """Every box of the return is collected then and there: what was booked is called off first, then booked anew.

    Raises AppError for a time that is not offered or an address that cannot be collected from, Conflict: too late.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    boxes = _changeable(session, rma, now=now)
    if not boxes:
        raise Conflict(TOO_LATE)
    window = next((one for one in windows(now, door_zone(session, rma)) if one.starts_at == starts_at), None)
    if window is None:
        raise AppError(NOT_OFFERED)
    if has_moved := _place(address) != _place(rmas.sender_of(rma)):
        _move_to(session, rma, boxes, address, by=by, now=now)
    changed = [box for box in boxes if has_moved or window.starts_at not in (box.wanted_from, box.collection_from)]
    for box in changed:
        box.wanted_from, box.wanted_until = window.starts_at, window.ends_at
        session.add(box)
        if box.collection_id:
            follow_up(session, rma, "cancel_collection", parcel_id=box.id)
    if changed:
        note_step(session, rma, "collection_changed", actor=by, now=now)
        if not any(box.collection_id for box in changed):
            follow_up(session, rma, "book_collections")


def _changeable(session: Session, rma: Rma, *, now: datetime) -> list[Parcel]:
    """The boxes the carrier comes for, or will, on a day that can still be another; none where one of them cannot."""
    country, zone = rmas.sender_of(rma).country, door_zone(session, rma)
    if rma.goods_state is not Goods.LABELLED or is_asked(session, rma):
        return []
    if not comes_to(rmas.policy_of(session, rma.shop_id), country):
        return []
    boxes = [box for box in parcels.parcels_of(session, rma) if box.state is not ParcelState.VOID]
    booked = [box for box in boxes if box.collection_from and not is_missed(box, now=now)]
    fixed = [box for box in booked if box.collection_from and not may_still_change(box.collection_from, now, zone)]
    return boxes if boxes and not fixed and all(_waits(box) for box in boxes) else []


def _waits(box: Parcel) -> bool:
    ours = box.way is Way.LABEL and box.state is ParcelState.ATTACHED and bool(box.provider_shipment_id)
    return ours and box.scan_status not in MOVING_SCANS


def _move_to(session: Session, rma: Rma, boxes: list[Parcel], address: Address, *, by: str, now: datetime) -> None:
    """Another door in the same country, from which each box has its cover beside all others of that day."""
    before = rmas.sender_of(rma)
    if not (address.street1 and address.city and address.postal_code):
        raise AppError(WHOLE)
    if address.country.upper() != before.country.upper():
        raise AppError(OTHER_COUNTRY)
    place = replace(before, **_parts(address))
    for box in boxes:
        ends = {"sender": place, "receiver": rmas.policy_of(session, rma.shop_id).receiver}
        load = covering.load_of(session, rma, box, now=now, **ends)
        if covering.ways_of(session, rma, box, load, only=Way.LABEL).picked is None:
            raise AppError(NOT_FROM_THERE)
    assert rma.id is not None
    rmas.change_sender(session, shop_id=rma.shop_id, rma_id=rma.id, address=place, by=by, now=now)


def _parts(address: Address) -> dict[str, str]:
    names = ("street1", "street2", "city", "region", "postal_code")
    return {name: getattr(address, name).strip() for name in names}


def _place(address: Address) -> tuple[str, ...]:
    return (*_parts(address).values(), address.country.upper())
