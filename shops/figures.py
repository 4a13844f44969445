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
    """Put them in place of those counted before."""
    session.merge(figures)
    session.flush()
