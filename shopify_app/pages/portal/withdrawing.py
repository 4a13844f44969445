"""Withdraw from a purchase: two steps, no account, no reason; on our own address and inside the storefront.

Works while everything but this process and its database is down: the answer waits for nobody else. No cookie: what
was typed travels in the form, and a key made with the first step keeps a second press from being a second statement.
"""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from kit.errors import AppError
from kit.tokens import new_token
from logistics.stating import Stated, keep_statement, read_statement, received_in_words
from shopify_app.pages.portal.places import Place, in_both
from shopify_app.pages.portal.told import told
from shopify_app.pages.portal.tongue import _, tongue
from shopify_app.web import begin, now, settings
from shops.limits import may_try

page = Blueprint("withdrawing", __name__)
STATED_IN_A_SHOP = 600  # an hour: far above any house's, and it keeps a robot from filling the table
WRITTEN_TO_ONE = 3  # letters an hour to one address; the statement counts without one


class TooOften(AppError):
    """More than any house gets in an hour."""

    status = 429
    code = "too_often"


@in_both(page, "/withdraw")
def first_step(place: Place) -> ResponseReturnValue:
    """Who withdraws, and from which order."""
    return place.show("portal/withdraw.html", step="first", said={})


@in_both(page, "/withdraw", "POST")
def second_step(place: Place) -> ResponseReturnValue:
    """What was typed, to be confirmed by one button."""
    step, said, status = _look()
    return place.show("portal/withdraw.html", status, step=step, said=said)


@in_both(page, "/withdraw/confirm", "POST")
def confirm(place: Place) -> ResponseReturnValue:
    """Kept, and acknowledged with its day and time."""
    step, said, status = _keep(place.shop_id)
    return place.show("portal/withdraw.html", status, step=step, said=said)


def _look() -> tuple[str, dict[str, Any], int]:
    try:
        stated = read_statement(request.form)
    except AppError as error:
        return "first", _typed() | {"problem": told(error.message)}, 422
    return "second", _said(stated) | {"key": new_token()}, 200


def _keep(shop_id: int) -> tuple[str, dict[str, Any], int]:
    try:
        stated = read_statement(request.form)
    except AppError as error:
        return "first", _typed() | {"problem": told(error.message)}, 422
    key = request.form.get("key", "")
    if not 20 <= len(key) <= 64:
        return "second", _said(stated) | {"key": new_token()}, 422
    locale = tongue().locale  # what they just read is what they are written to in
    with begin() as session:
        may_write = _may(session, shop_id, stated)
        row = keep_statement(session, stated, shop_id=shop_id, key=key, locale=locale, may_write=may_write, now=now())
        received = received_in_words(session, row, locale=locale)
    return "done", _said(stated) | {"received": received, "written": may_write}, 200


def _may(session: Session, shop_id: int, stated: Stated) -> bool:
    """Whether a letter goes to that address. Raises TooOften for a shop that a robot has found."""
    about: dict[str, Any] = {"shop_id": shop_id, "secret": settings().secret_key, "now": now()}
    if not may_try(session, tries={"withdraw": STATED_IN_A_SHOP}, **about):
        raise TooOften(
            _("Very many are writing to us at this moment. Please send us your withdrawal by email: it counts.")
        )
    return may_try(session, tries={f"withdraw:{stated.email.casefold()}": WRITTEN_TO_ONE}, **about)


def _typed() -> dict[str, Any]:
    return {field: request.form.get(field, "")[:1000] for field in ("name", "order", "email", "part")}


def _said(stated: Stated) -> dict[str, Any]:
    return {"name": stated.name, "order": stated.order_name, "email": stated.email, "part": stated.part}
