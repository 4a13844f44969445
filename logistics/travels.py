"""The ways a piece can travel other than by a label: who is asked, who is waited for, who is called off."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from logistics import rmas
from logistics.carriers.boutique import Boutique
from logistics.carriers.courier import Courier
from logistics.carriers.hand_carry import HandCarry
from logistics.covering import release
from logistics.models import Parcel, Rma
from logistics.ports import Travel
from logistics.states import FINAL_GOODS, HERE
from logistics.ways import Way

TRAVELS: Mapping[Way, Travel] = {
    Way.COURIER: Courier(),
    Way.BOUTIQUE: Boutique(),
    Way.HAND_CARRY: HandCarry(),
}


def arrange(session: Session, rma: Rma, parcel: Parcel, *, now: datetime) -> str:
    """Set a box going in its way; what a person is waited for, "" for nobody. `rma` is locked. Twice asks once."""
    travel = TRAVELS.get(parcel.way)
    if travel is None or rma.goods_state in FINAL_GOODS | HERE:
        return ""
    return travel.arrange(session, rma, parcel, rmas.policy_of(session, rma.shop_id), rmas.sender_of(rma), now=now)


def call_off(session: Session, rma: Rma, parcel: Parcel, *, now: datetime) -> bool:
    """Nobody needs to come for that box any more; False where it travels by a label, which has jobs of its own."""
    travel = TRAVELS.get(parcel.way)
    if travel is None:
        return False
    release(session, parcel, now=now)
    travel.call_off(session, rma, parcel, rmas.policy_of(session, rma.shop_id), now=now)
    return True
