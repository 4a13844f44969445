"""/r/<token>/…: what a client may still change. To keep the piece after all; another day or door for its collection.

Each is two steps: a page that says what it does, and one button.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from kit.clock import parse_instant
from kit.errors import AppError
from logistics import keeping
from logistics.collection_changes import change_collection, offered, wanted
from logistics.collection_days import Window
from logistics.doors import door_zone
from logistics.models import Rma
from logistics.reads import Address
from logistics.rmas import RmaView, lines_of, sender_of, view
from logistics.states import Goods
from shopify_app.pages.portal.clients import with_return
from shopify_app.tongue import N_, _, said
from shopify_app.web import begin, now

page = Blueprint("changes", __name__, url_prefix="/r/<token>")
LONGEST = 200
PROBLEMS = (
    N_("The carrier is on its round already. Please ring us, and we will see to it."),
    N_("Please choose one of the times that are shown."),
    N_("Please write the street, the postal code and the town."),
    N_("From another country it travels another way. Please ring us, and we will see to it."),
    N_("From that address we cannot cover it all the way. Please ring us, and we will see to it."),
)
"""What logistics/collection_changes.py says, for the catalogues."""
PLACE = ("street1", "street2", "postal_code", "city", "region")


@page.get("/keep")
def ask_keep(token: str) -> ResponseReturnValue:
    """What keeping the piece does, and one button."""
    with begin() as session:
        rma = with_return(session, token)
        lines = lines_of(session, rma)
        shown: dict[str, Any] = {"may": keeping.may_keep(session, rma), "is_asked": keeping.is_asked(session, rma)}
    return render_template("portal/keep.html", token=token, lines=lines, rma=rma, **shown)


@page.post("/keep")
def keep(token: str) -> ResponseReturnValue:
    """The return ends, once."""
    with begin() as session:
        rma = with_return(session, token)
        assert rma.id is not None
        keeping.keep_piece(session, shop_id=rma.shop_id, rma_id=rma.id, by="client", now=now())
    return redirect(f"/r/{token}", 303)


@page.get("/collection")
def ask_collection(token: str) -> ResponseReturnValue:
    """Days, hours and the door."""
    with begin() as session:
        rma = with_return(session, token)
        return render_template("portal/collection.html", token=token, **_collection(session, rma))


@page.post("/collection")
def collect_otherwise(token: str) -> ResponseReturnValue:
    """Another visit in place of the one that was booked."""
    with begin() as session:
        rma = with_return(session, token)
        assert rma.id is not None
        try:
            about: dict[str, Any] = {"shop_id": rma.shop_id, "rma_id": rma.id, "by": "client", "now": now()}
            change_collection(session, starts_at=_chosen(), address=_typed(rma), **about)
            return redirect(f"/r/{token}", 303)
        except AppError as error:
            problem, status = said(error.message), error.status
    with begin() as session:
        rma = with_return(session, token)
        shown = _collection(session, rma) | {"problem": problem, "place": _typed(rma)}
        return render_template("portal/collection.html", token=token, **shown), status


def kept_heading(session: Session, rma: Rma) -> str:
    """The sentence at the top for a client who keeps the piece; "" for any other."""
    over = rma.goods_state is Goods.ENDED and keeping.is_asked(session, rma)
    return _("It stays with you, and the return has ended") if over else ""


def changes_of(session: Session, rma: Rma) -> dict[str, Any]:
    """Values for templates/portal/_changes.html."""
    return {
        "may_keep": keeping.may_keep(session, rma),
        "is_kept": keeping.is_asked(session, rma),
        "may_change_collection": bool(offered(session, rma, now=now())),
        "wanted_visit": wanted(session, rma, now=now()),
    }


def _collection(session: Session, rma: Rma) -> dict[str, Any]:
    assert rma.id is not None
    seen: RmaView = view(session, shop_id=rma.shop_id, rma_id=rma.id)
    zone = door_zone(session, rma)
    booked = next((box.wanted_from or box.collection_from for box in seen.parcels), None)
    windows: list[Window] = offered(session, rma, now=now())
    days: dict[str, list[Window]] = {}
    for window in windows:
        days.setdefault(window.starts_at.date().isoformat(), []).append(window)
    about: dict[str, Any] = {"seen": seen, "days": list(days.values()), "zone": zone, "booked": booked}
    return about | {"place": sender_of(rma), "problem": ""}


def _chosen() -> datetime:
    try:
        return parse_instant(request.form.get("starts_at", ""))
    except ValueError:
        raise AppError(_("Please choose a day and an hour.")) from None


def _typed(rma: Rma) -> Address:
    """What was typed; the country stays, as from another one it travels another way."""
    typed = {name: request.form.get(name, "").strip()[:LONGEST] for name in PLACE if name in request.form}
    return replace(sender_of(rma), **typed)
