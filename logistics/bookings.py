"""A courier, or somebody who carries it by hand, is booked: a person writes down who comes, when, and for how much."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from kit.errors import AppError, Conflict
from kit.money import Money
from logistics import covering, parcels, rmas, travels
from logistics.history import follow_up, lock_rma, note_step
from logistics.models import Parcel, Rma
from logistics.states import HERE, MOVING_SCANS, PARCEL, ParcelState, move
from logistics.ways import Way

BY_PEOPLE = (Way.COURIER, Way.HAND_CARRY)


@dataclass(frozen=True)
class Booking:
    """`reference` is theirs, and what Shopify shows as tracking; `cover` what they confirm; the times are in UTC."""

    carrier: str
    reference: str
    cover: Money
    starts_at: datetime
    ends_at: datetime


def record_booking(
    session: Session, *, shop_id: int, rma_id: int, parcel_id: int, booking: Booking, by: str, now: datetime
) -> Parcel:
    """Keep who comes, and go on as with any label. Written down again, the new one counts, in Shopify as well.

    Raises AppError for cover below the value or times that make no sense, Conflict where nobody is waited for.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    parcel = parcels.get_parcel(session, rma, parcel_id)
    _must_be_open(rma, parcel)
    _must_make_sense(parcel, booking, now)
    again = parcel.state is not ParcelState.BUYING and parcel.state is not ParcelState.PLANNED
    if again and _is_as_kept(parcel, booking):
        return parcel
    _keep(parcel, booking, now)
    session.add(parcel)
    detail = f"{booking.carrier}, {booking.reference}. Covered for {booking.cover.show()}."
    note_step(session, rma, "collection_booked", actor=by, now=now, detail=detail)
    follow_up(session, rma, "attach_label", parcel_id=parcel.id)
    return parcel


def change_way(
    session: Session, *, shop_id: int, rma_id: int, parcel_id: int, way: Way, by: str, now: datetime
) -> Parcel:
    """A person sends the box another way: whoever was asked is called off, an unused label goes back first.

    Raises Conflict once the box is on its way or the return is over, AppError for a label whose cover is below the
    value: that rule is the same whoever chooses.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    parcel = parcels.get_parcel(session, rma, parcel_id)
    if rmas.is_over(rma) or rma.goods_state in HERE or parcel.scan_status in MOVING_SCANS:
        raise Conflict("This piece is on its way or here already, so it cannot travel another way.")
    if way is parcel.way and parcel.next_way is None:
        return parcel
    if way is Way.LABEL:
        _must_be_covered(session, rma, parcel, now=now)
    note_step(session, rma, "way_changed", actor=by, now=now, detail=f"By {str(way).replace('_', ' ')}.")
    if parcel.way is Way.LABEL and parcel.state is not ParcelState.PLANNED:
        parcel.next_way = way
        session.add(parcel)
        parcels.let_go(session, rma, parcel)
        return parcel
    travels.call_off(session, rma, parcel, now=now)
    if parcel.state is not ParcelState.VOID:
        parcel.state = move(PARCEL, parcel.state, ParcelState.VOID)
    parcels.plan_other_way(session, rma, parcel, way)
    return parcel


def _must_be_covered(session: Session, rma: Rma, parcel: Parcel, *, now: datetime) -> None:
    ends = {"sender": rmas.sender_of(rma), "receiver": rmas.policy_of(session, rma.shop_id).receiver}
    load = covering.load_of(session, rma, parcel, now=now, **ends)
    choice = covering.ways_of(session, rma, parcel, load, only=Way.LABEL, free=True)
    if choice.picked is None:
        raise AppError(choice.refusal)


def _must_be_open(rma: Rma, parcel: Parcel) -> None:
    if parcel.way not in BY_PEOPLE or parcel.state is ParcelState.VOID or parcel.asked_at is None:
        raise Conflict("Nobody is waited for to collect this piece.")
    if rmas.is_over(rma) or rma.goods_state in HERE:
        raise Conflict("This piece is here already, or its return has ended.")


def _must_make_sense(parcel: Parcel, booking: Booking, now: datetime) -> None:
    if not booking.reference.strip() or not booking.carrier.strip():
        raise AppError("Write down who comes, and their reference.")
    if booking.cover.currency != parcel.cover_currency or booking.cover.cents < parcel.need_cents:
        raise AppError(f"They cover {booking.cover.show()}; this piece needs {parcel.need.show()}.")
    if booking.ends_at <= booking.starts_at or booking.ends_at <= now:
        raise AppError("The end of the collection has to be after its start, and still to come.")


def _is_as_kept(parcel: Parcel, booking: Booking) -> bool:
    who = (parcel.carrier, parcel.tracking_code) == (booking.carrier.strip(), booking.reference.strip())
    when = (parcel.collection_from, parcel.collection_until) == (booking.starts_at, booking.ends_at)
    return who and when and parcel.cover_cents == booking.cover.cents


def _keep(parcel: Parcel, booking: Booking, now: datetime) -> None:
    if parcel.state is ParcelState.PLANNED:
        parcel.state = move(PARCEL, parcel.state, ParcelState.BUYING)
    if parcel.state is ParcelState.BUYING or parcel.state is ParcelState.ATTACHED:
        parcel.state = move(PARCEL, parcel.state, ParcelState.BOUGHT)
    parcel.carrier, parcel.tracking_code = booking.carrier.strip(), booking.reference.strip()
    parcel.cover_cents, parcel.cover_confirmed_at = booking.cover.cents, now
    parcel.collection_from, parcel.collection_until = booking.starts_at, booking.ends_at
    parcel.collection_code = booking.reference.strip()
