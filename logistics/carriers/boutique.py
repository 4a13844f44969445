"""Brought to a boutique: the client shows a code, the boutique scans it, and has the piece in its hands."""

import secrets
from datetime import datetime

from sqlmodel import Session

from logistics.history import APP, note_step
from logistics.models import LogisticsPolicy, Parcel, Rma
from logistics.parcels import note_when_labelled
from logistics.reads import Address
from logistics.states import PARCEL, ParcelState, move
from logistics.ways import Way

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another when it is typed
LENGTH = 10


class Boutique:
    """Fits ports.Travel."""

    way = Way.BOUTIQUE

    def arrange(
        self, session: Session, rma: Rma, parcel: Parcel, policy: LogisticsPolicy, sender: Address, *, now: datetime
    ) -> str:
        """Make the code, once. Nothing travels, so Shopify is told of no delivery, and nobody is waited for."""
        if parcel.state is not ParcelState.PLANNED:
            return ""
        parcel.state = move(PARCEL, parcel.state, ParcelState.ATTACHED)
        parcel.handover_code = new_code()
        session.add(parcel)
        note_step(session, rma, "code_made", actor=APP, now=now, detail="The client may bring it to a boutique.")
        note_when_labelled(session, rma, now=now)
        return ""

    def call_off(self, session: Session, rma: Rma, parcel: Parcel, policy: LogisticsPolicy, *, now: datetime) -> None:
        """The code stays known, so that whoever shows it is told why it does not count."""


def new_code() -> str:
    """Ten letters nobody can guess; the page behind it asks who is scanning as well."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
