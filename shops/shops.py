"""Finding a shop. Every other package takes its shop from here or from a verified caller, never from a request."""

from sqlmodel import Session, col, select

from kit.errors import NotFound
from shops.models import Shop, ShopState


def find_shop(session: Session, domain: str) -> Shop | None:
    """The shop of that `*.myshopify.com` domain, installed or not."""
    return session.exec(select(Shop).where(Shop.domain == domain)).first()


def find_serving(session: Session, domain: str) -> Shop | None:
    """The shop of that domain while the app is installed in it: whose people and clients are let in."""
    shop = find_shop(session, domain)
    return shop if shop is not None and shop.state is not ShopState.UNINSTALLED else None


def get_shop(session: Session, shop_id: int) -> Shop:
    """The shop with our id. Raises NotFound."""
    shop = session.get(Shop, shop_id)
    if shop is None:
        raise NotFound("That shop is not known here.")
    return shop


def working_shops(session: Session) -> list[Shop]:
    """Every shop for which jobs may call Shopify."""
    query = select(Shop).where(Shop.state == ShopState.ACTIVE, col(Shop.access_token).is_not(None))
    return list(session.exec(query.order_by(col(Shop.id))))


def is_working(shop: Shop) -> bool:
    """Whether jobs may call Shopify for it."""
    return shop.state is ShopState.ACTIVE and shop.access_token is not None
