"""The merchant's own cost inputs, or labelled defaults where nothing was said."""

from dataclasses import fields
from datetime import datetime

from sqlmodel import Session

from measures.measured import CostInputs
from measures.totals import sized
from measures.worth import DEFAULTS, Costs

AMOUNTS = ("parcel_cents", "bench_cents", "minute_cents", "gesture_cents", "referral_cents")


def costs_of(session: Session, *, shop_id: int, currency: str) -> tuple[Costs, CostInputs | None]:
    """What to reckon with, and the merchant's row; without one these are the defaults, in sizes of that currency."""
    row = session.get(CostInputs, shop_id, populate_existing=True)
    if row is None:
        return defaults(currency), None
    return Costs(**{field.name: getattr(row, field.name) for field in fields(Costs)}), row


def defaults(currency: str) -> Costs:
    """Ours, said in dollars; about as much where money counts in other sizes."""
    amounts = {name: sized(getattr(DEFAULTS, name), currency).cents for name in AMOUNTS}
    return Costs(**{field.name: amounts.get(field.name, getattr(DEFAULTS, field.name)) for field in fields(Costs)})


def say_costs(session: Session, *, shop_id: int, costs: Costs, by: str, now: datetime) -> None:
    """Reckon with these from now on, for all that is shown."""
    row = session.get(CostInputs, shop_id) or CostInputs(shop_id=shop_id, said_at=now)
    for field in fields(Costs):
        setattr(row, field.name, getattr(costs, field.name))
    row.said_by, row.said_at = by[:120], now
    session.add(row)
    session.flush()
