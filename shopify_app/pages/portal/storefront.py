"""The page inside the storefront, through the shop's app proxy: stateless, no cookies, links below its own prefix.

It is answered as Liquid, so that the theme stands around it, and every brace of ours is written as an entity: what a
client typed is never run.
"""

import time
from typing import Any

from flask import Blueprint, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.zones import show_day
from kit.errors import NotFound
from logistics.lookups import returns_of_client, returns_of_order
from logistics.models import Rma
from logistics.rmas import lines_of
from notifications import codes
from shopify_app.auth import NotSignedIn, ProxyCaller, proxy
from shopify_app.pages.portal.fresh_links import send_return_link
from shopify_app.web import addresses, begin, now, settings, verifier
from shops.limits import may_try
from shops.links import RETURN, issue_link

page = Blueprint("storefront", __name__, url_prefix="/proxy/returns")
ANSWER_SECONDS = 0.4
CHECK_SECONDS = 1.5  # where Twilio is asked about a code, and a number nobody has is not
PROBLEMS = {
    codes.Found.AGAIN: "That is not the code. Please look once more.",
    codes.Found.BLOCKED: "That code was tried too often. Please ask for another one.",
    codes.Found.OVER: "That code has had its time. Please ask for another one.",
    codes.Found.RIGHT: "That code has had its time. Please ask for another one.",
}
ASKED_OF_A_SHOP = 300  # an hour: a busy shop has fewer, and a robot finds nothing with them
ASKED_OF_ONE = 6  # an hour, of one order number or one address


@page.get("")
@page.get("/")
def show() -> ResponseReturnValue:
    """A signed-in client's returns; for everybody else, order number and email."""
    caller = proxy()
    if caller.customer_gid is None:
        return _in_theme("portal/proxy_find.html", caller)
    with begin() as session:
        found = returns_of_client(session, shop_id=caller.shop_id, client_gid=caller.customer_gid)
        listed = [
            {
                "id": rma.id,
                "pieces": ", ".join(line.title for line in lines_of(session, rma)) or "Your return",
                "order": rma.order_name.lstrip("#"),
                "day": show_day(rma.opened_at, g.shop.zone),
            }
            for rma in found
        ]
    return _in_theme("portal/proxy_list.html", caller, listed=listed)


@page.post("/open")
def open_return() -> ResponseReturnValue:
    """A link to one of the signed-in client's own returns."""
    caller = proxy()
    if caller.customer_gid is None:
        raise NotSignedIn("This page opens from the shop.", "proxy")
    wanted = request.form.get("return", "")
    with begin() as session:
        found = returns_of_client(session, shop_id=caller.shop_id, client_gid=caller.customer_gid)
        rma = next((rma for rma in found if str(rma.id) == wanted), None)
        if rma is None or rma.id is None:
            raise NotFound("There is nothing at this address.")
        token = issue_link(session, shop_id=caller.shop_id, purpose=RETURN, subject_id=rma.id, now=now())
    return _in_theme("portal/proxy_open.html", caller, link=addresses().return_page(token))


@page.post("/find")
def find() -> ResponseReturnValue:
    """Order number and email: when they go together a link goes to that address.

    The answer is always the same, also to who asks too often.
    """
    caller, began = proxy(), time.monotonic()
    order, email = request.form.get("order", "")[:60], request.form.get("email", "")[:254]
    by_text = request.form.get("by") == "text"
    with begin() as session:
        may = _may_ask(session, caller, order, email)
        found = returns_of_order(session, shop_id=caller.shop_id, order_name=order, email=email)[:1] if may else []
        token = _send_code(session, caller, found[0] if found else None) if by_text else ""
        for rma in found if not by_text else ():
            send_return_link(session, rma, key=f"find:{rma.id}:{now():%Y-%m-%dT%H}")
    if by_text:
        answer = _in_theme("portal/proxy_code.html", caller, token=token, problem="")
    else:
        answer = _in_theme("portal/proxy_sent.html", caller)
    _answer_evenly(began, ANSWER_SECONDS)
    return answer


@page.post("/code")
def enter_code() -> ResponseReturnValue:
    """The code from the text: it opens the return, once. Any other is answered alike, whatever it was asked for."""
    caller, began = proxy(), time.monotonic()
    token, code = request.form.get("token", "")[:60], request.form.get("code", "")[:20]
    about: dict[str, Any] = {"shop_id": caller.shop_id, "secret": settings().secret_key, "now": now()}
    checked = codes.check(begin, verifier(), purpose=codes.RETURN, token=token, code=code, **about)
    link = ""
    if checked.found is codes.Found.RIGHT and checked.subject_id is not None:
        with begin() as session:
            about = {"shop_id": caller.shop_id, "subject_id": checked.subject_id, "now": now()}
            link = addresses().return_page(issue_link(session, purpose=RETURN, **about))
    if link:
        return _in_theme("portal/proxy_open.html", caller, link=link)
    answer = _in_theme("portal/proxy_code.html", caller, token=token, problem=PROBLEMS[checked.found])
    _answer_evenly(began, CHECK_SECONDS if verifier() else ANSWER_SECONDS)
    return answer


def _send_code(session: Session, caller: ProxyCaller, rma: Rma | None) -> str:
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


def _answer_evenly(began: float, seconds: float) -> None:
    time.sleep(max(0.0, seconds - (time.monotonic() - began)))  # found or not takes the same time


def _may_ask(session: Session, caller: ProxyCaller, order: str, email: str) -> bool:
    asked = {
        "shop": ASKED_OF_A_SHOP,
        f"order:{order.strip().lstrip('#').strip().casefold()}": ASKED_OF_ONE,
        f"email:{email.strip().casefold()}": ASKED_OF_ONE,
    }
    return may_try(session, shop_id=caller.shop_id, tries=asked, secret=settings().secret_key, now=now())


def liquid_safe(html: str) -> str:
    """`html` with nothing left in it that Liquid would run. A fragment has no braces of its own."""
    return html.replace("{", "&#123;").replace("}", "&#125;")


def _in_theme(template: str, caller: ProxyCaller, **values: object) -> ResponseReturnValue:
    html = render_template(template, base=caller.path_prefix, styles=f"{addresses().app_url}/static/face.css", **values)
    answer = make_response(liquid_safe(html))
    answer.headers["Content-Type"] = "application/liquid; charset=utf-8"
    # The page is the theme's: a stricter policy of ours would stop the theme, should it be passed on.
    answer.headers["Content-Security-Policy"] = "frame-ancestors 'none'; object-src 'none'; base-uri 'self'"
    return answer
