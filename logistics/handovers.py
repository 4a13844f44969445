"""A client brings the piece to a boutique and shows a code; whoever scans it has the piece in their hands."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from kit.errors import Conflict, NotFound
from logistics import rmas
from logistics.custody import note_hand
from logistics.custody_words import HandOver
from logistics.history import lock_rma
from logistics.in_words import instant_in_words
from logistics.models import Parcel, Rma
from logistics.reverse_deliveries import receive_by_hand
from logistics.states import HERE, ParcelState
from shops.shops import get_shop

NOT_OURS = "This code is not one of ours. Ask the client to open their page again, and scan what it shows."
ENDED = "This return has ended, so nothing can be handed over for it. Please ring the client's advisor."
ANOTHER_WAY = "This piece travels another way now, so the code does not count any more."


@dataclass(frozen=True)
class Scanned:
    """What a code stands for. `problem` says why nothing can be handed over with it, "" where it can."""

    rma: Rma
    parcel: Parcel
    problem: str


def look_up(session: Session, *, shop_id: int, code: str) -> Scanned:
    """The parcel of a code. Raises NotFound for one that is no code of this shop's, whoever's it is."""
    given = "".join(letter for letter in code if letter.isalnum()).upper()[:40]
    query = select(Parcel).where(Parcel.shop_id == shop_id, Parcel.handover_code == given)
    parcel = session.exec(query).first() if given else None
    if parcel is None:
        raise NotFound(NOT_OURS)
    rma = rmas.get_rma(session, shop_id=shop_id, rma_id=parcel.rma_id)
    return Scanned(rma, parcel, _problem(rma, parcel, get_shop(session, shop_id).zone))


def hand_over(
    session: Session, *, shop_id: int, code: str, by: str, second: str = "", place: str = "", now: datetime
) -> Rma:
    """The boutique has the piece. Raises NotFound, or Conflict with the sentence for whoever scanned."""
    found = look_up(session, shop_id=shop_id, code=code)
    assert found.rma.id is not None
    rma = lock_rma(session, shop_id=shop_id, rma_id=found.rma.id)
    again = look_up(session, shop_id=shop_id, code=code)
    if again.problem:
        raise Conflict(again.problem)
    note_hand(
        session, rma, HandOver.BROUGHT, key=f"code:{again.parcel.handover_code}", person=by, second_person=second,
        place=place, now=now,
    )  # fmt: skip
    return receive_by_hand(session, shop_id=shop_id, rma_id=found.rma.id, by=by, noted=True, now=now)


def _problem(rma: Rma, parcel: Parcel, zone: str) -> str:
    if rma.goods_state in HERE:
        when = f" on {instant_in_words(rma.arrived_at, zone, 'en')}" if rma.arrived_at else ""
        return f"This code was used: the piece was handed over{when}."
    if rmas.is_over(rma):
        return ENDED
    return ANOTHER_WAY if parcel.state is not ParcelState.ATTACHED else ""
