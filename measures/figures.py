"""Counts a shop's figures and leaves them where every package may read them (shops.figures)."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from kit.log import get_logger
from measures import history
from measures.totals import limits
from shops.figures import keep_figures
from shops.models import ShopFigures

log = get_logger("measures")


def count(session: Session, *, shop_id: int, now: datetime) -> ShopFigures:
    """The last twelve months, or as much of them as is known."""
    since = now - history.WINDOW
    read = history.progress(session, shop_id=shop_id)
    if read is not None and read.back_to is not None:
        since = max(since, read.back_to)
    found = history.totals(session, shop_id=shop_id, since=since, now=now)
    mid, dear = limits(found.currency or "USD")
    about: dict[str, Any] = {"shop_id": shop_id, "since": since, "now": now, "currency": found.currency}
    fees, assisted = history.fees(session, **about), history.looked_after(session, **about)
    returners, others = history.bought_twice(session, shop_id=shop_id, since=since, now=now)
    figures = ShopFigures(
        shop_id=shop_id,
        counted_at=now,
        since=since,
        currency=found.currency,
        orders=found.orders,
        total_cents=found.cents,
        average_order_cents=found.average.cents if found.average else None,
        mid_cents=mid.cents,
        mid_orders=found.mid,
        dear_cents=dear.cents,
        dear_orders=found.dear,
        staff_orders=found.by_staff if read is not None and read.with_staff else None,
        returned_orders=found.returned,
        assisted_orders=assisted,
        returns=fees.returns,
        fee_returns=fees.charged,
        fee_cents=fees.cents,
        returners=returners.households,
        returners_again=returners.twice,
        others=others.households,
        others_again=others.twice,
    )
    keep_figures(session, figures)
    log.info("figures.counted", shop_id=shop_id, orders=found.orders)
    return figures
