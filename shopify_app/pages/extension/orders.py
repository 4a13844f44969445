"""/extension/returns/orders: one order of the signed-in client, for the order's own pages in their account.

Everything is the caller's own: the shop and the client come from the token. `?lang=` says in which language they read.
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor
from kit.errors import Conflict, NotFound, OutsideError, Waiting
from kit.log import get_logger
from logistics.models import Rma
from logistics.rmas import lines_of
from shopify_app.extension_auth import ExtensionCaller, extension
from shopify_app.pages.extension.cross_origin import allow_any_origin
from shopify_app.pages.portal.from_account import open_case, own_returns
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, write_order_pass
from shopify_app.pages.portal.returns import standing
from shopify_app.pages.portal.timeline import NOW
from shopify_app.pages.portal.tongue import _, speak
from shopify_app.reaching import shopify_openings
from shopify_app.web import addresses, begin, now, settings

page = Blueprint("extension_orders", __name__, url_prefix="/extension/returns")
page.after_request(allow_any_origin)
log = get_logger("extension")
IN_AN_ADDRESS = timedelta(minutes=10)
ORDER = "gid://shopify/Order/"
NUMBER = "<int(max=9007199254740991):order_id>"  # Shopify's, and so larger than any row's of ours


@page.route(f"/orders/{NUMBER}", methods=["OPTIONS"], provide_automatic_options=False)
@page.route(f"/orders/{NUMBER}/link", methods=["OPTIONS"], provide_automatic_options=False)
def preflight(order_id: int) -> Response:
    """Asked before the real call, without a token."""
    return make_response("", 204)


@page.get(f"/orders/{NUMBER}")
def show_order(order_id: int) -> ResponseReturnValue:
    """`{"returns": [{"return", "pieces", "state", "heading", "step": {"title", "words"}, "advisor"}], "url"}`.

    Newest first. `return` is its number at Shopify; `advisor` a name where a time may be chosen, else null; `url` the
    page with the ways on, null for an order of which nothing is on its way back, or which is not the caller's.
    """
    caller = extension()
    speak(request.args.get("lang", "")[:20])
    who = _who(caller, order_id)
    with begin() as session:
        told = [_told(session, rma) for rma in own_returns(session, who)]
    return jsonify(returns=told, url=_address(caller, who) if told else None)


@page.post(f"/orders/{NUMBER}/link")
def make_order_link(order_id: int) -> ResponseReturnValue:
    """`{"url"}` of the page that begins a return of this order, good for ten minutes. 404 for anybody else's order."""
    caller = extension()
    who = _who(caller, order_id)
    if not who.client_gid or _buyer(caller.shop_id, who.order_gid) != who.client_gid:
        raise NotFound(_("There is nothing at this address."))
    return jsonify(url=_address(caller, who))


def _who(caller: ExtensionCaller, order_id: int) -> OrderPass:
    about = (caller.shop_id, f"{ORDER}{order_id}", Acting.BUYER, Proof.EXTENSION)
    return OrderPass(*about, caller.customer_gid or "")


def _address(caller: ExtensionCaller, who: OrderPass) -> str:
    """A link for who certainly has that order; good for ten minutes, and nothing is written down for it."""
    shown = write_order_pass(settings().secret_key, who, now=now(), lasts=IN_AN_ADDRESS)
    house = caller.shop_domain.removesuffix(".myshopify.com")
    return f"{addresses().app_url}/return/{house}/order?pass={shown}"


def _buyer(shop_id: int, order_gid: str) -> str | None:
    try:
        return shopify_openings().buyer(shop_id, order_gid)
    except (OutsideError, Waiting) as error:
        log.warning("extension.shopify_away", shop=shop_id, why=type(error).__name__)
        raise Conflict(_("The shop does not answer just now. Please try again in a moment."), code="away") from error


def _told(session: Session, rma: Rma) -> dict[str, Any]:
    heading, steps = standing(session, rma)
    step = next((step for step in steps if step.state == NOW), steps[-1])
    case = open_case(session, rma)
    advisor = get_advisor(session, shop_id=rma.shop_id, advisor_id=case.advisor_id) if case else None
    return {
        "return": rma.return_gid.rsplit("/", 1)[-1],
        "pieces": [line.title for line in lines_of(session, rma)],
        "state": rma.goods_state.value,
        "heading": heading,
        "step": {"title": step.title, "words": step.words},
        "advisor": advisor.first_name if advisor else None,
    }
