"""Finding a return by a code that is texted to the number on file: for who has a telephone at hand and no mailbox.

Nothing is told apart: whether the order is there, the address goes with it, or a number is known.
"""

import time
from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from logistics.lookups import returns_of_order
from logistics.models import Rma
from notifications import codes
from shopify_app.auth import ProxyCaller, proxy
from shopify_app.pages.portal import storefront
from shopify_app.pages.portal.storefront import in_theme, may_ask
from shopify_app.pages.portal.tongue import N_, _
from shopify_app.web import addresses, begin, now, settings, verifier
from shops.links import RETURN, issue_link

page = Blueprint("storefront_codes", __name__, url_prefix="/proxy/returns/code")
CHECK_SECONDS = 1.5  # where Twilio is asked about a code, and a number nobody has is not
OVER = N_("That code has had its time. Please ask for another one.")
PROBLEMS = {
    codes.Found.AGAIN: N_("That is not the code. Please look once more."),
    codes.Found.BLOCKED: N_("That code was tried too often. Please ask for another one."),
    codes.Found.OVER: OVER,
    codes.Found.RIGHT: OVER,
}


@page.post("/send")
def send() -> ResponseReturnValue:
    """Order number and email: when they go together a code goes to the mobile number of that return."""
    caller, began = proxy(), time.monotonic()
    order, email = request.form.get("order", "")[:60], request.form.get("email", "")[:254]
    with begin() as session:
        may = may_ask(session, caller, order, email)
        found = returns_of_order(session, shop_id=caller.shop_id, order_name=order, email=email)[:1] if may else []
        token = _ask(session, caller, found[0] if found else None)
    answer = in_theme("portal/proxy_code.html", caller, token=token, problem="")
    _evenly(began, storefront.ANSWER_SECONDS)
    return answer


@page.post("")
def enter() -> ResponseReturnValue:
    """The code from the text: it opens the return, once. Any other is answered alike, whatever it was asked for."""
    caller, began = proxy(), time.monotonic()
    token, code = request.form.get("token", "")[:60], request.form.get("code", "")[:20]
    about: dict[str, Any] = {"shop_id": caller.shop_id, "secret": settings().secret_key, "now": now()}
    checked = codes.check(begin, verifier(), purpose=codes.RETURN, token=token, code=code, **about)
    if checked.found is codes.Found.RIGHT and checked.subject_id is not None:
        with begin() as session:
            where = {"shop_id": caller.shop_id, "subject_id": checked.subject_id}
            link = addresses().return_page(issue_link(session, purpose=RETURN, now=now(), **where))
        return in_theme("portal/proxy_open.html", caller, link=link)
    answer = in_theme("portal/proxy_code.html", caller, token=token, problem=_(PROBLEMS[checked.found]))
    _evenly(began, CHECK_SECONDS if verifier() else storefront.ANSWER_SECONDS)
    return answer


def _ask(session: Session, caller: ProxyCaller, rma: Rma | None) -> str:
    """A token to come back with, whether or not there is a return and a number to send a code to."""
    to = rma.client_phone if rma else None
    return codes.ask(
        session,
        shop_id=caller.shop_id,
        purpose=codes.RETURN,
        subject_id=rma.id if rma and to else None,
        channel="sms",
        to=to or "",
        house=g.shop.shown_name,
        locale=rma.client_locale if rma else "en",
        by_verify=verifier() is not None,
        secret=settings().secret_key,
        now=now(),
    )


def _evenly(began: float, seconds: float) -> None:
    time.sleep(max(0.0, seconds - (time.monotonic() - began)))  # found or not takes the same time
