"""How soon a first answer is promised, by the value of what comes back."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.models import PromiseTier
from consults.policy import policy_of
from kit.errors import AppError
from kit.money import Money
from shops.shops import get_shop

DEAR, DEAR_MINUTES = "25000", 30
"""Where a shop chose nothing: half an hour from this value on, in its own currency."""
MOST_MINUTES = 40 * 60
"""A working week."""


def promised_minutes(session: Session, *, shop_id: int, value: Money) -> int:
    """Open minutes within which somebody answers a client whose pieces are worth `value`, in shop money.

    Tiers of another currency, from before the shop changed it, count for nothing but the first.
    """
    first, *dearer = tiers(session, shop_id=shop_id)
    fitting = [minutes for tier, minutes in dearer if tier.currency == value.currency and tier.cents <= value.cents]
    return fitting[-1] if fitting else first[1]


def tiers(session: Session, *, shop_id: int) -> list[tuple[Money, int]]:
    """From which value on, and within how many open minutes; least value first. The first one starts at nothing."""
    query = select(PromiseTier).where(PromiseTier.shop_id == shop_id).order_by(col(PromiseTier.from_cents))
    if chosen := [(Money(row.from_cents, row.currency), row.minutes) for row in session.exec(query)]:
        return chosen
    currency = get_shop(session, shop_id).currency
    usual = policy_of(session, shop_id=shop_id).answer_within_minutes
    return [(Money(0, currency), usual), (Money.parse(DEAR, currency), DEAR_MINUTES)]


def set_tiers(session: Session, *, shop_id: int, usual: int, dearer: Sequence[tuple[Money, int]]) -> None:
    """Replace all tiers: `usual` minutes for everything, others from a value on. Raises AppError, saving nothing."""
    if any(not 1 <= minutes <= MOST_MINUTES for minutes in (usual, *(m for _, m in dearer))):
        raise AppError(f"Promise between 1 minute and {MOST_MINUTES // 60} opening hours.")
    values = [value.cents for value, _ in dearer]
    if any(cents <= 0 for cents in values) or len(set(values)) < len(values):
        raise AppError("Each tier starts at a value of its own, above nothing.")
    session.connection().execute(sa.delete(PromiseTier).where(col(PromiseTier.shop_id) == shop_id))
    nothing = Money(0, get_shop(session, shop_id).currency)
    for value, minutes in [(nothing, usual), *dearer]:
        session.add(PromiseTier(shop_id=shop_id, from_cents=value.cents, currency=value.currency, minutes=minutes))
    session.flush()
