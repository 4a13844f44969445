"""What a shop's orders come to, kept by whoever counts them, for whoever decides by them."""

from sqlmodel import Session

from kit.money import Money
from shops.models import ShopFigures


def figures_of(session: Session, *, shop_id: int) -> ShopFigures | None:
    """The shop's figures as last counted; None before they were."""
    return session.get(ShopFigures, shop_id)


def average_order_value(session: Session, *, shop_id: int) -> Money | None:
    """What an order of the last twelve months came to when it was last counted, in the shop's currency; None before."""
    figures = figures_of(session, shop_id=shop_id)
    if figures is None or figures.average_order_cents is None:
        return None
    return Money(figures.average_order_cents, figures.currency)


def keep_figures(session: Session, figures: ShopFigures) -> None:
    """Put them in place of those counted before; what the merchant said stays."""
    before = figures_of(session, shop_id=figures.shop_id)
    if before is not None:
        figures.monthly_visits = before.monthly_visits
    session.merge(figures)
    session.flush()


def say_visits(session: Session, *, shop_id: int, visits: int | None) -> bool:
    """How many visits the shop has in a month, by the merchant's own word; False before figures are counted."""
    figures = figures_of(session, shop_id=shop_id)
    if figures is None:
        return False
    figures.monthly_visits = visits
    session.add(figures)
    return True
