"""/app/settings/cover: what the house's policy covers, line by line. No label is made without one of them."""

from typing import Any

from flask import Blueprint, Response, request
from sqlmodel import Session

from jobs.attempts import wake
from logistics import packs
from logistics.policy_terms import TermsUnclear, get_terms, switch_terms, terms_of, write_terms
from logistics.rmas import policy_of
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting, wrong
from shopify_app.web import begin, now

page = Blueprint("admin_cover", __name__)


@page.get("/app/settings/cover")
def index() -> str:
    """Every line, those that are switched off too."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        return show(
            "cover.html",
            lines=terms_of(session, shop_id=caller.shop_id),
            policy=policy_of(session, caller.shop_id),
            carriers=packs.pack(session, caller.shop_id, "carriers"),
        )


@page.get("/app/settings/cover/new")
def blank() -> str:
    """An empty form."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        return show("cover_line.html", line=None, kinds=_kinds(session, caller.shop_id), currency=shop.currency)


@page.get("/app/settings/cover/<int:term_id>")
def one(term_id: int) -> str:
    """One line."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        line = get_terms(session, shop_id=caller.shop_id, term_id=term_id)
        return show("cover_line.html", line=line, kinds=_kinds(session, caller.shop_id), currency=line.currency)


@page.post("/app/settings/cover")
def add() -> Response:
    """Write down a new line. Labels that waited for it are tried at once."""
    return _write(None)


@page.post("/app/settings/cover/<int:term_id>")
def change(term_id: int) -> Response:
    """Change a line."""
    return _write(term_id)


@page.post("/app/settings/cover/<int:term_id>/switch")
def switch(term_id: int) -> Response:
    """Switch a line off, or on again."""
    caller, on = merchant(), request.form.get("on") == "yes"
    with begin() as session:
        switch_terms(session, shop_id=caller.shop_id, term_id=term_id, on=on, by=staff(caller), now=now())
        wake(session, shop_id=caller.shop_id, now=now())
    return go("", "Switched on." if on else "Switched off. Nothing new travels under it.")


@page.post("/app/settings/cover/names")
def names() -> Response:
    """Whether the box may name the house."""
    caller = merchant()
    with begin() as session:
        policy = policy_of(session, caller.shop_id)
        policy.neutral_names = "neutral_names" in request.form
        session.add(policy)
    return go("", "Saved.")


def _write(term_id: int | None) -> Response:
    caller = merchant()
    about: dict[str, Any] = {"shop_id": caller.shop_id, "term_id": term_id, "by": staff(caller), "now": now()}
    with begin() as session:
        shop = shop_of(session, caller)
        kept = get_terms(session, shop_id=caller.shop_id, term_id=term_id) if term_id is not None else None
        try:
            write_terms(
                session,
                given=request.form,
                currency=kept.currency if kept else shop.currency,
                kinds=frozenset(_kinds(session, caller.shop_id)),
                **about,
            )
        except TermsUnclear as unclear:
            session.rollback()
            return wrong(unclear.fields)
        wake(session, shop_id=caller.shop_id, now=now())  # a label may have waited for it
    return go("/app/settings/cover", "Saved. Labels that waited for cover follow by themselves.")


def _kinds(session: Session, shop_id: int) -> list[str]:
    return [entry["key"] for entry in packs.pack(session, shop_id, "categories").entries]
