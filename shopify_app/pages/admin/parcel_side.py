"""What both pages of one return show beside its parcel: what holds it up, and where it is sent from."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from jobs.attempts import failed_jobs
from kit.causes import Cause
from kit.countries import country_names
from logistics import rmas
from logistics.models import Rma
from logistics.reads import Address
from logistics.reopening import is_against_us
from logistics.states import Goods

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
    }


def read_sender(form: Mapping[str, str], kept: Address) -> tuple[Address, dict[str, str]]:
    """The address in the form, and a sentence for each field to correct. The client's e-mail stays as it was."""
    given = {name: form.get(name, "").strip() for name in SENDER}
    given["country"] = given["country"].upper()
    wrongs = {name: f"At most {most} letters fit here." for name, most in SENDER.items() if len(given[name]) > most}
    wrongs |= {name: sentence for name, sentence in WANTED.items() if not given[name]}
    if given["country"] not in country_names():
        wrongs["country"] = "Write the country as two letters, for example FR."
    return Address(company=kept.company, email=kept.email, **given), wrongs
