"""What a household buys after a return is closed: pure. Days are calendar days in the shop's zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

HORIZON = 180
WINDOWS = (30, 60, 90, 180)
"""Days after closing."""


@dataclass(frozen=True, slots=True)
class Bought:
    """An order of the household. `refunded`: what of it went back since. `in_exchange`: it belongs to a return."""

    placed_at: datetime
    cents: int
    currency: str
    refunded: int = 0
    in_exchange: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """What followed one closing. `next_days` is None for "not yet" within the horizon.

    `later` are orders up to the household's next closing, so that each follows one return only; `later_cents` is net of
    what went back of them. Both, and `next_cents`, are of orders in the money of the return: none other is added to it.
    """

    next_days: int | None
    next_cents: int
    later: int
    later_cents: int


def after(
    closed_at: datetime, orders: Sequence[Bought], *, currency: str, zone: ZoneInfo, until: datetime | None = None
) -> After:
    """Of the household's orders, those placed after `closed_at` and within the horizon. An exchange is none."""
    closed_on = closed_at.astimezone(zone).date()
    counted = sorted(
        (
            order
            for order in orders
            if order.placed_at > closed_at
            and order.cents > 0
            and not order.in_exchange
            and not order.cancelled
            and _days(closed_on, order.placed_at, zone) <= HORIZON
        ),
        key=lambda order: order.placed_at,
    )
    own = [o for o in counted if o.currency == currency and (until is None or o.placed_at <= until)]
    first = counted[0] if counted else None
    return After(
        next_days=_days(closed_on, first.placed_at, zone) if first else None,
        next_cents=first.cents if first and first.currency == currency else 0,
        later=len(own),
        later_cents=sum(max(0, order.cents - order.refunded) for order in own),
    )


def watched(closed_on: date, today: date) -> int:
    """How many days a household was watched after a closing, up to the horizon."""
    return max(0, min((today - closed_on).days, HORIZON))


def _days(closed_on: date, at: datetime, zone: ZoneInfo) -> int:
    return (at.astimezone(zone).date() - closed_on).days
