"""The door of the portal, on our own address and inside the theme: whose order it is, and which.

Inside the theme Shopify says who is signed in there; they see their own orders. Everybody else finds theirs by its
number and the address used for it (storefront_codes.py), or signs in.
"""

from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from kit.errors import NotFound, OutsideError, Waiting
from kit.log import get_logger
from logistics.lookups import returns_of_client
from routing.reads import OwnOrder
from shopify_app.auth import NotSignedIn, proxy
from shopify_app.pages.portal.liquid import in_theme
from shopify_app.pages.portal.own_orders import order_day, shown_returns
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, write_order_pass
from shopify_app.pages.portal.places import INSIDE, Place, in_both
from shopify_app.pages.portal.tongue import _
from shopify_app.reaching import shopify_finding
from shopify_app.web import addresses, begin, now, settings
from shops.links import RETURN, issue_link

page = Blueprint("storefront", __name__)
log = get_logger("portal")


@in_both(page, "")
def show(place: Place) -> ResponseReturnValue:
    """Your orders, if you are known; else, find yours."""
    if place.client_gid is None:
        return place.show("portal/find.html", said={}, problem="")
    found = _own_orders(place.shop_id, place.client_gid)
    with begin() as session:
        running = shown_returns(session, shop=g.shop, client_gid=place.client_gid)
    listed = [_listed(place, order) for order in found or () if order.can_return]
    return place.show("portal/orders.html", orders=listed, returns=running, away=found is None)


@page.post(f"{INSIDE}/open")
def open_return() -> ResponseReturnValue:
    """A link to one of the signed-in client's own returns."""
    caller = proxy()
    if caller.customer_gid is None:
        raise NotSignedIn(_("This page opens from the shop."), "proxy")
    wanted = request.form.get("return", "")
    with begin() as session:
        found = returns_of_client(session, shop_id=caller.shop_id, client_gid=caller.customer_gid)
        rma = next((rma for rma in found if str(rma.id) == wanted), None)
        if rma is None or rma.id is None:
            raise NotFound(_("There is nothing at this address."))
        token = issue_link(session, shop_id=caller.shop_id, purpose=RETURN, subject_id=rma.id, now=now())
    return in_theme("portal/proxy_open.html", caller, link=addresses().return_page(token))


def order_pass(place: Place, order_gid: str, proof: Proof, client_gid: str = "") -> str:
    """For the hidden field of a form, for who has shown that they are the buyer."""
    who = OrderPass(place.shop_id, order_gid, Acting.BUYER, proof, client_gid)
    return write_order_pass(settings().secret_key, who, now=now())


def _own_orders(shop_id: int, client_gid: str) -> tuple[OwnOrder, ...] | None:
    """None while Shopify does not tell: what we look after ourselves is shown all the same."""
    try:
        return shopify_finding().of_client(shop_id, client_gid)
    except (OutsideError, Waiting) as error:
        log.warning("orders.not_shown", shop_id=shop_id, reason=type(error).__name__)
        return None


def _listed(place: Place, order: OwnOrder) -> dict[str, Any]:
    return {
        "name": order.name.lstrip("#"),
        "day": order_day(order.placed_at, g.shop.zone),
        "pieces": ", ".join(order.pieces),
        "pass_": order_pass(place, order.order_gid, Proof.ACCOUNT, place.client_gid or ""),
    }
