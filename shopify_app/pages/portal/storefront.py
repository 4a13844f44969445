"""The page inside the storefront, through the shop's app proxy: stateless, no cookies, links below its own prefix."""

import time

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.zones import show_day
from kit.errors import NotFound
from logistics.lookups import returns_of_client, returns_of_order
from logistics.rmas import lines_of
from shopify_app.auth import NotSignedIn, ProxyCaller, proxy
from shopify_app.pages.portal.fresh_links import send_return_link
from shopify_app.pages.portal.liquid import in_theme
from shopify_app.pages.portal.tongue import _, tongue
from shopify_app.web import addresses, begin, now, settings
from shops.limits import may_try
from shops.links import RETURN, issue_link

page = Blueprint("storefront", __name__, url_prefix="/proxy/returns")
ANSWER_SECONDS = 0.4
ASKED_OF_A_SHOP = 300  # an hour: a busy shop has fewer, and a robot finds nothing with them
ASKED_OF_ONE = 6  # an hour, of one order number or one address


@page.get("")
@page.get("/")
def show() -> ResponseReturnValue:
    """A signed-in client's returns; for everybody else, order number and email."""
    caller = proxy()
    if caller.customer_gid is None:
        return in_theme("portal/proxy_find.html", caller)
    with begin() as session:
        found = returns_of_client(session, shop_id=caller.shop_id, client_gid=caller.customer_gid)
        listed = [
            {
                "id": rma.id,
                "pieces": ", ".join(line.title for line in lines_of(session, rma)) or _("Your return"),
                "order": rma.order_name.lstrip("#"),
                "day": show_day(rma.opened_at, g.shop.zone, tongue().locale),
            }
            for rma in found
        ]
    return in_theme("portal/proxy_list.html", caller, listed=listed)


@page.post("/open")
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


@page.post("/find")
def find() -> ResponseReturnValue:
    """Order number and email: when they go together a link goes to that address.

    The answer is always the same, also to who asks too often.
    """
    caller, began = proxy(), time.monotonic()
    order, email = request.form.get("order", "")[:60], request.form.get("email", "")[:254]
    with begin() as session:
        may = may_ask(session, caller, order, email)
        for rma in returns_of_order(session, shop_id=caller.shop_id, order_name=order, email=email)[:1] if may else ():
            send_return_link(session, rma, key=f"find:{rma.id}:{now():%Y-%m-%dT%H}")
    answer = in_theme("portal/proxy_sent.html", caller)
    time.sleep(max(0.0, ANSWER_SECONDS - (time.monotonic() - began)))  # found or not takes the same time
    return answer


def may_ask(session: Session, caller: ProxyCaller, order: str, email: str) -> bool:
    """Whether that order and that address were not asked for too often in this hour, counting this time."""
    asked = {
        "shop": ASKED_OF_A_SHOP,
        f"order:{order.strip().lstrip('#').strip().casefold()}": ASKED_OF_ONE,
        f"email:{email.strip().casefold()}": ASKED_OF_ONE,
    }
    return may_try(session, shop_id=caller.shop_id, tries=asked, secret=settings().secret_key, now=now())
