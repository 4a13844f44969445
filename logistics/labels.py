"""What a label says, and whether one that was bought may be used."""

from datetime import datetime

from sqlmodel import Session

from logistics.cover import Payer
from logistics.cover_models import CoverUse
from logistics.covering import Passage
from logistics.history import APP, note_step
from logistics.models import LogisticsPolicy, Parcel, Rma
from logistics.neutral import DESK, SENDER, neutral
from logistics.reads import Address, Bought
from shops.shops import get_shop


def why_uncovered(parcel: Parcel, bought: Bought, use: CoverUse | None) -> str:
    """Why a label that was bought may not be used; "" when the whole value is covered."""
    if use is None or use.value_cents < parcel.need_cents or use.currency != parcel.cover_currency:
        return "No policy terms cover this parcel any more."
    if use.payer is Payer.CARRIER:
        enough = bought.cover.currency == parcel.cover_currency and bought.cover.cents >= parcel.need_cents
        words = f"{bought.carrier} confirms cover of {bought.cover.show()}, below {parcel.need.show()}."
        return "" if enough else words
    if bought.cover.cents:
        return f"{bought.carrier} was told a value of {bought.cover.show()}, which voids the house's own policy."
    return ""


def confirmed_cents(bought: Bought, use: CoverUse | None) -> int:
    """Up to how much the parcel is covered: by the carrier's word, or by the house's own policy."""
    return use.cover_cents if use is not None and use.payer is Payer.HOUSE else bought.cover.cents


def note_way(session: Session, rma: Rma, parcel: Parcel, passage: Passage, *, now: datetime) -> None:
    """Remember that the piece travels in another way than with a label. The cover is kept for it."""
    words = passage.way.replace("_", " ")
    cover = passage.cover.evidence if passage.cover else ""
    note_step(session, rma, "way_chosen", actor=APP, now=now, detail=f"It travels by {words}. {cover}.")


def on_the_box(session: Session, rma: Rma, policy: LogisticsPolicy, sender: Address) -> tuple[Address, Address]:
    """Sender and receiver as a label may name them."""
    if not policy.neutral_names:
        return sender, policy.receiver
    shop = get_shop(session, rma.shop_id)
    names = (shop.shown_name, shop.house, shop.name)
    return neutral(sender, names, otherwise=SENDER, is_person=True), neutral(policy.receiver, names, otherwise=DESK)
