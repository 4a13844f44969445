"""Carried by hand: priced for each journey, so a person of the house asks for the quote and writes down who comes."""

from datetime import datetime

from sqlmodel import Session

from logistics.history import APP, note_step
from logistics.models import LogisticsPolicy, Parcel, Rma
from logistics.reads import Address
from logistics.states import PARCEL, ParcelState, move
from logistics.ways import Way

WAITS = "This piece is carried by hand. Ask for a quote, then write down who collects it and when."


class HandCarry:
    """Fits ports.Travel."""

    way = Way.HAND_CARRY

    def arrange(
        self, session: Session, rma: Rma, parcel: Parcel, policy: LogisticsPolicy, sender: Address, *, now: datetime
    ) -> str:
        """Ask a person of the house, once; what they are waited for, "" once it is booked."""
        if parcel.state not in (ParcelState.PLANNED, ParcelState.BUYING):
            return ""
        if parcel.asked_at is None:
            parcel.state, parcel.asked_at = move(PARCEL, parcel.state, ParcelState.BUYING), now
            session.add(parcel)
            detail = f"A quote is wanted for {parcel.need.show()}."
            note_step(session, rma, "quote_wanted", actor=APP, now=now, detail=detail)
        return WAITS

    def call_off(self, session: Session, rma: Rma, parcel: Parcel, policy: LogisticsPolicy, *, now: datetime) -> None:
        """Whoever was asked to carry it has to be told by a person."""
        if parcel.collection_from is not None:
            note_step(session, rma, "call_off_carrier", actor=APP, now=now, detail=f"Tell {parcel.carrier}.")
