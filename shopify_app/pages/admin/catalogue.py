"""/app/settings/catalogue: what the house can do for a client beyond money, in the order advisors see it."""

from typing import Any

from flask import Blueprint, Response, request
from sqlmodel import Session

from consults.advisors import boutiques
from consults.catalogue.kinds import WORDS
from consults.catalogue.models import CatalogueWay
from consults.catalogue.ways import WayUnclear, get_way, move_way, switch_way, ways_of, write_way
from kit.money import Money
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting, wrong
from shopify_app.web import begin, now

page = Blueprint("admin_catalogue", __name__, url_prefix="/app/settings/catalogue")


@page.get("")
def index() -> str:
    """Every row, those that are switched off too."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        places = {place.id: place.name for place in boutiques(session, shop_id=caller.shop_id)}
        return show("catalogue.html", rows=ways_of(session, shop_id=caller.shop_id), words=WORDS, places=places)


@page.get("/new")
def blank() -> str:
    """An empty form."""
    caller = visiting()
    with begin() as session:
        return _form(session, shop_of(session, caller).currency, caller.shop_id, None)


@page.get("/<int:way_id>")
def one(way_id: int) -> str:
    """One row."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        row = get_way(session, shop_id=caller.shop_id, way_id=way_id)
        return _form(session, row.currency, caller.shop_id, row)


@page.post("")
def add() -> Response:
    """A new row, at the end."""
    return _write(None)


@page.post("/<int:way_id>")
def change(way_id: int) -> Response:
    """Change a row. What was promised of it stays as it was promised."""
    return _write(way_id)


@page.post("/<int:way_id>/switch")
def switch(way_id: int) -> Response:
    """Switch a row off, or on again."""
    caller, on = merchant(), request.form.get("on") == "yes"
    with begin() as session:
        switch_way(session, shop_id=caller.shop_id, way_id=way_id, on=on, by=staff(caller), now=now())
    return go("", "Switched on." if on else "Switched off. What was promised of it stays promised.")


@page.post("/<int:way_id>/move")
def move(way_id: int) -> Response:
    """One place up, or down."""
    caller = merchant()
    with begin() as session:
        move_way(session, shop_id=caller.shop_id, way_id=way_id, up=request.form.get("up") == "yes")
    return go("")


def _form(session: Session, currency: str, shop_id: int, row: CatalogueWay | None) -> str:
    amounts = {name: Money(cents, currency).amount if cents else "" for name, cents in _cents(row).items()}
    places = boutiques(session, shop_id=shop_id)
    return show("catalogue_way.html", row=row, words=WORDS, currency=currency, amounts=amounts, places=places)


def _cents(row: CatalogueWay | None) -> dict[str, int]:
    return {"cost": row.cost_cents if row else 0, "from": row.from_cents if row else 0}


def _write(way_id: int | None) -> Response:
    caller = merchant()
    about: dict[str, Any] = {"shop_id": caller.shop_id, "way_id": way_id, "by": staff(caller), "now": now()}
    with begin() as session:
        kept = get_way(session, shop_id=caller.shop_id, way_id=way_id) if way_id is not None else None
        currency = kept.currency if kept else shop_of(session, caller).currency
        places = [place.id for place in boutiques(session, shop_id=caller.shop_id)]
        chosen = [number for number in places if f"boutique_{number}" in request.form]
        try:
            write_way(session, given={**request.form.to_dict(), "boutique_ids": chosen}, currency=currency, **about)
        except WayUnclear as unclear:
            session.rollback()
            return wrong(unclear.fields)
    return go("/app/settings/catalogue", "Saved.")
