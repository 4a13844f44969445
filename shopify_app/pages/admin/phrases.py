"""/app/settings/phrases: what this house leaves unsaid beside the phrases that ship with the product."""

from typing import Any

from flask import Blueprint, Response, request

from consults.own_phrases import add_phrase, drop_phrase, own_phrases
from kit.errors import AppError
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting, wrong
from shopify_app.web import begin, now

page = Blueprint("admin_phrases", __name__, url_prefix="/app/settings/phrases")


@page.get("")
def index() -> str:
    """The house's own."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        return show("phrases.html", rows=own_phrases(session, shop_id=caller.shop_id))


@page.post("")
def add() -> Response:
    """One more; it is looked for from the next letter an advisor types."""
    caller, form = merchant(), request.form
    about: dict[str, Any] = {"words": form.get("words", ""), "better": form.get("better", "")}
    try:
        with begin() as session:
            add_phrase(session, shop_id=caller.shop_id, by=staff(caller), now=now(), **about)
    except AppError as error:
        return wrong({error.code: error.message})
    return go("", "Saved. It is looked for from now on.")


@page.post("/<int:phrase_id>/drop")
def drop(phrase_id: int) -> Response:
    """It may be said again."""
    caller = merchant()
    with begin() as session:
        drop_phrase(session, shop_id=caller.shop_id, phrase_id=phrase_id)
    return go("", "Taken off the list.")
