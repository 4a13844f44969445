"""/extension/returns/orders: one order of the signed-in client, for the order's own pages in their account.

Everything is the caller's own: the shop and the client come from the token. `?lang=` says in which language they read.
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor
from consults.cases import find_case
from consults.models import Case
from consults.states import CaseState
from kit.errors import Conflict, NotFound, OutsideError, Waiting
from kit.log import get_logger
from logistics.lookups import returns_of_client
from logistics.models import Rma
from logistics.rmas import lines_of
from shopify_app.extension_auth import ExtensionCaller, extension
from shopify_app.pages.extension.cross_origin import allow_any_origin
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, write_order_pass
from shopify_app.pages.portal.returns import standing
from shopify_app.pages.portal.timeline import NOW
from shopify_app.pages.portal.tongue import _, speak
from shopify_app.reaching import shopify_openings
from shopify_app.web import addresses, begin, now, settings
from shops.links import CONSULT, issue_link

page = Blueprint("extension_orders", __name__, url_prefix="/extension/returns")
page.after_request(allow_any_origin)
log = get_logger("extension")
IN_AN_ADDRESS = timedelta(minutes=10)
ORDER = "gid://shopify/Order/"


@page.route("/orders/<int:order_id>", methods=["OPTIONS"], provide_automatic_options=False)
@page.route("/orders/<int:order_id>/link", methods=["OPTIONS"], provide_automatic_options=False)
@page.route("/<int:rma_id>/talk", methods=["OPTIONS"], provide_automatic_options=False)
def preflight(order_id: int = 0, rma_id: int = 0) -> Response:
    """Asked before the real call, without a token."""
    return make_response("", 204)


@page.get("/orders/<int:order_id>")
def show_order(order_id: int) -> ResponseReturnValue:
    """`{"returns": [{"id", "return", "pieces", "state", "heading", "step": {"title", "words"}, "advisor", "talk"}]}`.

    Newest first; empty for an order that is not the caller's. `return` is its number at Shopify, `advisor` a name or
    null, `talk` whether a time may be chosen.
    """
    caller = extension()
    speak(request.args.get("lang", "")[:20])
    with begin() as session:
        told = [_told(session, rma) for rma in _own(session, caller) if rma.order_gid == f"{ORDER}{order_id}"]
    return jsonify(returns=told)


@page.post("/orders/<int:order_id>/link")
def make_order_link(order_id: int) -> ResponseReturnValue:
    """`{"url"}` of the page that begins a return of this order, good for ten minutes. 404 for anybody else's order."""
    caller = extension()
    order_gid = f"{ORDER}{order_id}"
    if caller.customer_gid is None or _buyer(caller.shop_id, order_gid) != caller.customer_gid:
        raise NotFound(_("There is nothing at this address."))
    who = OrderPass(caller.shop_id, order_gid, Acting.BUYER, Proof.EXTENSION, caller.customer_gid)
    shown = write_order_pass(settings().secret_key, who, now=now(), lasts=IN_AN_ADDRESS)
    house = caller.shop_domain.removesuffix(".myshopify.com")
    return jsonify(url=f"{addresses().app_url}/return/{house}/order?pass={shown}")


@page.post("/<int:rma_id>/talk")
def make_talk_link(rma_id: int) -> ResponseReturnValue:
    """`{"url"}` of the times of the advisor of one of the client's own returns; 404 where none is offered."""
    caller = extension()
    with begin() as session:
        rma = next((rma for rma in _own(session, caller) if rma.id == rma_id), None)
        case = _open_case(session, rma) if rma is not None else None
        if case is None or case.id is None:
            raise NotFound(_("There is nothing at this address."))
        about: dict[str, Any] = {"shop_id": caller.shop_id, "subject_id": case.id, "now": now()}
        token = issue_link(session, purpose=CONSULT, **about)
    return jsonify(url=addresses().consult(token))


def _buyer(shop_id: int, order_gid: str) -> str | None:
    try:
        return shopify_openings().buyer(shop_id, order_gid)
    except (OutsideError, Waiting) as error:
        log.warning("extension.shopify_away", shop=shop_id, why=type(error).__name__)
        raise Conflict(_("The shop does not answer just now. Please try again in a moment."), code="away") from error


def _own(session: Session, caller: ExtensionCaller) -> list[Rma]:
    if caller.customer_gid is None:
        return []
    return returns_of_client(session, shop_id=caller.shop_id, client_gid=caller.customer_gid)


def _told(session: Session, rma: Rma) -> dict[str, Any]:
    heading, steps = standing(session, rma)
    step = next((step for step in steps if step.state == NOW), steps[-1])
    case = find_case(session, shop_id=rma.shop_id, return_gid=rma.return_gid)
    advisor = get_advisor(session, shop_id=rma.shop_id, advisor_id=case.advisor_id) if case else None
    return {
        "id": rma.id,
        "return": rma.return_gid.rsplit("/", 1)[-1],
        "pieces": [line.title for line in lines_of(session, rma)],
        "state": rma.goods_state.value,
        "heading": heading,
        "step": {"title": step.title, "words": step.words},
        "advisor": advisor.first_name if advisor else None,
        "talk": _open_case(session, rma) is not None,
    }


def _open_case(session: Session, rma: Rma) -> Case | None:
    """The file in which a conversation may still be had."""
    case = find_case(session, shop_id=rma.shop_id, return_gid=rma.return_gid)
    return case if case is not None and case.state is CaseState.OPEN and case.outcome is None else None
