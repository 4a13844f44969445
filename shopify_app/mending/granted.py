"""What the app may do in a shop, and what is missing without it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from shopify_app.admin_api.scopes import is_granted
from shops.models import Shop


@dataclass(frozen=True)
class Right:
    """A right at Shopify. `cost`: what is missing without it. `ask`: how it is given, where the merchant alone cannot.

    `brings`: what there is with it, of a right a merchant may give on the page, or leave.
    """

    scope: str
    name: str
    cost: str
    ask: str = ""
    brings: str = ""

    @property
    def is_needed(self) -> bool:
        """Whether the app asks for it when it is installed."""
        return not self.ask and not self.brings


APPROVED = "Shopify approves it for the app as a whole. Ask whoever set the app up for you to apply for {scope}."
BY_SHOPIFY = "On Plus stores; ask Shopify Support to switch {scope} on for yours first."

RIGHTS = (
    Right("read_orders", "Read orders", "No return can be matched with what was sold, so none is answered."),
    Right("write_orders", "Change orders", "Money cannot be paid back from here."),
    Right("read_returns", "Read returns", "Returns do not come in."),
    Right("write_returns", "Change returns", "Returns are not approved, and no label is attached."),
    Right("read_fulfillments", "Read deliveries", "It is not known when a piece was delivered."),
    Right("read_products", "Read products", "Pieces are shown without name and picture."),
    Right("read_locations", "Read locations", "Returns cannot go to the boutique that sold the piece."),
    Right("read_customers", "Read clients", "Clients are not invited: their names and addresses are not shown."),
    Right("write_app_proxy", "Pages in the store", "The client's page does not open in your store."),
    Right(
        "read_all_orders", "Orders older than 60 days", "Returns of older orders wait, or stay in Shopify.", APPROVED
    ),
    Right(
        "read_users",
        "Members of staff",
        "Where an order came before the app, nobody knows who sold it: the boutique or the default advisor is asked.",
        BY_SHOPIFY,
        "Your staff are read as advisors, and an order says who sold it, also one from before the app.",
    ),
    Right(
        "read_customer_merge",
        "Merged clients",
        "An advisor loses a client whose records are merged.",
        brings="An advisor keeps a client whose records are merged.",
    ),
)


def grant_page(shop: Shop, client_id: str, right: Right) -> str:
    """Shopify's own page that asks for one right: for where App Bridge does not."""
    store = shop.domain.removesuffix(".myshopify.com")
    asked = urlencode({"client_id": client_id, "optional_scopes": right.scope})
    return f"https://admin.shopify.com/store/{store}/oauth/install?{asked}"


def missing_rights(shop: Shop, *, needed: bool | None = None) -> list[Right]:
    """What was not granted; nothing while Shopify has not said what was."""
    if not shop.scopes:
        return []
    asked = [right for right in RIGHTS if needed is None or right.is_needed is needed]
    return [right for right in asked if not is_granted(right.scope, shop.scopes)]
