"""A secure courier (Malca-Amit, Brink's, Ferrari, Parcel Pro): asked by mail; a person types in what it answers.

None of them sells to a program without a contract, so the letter is the interface. It names no house, piece or client:
a courier's office is read by many.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from kit.places import zone_of
from logistics.collection_days import next_window
from logistics.history import APP, note_step
from logistics.in_words import instant_in_words
from logistics.models import LogisticsPolicy, Parcel, Rma
from logistics.reads import Address
from logistics.states import PARCEL, ParcelState, move
from logistics.ways import Way
from notifications import messages
from shops.shops import get_shop

NO_COURIER = "No courier's e-mail address is written down. Add it in the settings, or book one and write it down here."
WAITS = "The courier was asked. Write down its reference and when it comes."


class Courier:
    """Fits ports.Travel."""

    way = Way.COURIER

    def arrange(
        self, session: Session, rma: Rma, parcel: Parcel, policy: LogisticsPolicy, sender: Address, *, now: datetime
    ) -> str:
        """Ask the courier, once; what a person is waited for, "" once it is booked."""
        if parcel.state not in (ParcelState.PLANNED, ParcelState.BUYING):
            return ""
        if parcel.asked_at is None:  # from now on a person may write down who comes, asked by us or by them
            parcel.state = move(PARCEL, parcel.state, ParcelState.BUYING)
            parcel.asked_at, parcel.carrier = now, policy.courier_name
            session.add(parcel)
        if not policy.courier_email:
            return NO_COURIER
        if not _was_asked(session, rma, parcel):
            _write(session, rma, parcel, policy, sender, now=now)
            detail = f"Asked {policy.courier_name or 'the courier'} to collect, for {parcel.need.show()}."
            note_step(session, rma, "courier_asked", actor=APP, now=now, detail=detail)
        return WAITS

    def call_off(self, session: Session, rma: Rma, parcel: Parcel, policy: LogisticsPolicy, *, now: datetime) -> None:
        """Tell the courier that nobody needs to come."""
        if not policy.courier_email or not _was_asked(session, rma, parcel):
            return
        values: dict[str, object] = {"reference": parcel.reference, "their_reference": parcel.tracking_code or ""}
        _send(session, rma, parcel, policy, "courier_called_off", values, now=now)


def _was_asked(session: Session, rma: Rma, parcel: Parcel) -> bool:
    key = _key(rma, parcel, "courier_request")
    return messages.was_written(session, shop_id=rma.shop_id, key=key, channel="email")


def _key(rma: Rma, parcel: Parcel, message: str) -> str:
    return f"rma:{rma.id}:{message}:{parcel.reference}"


def _write(
    session: Session, rma: Rma, parcel: Parcel, policy: LogisticsPolicy, sender: Address, *, now: datetime
) -> None:
    zone = zone_of(sender.country, get_shop(session, rma.shop_id).zone, sender.region)
    window = next_window(now, zone)
    values = {
        "reference": parcel.reference,
        "value": parcel.need.show(),
        "from_lines": lines_of(sender),
        "to_lines": lines_of(policy.receiver),
        "starts_at": instant_in_words(window.starts_at, zone, "en"),
        "ends_at": f"{window.ends_at.astimezone(ZoneInfo(zone)):%H:%M}",
        "grams": policy.parcel_grams,
    }
    _send(session, rma, parcel, policy, "courier_request", values, now=now)


def _send(
    session: Session,
    rma: Rma,
    parcel: Parcel,
    policy: LogisticsPolicy,
    message: str,
    values: dict[str, object],
    *,
    now: datetime,
) -> None:
    messages.send(
        session,
        shop_id=rma.shop_id,
        message=message,
        channel="email",
        to=policy.courier_email,
        values=values,
        key=_key(rma, parcel, message),
        now=now,
    )


def lines_of(address: Address) -> list[str]:
    """An address as it is written on a page."""
    town = " ".join(part for part in (address.postal_code, address.city, address.region) if part)
    lines = (address.name, address.company, address.street1, address.street2, town, address.country, address.phone)
    return [line for line in lines if line]
