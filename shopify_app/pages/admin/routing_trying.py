"""An order, read from Shopify and sent through the rules as they stand in the draft. Nothing is written."""

from dataclasses import dataclass

from kit.errors import OutsideError, Waiting
from routing import books
from routing.decide import OtherCurrency
from routing.ports import Openings, OrderReads
from routing.trying import Tried, try_order
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.openings import ShopifyOpenings
from shopify_app.admin_api.orders import ShopifyOrders
from shopify_app.web import begin, running

NO_ORDER = "Shopify shows no order {name} here. An older one is shown only where the app may read old orders."
AWAY = "Shopify did not answer. Please try again in a moment."


@dataclass(frozen=True)
class Trial:
    """What was asked for, and what came of it: `tried`, or a sentence about the `problem`."""

    name: str
    tried: Tried | None = None
    problem: str = ""

    @property
    def advisor_id(self) -> int | None:
        """Whom the rules would name."""
        return self.tried.decided.advisor_id if self.tried else None


def doors() -> tuple[Openings, OrderReads]:
    """The way out to Shopify; tests put their own in its place."""
    api = AdminApi(running().settings, running().database)
    return ShopifyOpenings(api), ShopifyOrders(api, running().database)


def try_it(shop_id: int, name: str) -> Trial | None:
    """None when nothing was asked. Shopify is read with no transaction open."""
    name = name.strip()[:60]
    if not name:
        return None
    finding, reads = doors()
    try:
        found = finding.find_order(shop_id, name)
        order = reads.order(shop_id, found.order_gid) if found else None
        if found is None or order is None:
            return Trial(name, problem=NO_ORDER.format(name=name))
        staff = reads.staff(shop_id, found.order_gid)
    except (OutsideError, Waiting):
        return Trial(name, problem=AWAY)
    with begin() as session:
        book = books.working(session, shop_id).book
        try:
            return Trial(name, try_order(session, shop_id=shop_id, book=book, order=order[0], staff=staff))
        except OtherCurrency as error:
            return Trial(name, problem=f"They cannot be compared: {error.message}.")
