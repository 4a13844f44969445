"""What both pages of one return show beside its parcel: what holds it up, and where it is sent from."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from jobs.attempts import failed_jobs
from kit.causes import Cause
from kit.countries import country_names
from logistics import covering, packs, parcels, rmas
from logistics.cover import WayVerdict
from logistics.foreign_labels import foreign_of
from logistics.judging import verdict_of
from logistics.models import Rma
from logistics.reads import Address
from logistics.reopening import is_against_us
from logistics.states import Goods, ParcelState
from shopify_app.web import now

SENDER = {
    "name": 60,
    "street1": 120,
    "street2": 120,
    "city": 80,
    "region": 40,
    "postal_code": 20,
    "country": 2,
    "phone": 40,
}
WANTED = {
    "name": "Write the name of whoever sends it.",
    "street1": "Write the street and number.",
    "city": "Write the town.",
}
LABEL_STEPS = ("logistics.get_label",)


def parcel_side(session: Session, rma: Rma) -> dict[str, Any]:
    """Values for templates/admin/_parcel.html beside `view`."""
    stuck = [row for row in failed_jobs(session, shop_id=rma.shop_id) if row.args.get("rma_id") == rma.id and row.cause]
    sender = rmas.sender_of(rma)
    asks = any(row.cause in (Cause.SENDER_ADDRESS, Cause.ADDRESS) for row in stuck) or not sender.is_usable
    return {
        "stuck": stuck,
        "sender": sender,
        "asks_sender": asks and rma.goods_state is Goods.AUTHORISED,
        "against_us": is_against_us(session, rma),
        "verdict": verdict_of(session, rma),
        "ways": _ways(session, rma),
        "foreign": foreign_of(session, rma),
        "others": _others(session, rma),
        "kinds_known": [entry["key"] for entry in packs.pack(session, rma.shop_id, "categories").entries],
    }


def _ways(session: Session, rma: Rma) -> list[WayVerdict]:
    """How the first box that has no label yet may travel, each way with its reason; [] once all have."""
    boxes = [box for box in parcels.parcels_of(session, rma) if box.state is ParcelState.PLANNED]
    if not boxes or rma.goods_state is not Goods.AUTHORISED:
        return []
    ends = {"sender": rmas.sender_of(rma), "receiver": rmas.policy_of(session, rma.shop_id).receiver}
    load = covering.load_of(session, rma, boxes[0], now=now(), **ends)
    return list(covering.ways_of(session, rma, boxes[0], load).ways)


def _others(session: Session, rma: Rma) -> dict[int, tuple[WayVerdict, ...]]:
    """Of each box that is not on its way yet, how else it may travel."""
    if rma.goods_state not in (Goods.AUTHORISED, Goods.LABELLED):
        return {}
    ends = {"sender": rmas.sender_of(rma), "receiver": rmas.policy_of(session, rma.shop_id).receiver}
    boxes = [box for box in parcels.parcels_of(session, rma) if box.state is not ParcelState.VOID]
    loads = {box.id: (box, covering.load_of(session, rma, box, now=now(), **ends)) for box in boxes if box.id}
    return {box_id: covering.ways_of(session, rma, box, load, free=True).ways for box_id, (box, load) in loads.items()}


def read_sender(form: Mapping[str, str], kept: Address) -> tuple[Address, dict[str, str]]:
    """The address in the form, and a sentence for each field to correct. The client's e-mail stays as it was."""
    given = {name: form.get(name, "").strip() for name in SENDER}
    given["country"] = given["country"].upper()
    wrongs = {name: f"At most {most} letters fit here." for name, most in SENDER.items() if len(given[name]) > most}
    wrongs |= {name: sentence for name, sentence in WANTED.items() if not given[name]}
    if given["country"] not in country_names():
        wrongs["country"] = "Write the country as two letters, for example FR."
    return Address(company=kept.company, email=kept.email, **given), wrongs
