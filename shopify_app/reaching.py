"""The way out to Shopify, for the few pages where somebody waits for its answer; jobs get theirs in wiring.py.

The client and its HTTP library are loaded by the first page that asks: five megabytes which a process that only takes
webhooks and shows our own rows never needs.
"""

from functools import cache
from typing import TYPE_CHECKING

from shopify_app.web import Running, running

if TYPE_CHECKING:
    from consults.practice.scenes import Persona
    from kit.settings import Settings
    from shopify_app.admin_api.client import AdminApi
    from shopify_app.admin_api.finding import ShopifyFinding
    from shopify_app.admin_api.openings import ShopifyOpenings
    from shopify_app.admin_api.orders import ShopifyOrders
    from shopify_app.admin_api.pieces import ShopifyPieces
    from shopify_app.admin_api.returns import ShopifyReturns
    from shopify_app.admin_api.stock import ShopifyStock
    from shopify_app.customer_accounts.accounts import CustomerAccounts


def practice_persona() -> "Persona":
    """Who answers in a practice scene: what is written, or a model that says it in other words where one is set up."""
    from consults.practice.scenes import Scripted

    config = running().settings
    if not config.practice_model_url:
        return Scripted()
    from consults.practice.model import Spoken

    return Spoken(config.practice_model_url, config.practice_model_key, config.practice_model_name)


def admin_api(house: Running | None = None) -> "AdminApi":
    """The Admin API, as whichever shop is named in a call."""
    from shopify_app.admin_api.client import AdminApi

    house = house or running()
    return AdminApi(house.settings, house.database)


def shopify_finding() -> "ShopifyFinding":
    """A client's own orders."""
    from shopify_app.admin_api.finding import ShopifyFinding

    return ShopifyFinding(admin_api())


def shopify_openings() -> "ShopifyOpenings":
    """Orders that can be returned, and returns opened for them."""
    from shopify_app.admin_api.openings import ShopifyOpenings

    return ShopifyOpenings(admin_api())


def shopify_orders() -> "ShopifyOrders":
    """Orders, what is written on them, and the shop's staff."""
    from shopify_app.admin_api.orders import ShopifyOrders

    return ShopifyOrders(admin_api(), running().database)


def shopify_pieces() -> "ShopifyPieces":
    """All of the shop's pieces, by product."""
    from shopify_app.admin_api.pieces import ShopifyPieces

    return ShopifyPieces(admin_api())


def shopify_returns() -> "ShopifyReturns":
    """Returns, their parcels and their money."""
    from shopify_app.admin_api.returns import ShopifyReturns

    return ShopifyReturns(admin_api())


def shopify_stock() -> "ShopifyStock":
    """Pieces by their number, and what there is of them."""
    from shopify_app.admin_api.stock import ShopifyStock

    return ShopifyStock(admin_api())


def customer_accounts() -> "CustomerAccounts":
    """Customer accounts of the shops. One a set of settings: what Shopify says of itself is remembered in it."""
    return _accounts(running().settings)


@cache
def _accounts(config: "Settings") -> "CustomerAccounts":
    from shopify_app.customer_accounts.accounts import CustomerAccounts

    return CustomerAccounts(config)
