"""Who comes along: invited and taken out again by the client, with nothing else of the reservation touched."""

from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from consults.booking import next_consult
from consults.guests import AddressUnclear, invite, uninvite
from consults.models import Consult
from kit.errors import AppError, NotFound
from shopify_app.pages.portal.clients import with_case
from shopify_app.pages.portal.times import reserved_page
from shopify_app.pages.portal.told import told
from shopify_app.pages.portal.tongue import _
from shopify_app.web import begin, now

page = Blueprint("along", __name__, url_prefix="/consult/<token>/along")
UNCLEAR = 400  # what they can put right in the form itself


@page.post("")
def add(token: str) -> ResponseReturnValue:
    """Somebody more: they are sent the time and a link of their own."""
    with begin() as session:
        caller = with_case(session, token)
        consult = _own(caller.guest_id, next_consult(session, shop_id=caller.shop_id, case_id=caller.case_id))
        assert consult.id is not None
        typed = {name: request.form.get(name, "") for name in ("name", "relation", "email", "zone")}
        try:
            invite(session, shop_id=caller.shop_id, consult_id=consult.id, now=now(), **typed)
        except AppError as problem:
            if problem.status != UNCLEAR:
                raise
            wrong = "email" if isinstance(problem, AddressUnclear) else "name"
            session.rollback()
            slip: dict[str, Any] = {"typed": typed, "wrong": wrong, "words": told(problem.message)}
            return reserved_page(session, token, caller, consult, **slip), problem.status
    return redirect(f"/consult/{token}#along", 303)


@page.post("/<int:guest_id>/remove")
def remove(token: str, guest_id: int) -> ResponseReturnValue:
    """They do not come along: their link ends, and the entry goes from their calendar."""
    with begin() as session:
        caller = with_case(session, token)
        consult = _own(caller.guest_id, next_consult(session, shop_id=caller.shop_id, case_id=caller.case_id))
        assert consult.id is not None
        uninvite(session, shop_id=caller.shop_id, consult_id=consult.id, participant_id=guest_id, now=now())
    return redirect(f"/consult/{token}#along", 303)


def _own(guest_id: int | None, consult: Consult | None) -> Consult:
    if guest_id is not None:
        raise NotFound(_("There is nothing at this address."))
    if consult is None:
        raise NotFound(_("There is no time reserved. You may choose one."))
    return consult
