"""Where our extension in the client's account leads: one order, by a pass of a few minutes in the address.

Looking changes nothing. Each way on is a button: to a return under way, to the advisor's times, or to choosing a piece.
"""

from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor
from consults.cases import find_case
from consults.models import Case
from consults.states import CaseState
from kit.errors import NotFound
from logistics.lookups import returns_of_client
from logistics.models import Rma
from logistics.rmas import lines_of
from shopify_app.pages.portal.own_orders import order_day
from shopify_app.pages.portal.passes import OrderPass, Proof, read_order_pass, write_order_pass
from shopify_app.pages.portal.places import OURS, Place, ours
from shopify_app.pages.portal.tongue import _
from shopify_app.web import addresses, begin, now, settings
from shops.links import CONSULT, RETURN, issue_link
from shops.shops import get_shop

page = Blueprint("from_account", __name__)
TEMPLATE = "portal/from_account.html"


@page.get(f"{OURS}/order")
def one_order(house: str) -> ResponseReturnValue:
    """The order of the pass: what is on its way back of it, and what else may be."""
    place = ours(house)
    who = _who(place, request.args.get("pass", ""))
    if who is None:
        return place.show(TEMPLATE, 410, pass_="")
    with begin() as session:
        running = [_shown(session, rma) for rma in own_returns(session, who)]
    return place.show(TEMPLATE, pass_=write_order_pass(settings().secret_key, who, now=now()), returns=running)


@page.post(f"{OURS}/order")
def go_on(house: str) -> ResponseReturnValue:
    """To the page of one of the order's returns, or to its advisor's times."""
    place = ours(house)
    who = _who(place, request.form.get("pass", ""))
    if who is None:
        return place.show(TEMPLATE, 410, pass_="")
    wanted, to_talk = request.form.get("return", ""), request.form.get("to") == "talk"
    with begin() as session:
        rma = next((rma for rma in own_returns(session, who) if str(rma.id) == wanted), None)
        case = open_case(session, rma) if rma is not None and to_talk else None
        if rma is None or (to_talk and case is None):
            raise NotFound(_("There is nothing at this address."))
        about: dict[str, Any] = {"shop_id": who.shop_id, "now": now()}
        if case is not None:
            link = issue_link(session, purpose=CONSULT, subject_id=_id(case), **about)
            return redirect(addresses().consult(link), 303)
        return redirect(addresses().return_page(issue_link(session, purpose=RETURN, subject_id=_id(rma), **about)), 303)


def own_returns(session: Session, who: OrderPass) -> list[Rma]:
    """The client's returns of that order, newest first."""
    mine = returns_of_client(session, shop_id=who.shop_id, client_gid=who.client_gid) if who.client_gid else []
    return [rma for rma in mine if rma.order_gid == who.order_gid]


def open_case(session: Session, rma: Rma) -> Case | None:
    """The file in which a conversation may still be had."""
    case = find_case(session, shop_id=rma.shop_id, return_gid=rma.return_gid)
    return case if case is not None and case.state is CaseState.OPEN and case.outcome is None else None


def _shown(session: Session, rma: Rma) -> dict[str, Any]:
    case = open_case(session, rma)
    advisor = get_advisor(session, shop_id=rma.shop_id, advisor_id=case.advisor_id) if case else None
    return {
        "id": rma.id,
        "pieces": ", ".join(line.title for line in lines_of(session, rma)),
        "order": rma.order_name.lstrip("#"),
        "day": order_day(rma.opened_at, get_shop(session, rma.shop_id).zone),
        "advisor": advisor.first_name if advisor else "",
    }


def _who(place: Place, shown: str) -> OrderPass | None:
    secrets = [key for key in (settings().secret_key, settings().secret_key_previous) if key]
    who = read_order_pass(secrets, shown, shop_id=place.shop_id, now=now())
    return who if who is not None and who.proof is Proof.EXTENSION else None


def _id(row: Rma | Case) -> int:
    assert row.id is not None
    return row.id
