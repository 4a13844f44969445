"""Links that have done their work, and fresh ones: sent to the address on file, with the same answer to everybody."""

from flask import Blueprint, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.cases import get_case
from kit.errors import AppError
from logistics.models import Rma
from logistics.rmas import find_rma, get_rma
from notifications import messages
from notifications.addressing import salutation
from shopify_app.auth import ProxyCaller, proxy
from shopify_app.pages.portal.liquid import in_theme
from shopify_app.pages.portal.places import INSIDE
from shopify_app.pages.portal.told import told
from shopify_app.pages.portal.tongue import speak
from shopify_app.web import addresses, begin, now
from shops.links import CONSULT, RETURN, LinkDone, Opened, issue_link, known_link
from shops.shops import get_shop

page = Blueprint("fresh_links", __name__)
PURPOSES = {"r": RETURN, "consult": CONSULT}


@page.post("/<any(r, consult):kind>/<token>/fresh")
def send_fresh(kind: str, token: str) -> ResponseReturnValue:
    """E-mail a new link to whom the old one was made for. The answer says nothing about the old one."""
    with begin() as session:
        opened = known_link(session, token, purpose=PURPOSES[kind])
        if opened is not None:
            g.shop = get_shop(session, opened.shop_id)
            rma = _return_of(session, kind, opened)
            if rma is not None:
                speak(rma.client_locale)
                send_return_link(session, rma, key=f"fresh:{opened.link_id}:{now():%Y-%m-%d}")
    return render_template("portal/link_sent.html")


def send_return_link(session: Session, rma: Rma, *, key: str) -> None:
    """A fresh link to the page of `rma`, to the address on file; once a `key`."""
    assert rma.id is not None
    if not rma.client_email or messages.was_written(session, shop_id=rma.shop_id, key=key, channel="email"):
        return
    token = issue_link(session, shop_id=rma.shop_id, purpose=RETURN, subject_id=rma.id, now=now())
    values = {
        "house": get_shop(session, rma.shop_id).shown_name,
        "greeting": salutation(rma.client_title, rma.client_name, rma.client_locale),
        "link": addresses().return_page(token),
    }
    messages.send(
        session,
        shop_id=rma.shop_id,
        message="return_link",
        channel="email",
        to=rma.client_email,
        values=values,
        key=key,
        locale=rma.client_locale,
        now=now(),
    )


def done(error: LinkDone) -> ResponseReturnValue:
    """The page of a link that was used up, revoked or ran out."""
    if request.is_json:
        return _told(error)
    parts = request.path.split("/")
    with begin() as session:
        opened = known_link(session, parts[2], purpose=PURPOSES[parts[1]])
        if opened is not None:
            g.shop = get_shop(session, opened.shop_id)
            speak(_locale_of(session, parts[1], opened))
    return render_template("portal/link_done.html", fresh=f"/{parts[1]}/{parts[2]}/fresh"), error.status


def cannot(error: AppError) -> ResponseReturnValue:
    """What else a client may be told, in the house's name where it is known."""
    if request.is_json:
        return _told(error)
    said = {"status": error.status, "message": told(error.message)}
    caller = _in_theme()
    if caller is not None:  # with a 200, as all of it: Liquid is not rendered with another
        return in_theme("portal/proxy_error.html", caller, **said)
    return render_template("errors/error.html", **said), error.status


def _in_theme() -> ProxyCaller | None:
    """Who stands in the storefront, if it is there that something cannot be."""
    if not request.path.startswith(INSIDE):
        return None
    try:
        return proxy()
    except AppError:
        return None  # not signed by Shopify: what is said to anybody


def _told(error: AppError) -> ResponseReturnValue:
    """To the room's script, which asks without the case: whose link it is says in which language."""
    parts = request.path.split("/")
    if parts[1] in PURPOSES:
        with begin() as session:
            opened = known_link(session, parts[2], purpose=PURPOSES[parts[1]])
            if opened is not None:
                speak(_locale_of(session, parts[1], opened))
    return jsonify({"error": {"code": error.code, "message": told(error.message)}}), error.status


def _locale_of(session: Session, kind: str, opened: Opened) -> str:
    if kind == "r":
        return get_rma(session, shop_id=opened.shop_id, rma_id=opened.subject_id).client_locale
    return get_case(session, shop_id=opened.shop_id, case_id=opened.subject_id).client_locale


def _return_of(session: Session, kind: str, opened: Opened) -> Rma | None:
    if kind == "r":
        return get_rma(session, shop_id=opened.shop_id, rma_id=opened.subject_id)
    case = get_case(session, shop_id=opened.shop_id, case_id=opened.subject_id)
    return find_rma(session, shop_id=opened.shop_id, return_gid=case.return_gid)
