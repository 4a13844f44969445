"""Another advisor in place of the one the evidence named: of a case, or of a return without a conversation."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from sqlmodel import Session

from kit.errors import AppError, Conflict, NotFound
from logistics import rmas
from routing import selling
from shopify_app.asked import row_id
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, staff, wrong
from shopify_app.web import begin, now

page = Blueprint("admin_choosing", __name__)

NAMED = "Noted. It is written on the order, and counts at its next return."


@page.post("/app/cases/<int:case_id>/advisor")
def choose(case_id: int) -> Response:
    """Give the case to them, with the reason; it is noted on the order and wins next time."""

    def give(session: Session, about: dict[str, Any]) -> str:
        return selling.choose_advisor(session, case_id=case_id, **about).seller_words

    return _obey(give)


@page.post("/app/returns/<int:rma_id>/advisor")
def name(rma_id: int) -> Response:
    """Name them on a return without a conversation, with the reason; noted on the order, it wins next time."""

    def note(session: Session, about: dict[str, Any]) -> str:
        rma = rmas.get_rma(session, shop_id=about["shop_id"], rma_id=rma_id)
        selling.choose_named(session, return_gid=rma.return_gid, **about)
        return NAMED

    return _obey(note)


def _obey(choose: Callable[[Session, dict[str, Any]], str]) -> Response:
    caller, form = merchant(), request.form
    about: dict[str, Any] = {
        "shop_id": caller.shop_id,
        "advisor_id": row_id(form.get("advisor_id", "")) or 0,
        "reason": form.get("reason", ""),
        "by": staff(caller),
        "for_client": "for_client" in form,
        "now": now(),
    }
    try:
        with begin() as session:
            return go("", choose(session, about))
    except Conflict:
        raise
    except NotFound as error:
        if "advisor" not in error.message:
            raise
        return wrong({"advisor_id": "Choose who takes it."})
    except AppError as error:
        return wrong({"advisor_id" if error.code == "advisor" else "reason": error.message})
