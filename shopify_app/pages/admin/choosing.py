"""/app/cases/<id>/advisor: a person puts another advisor in place of the one the evidence named."""

from flask import Blueprint, Response, request

from kit.errors import AppError, Conflict, NotFound
from routing import selling
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, staff, wrong
from shopify_app.web import begin, now

page = Blueprint("admin_choosing", __name__)


@page.post("/app/cases/<int:case_id>/advisor")
def choose(case_id: int) -> Response:
    """Give the case to them, with the reason; it is noted on the order and wins next time."""
    caller, form = merchant(), request.form
    chosen = form.get("advisor_id", "")
    try:
        with begin() as session:
            case = selling.choose_advisor(
                session,
                shop_id=caller.shop_id,
                case_id=case_id,
                advisor_id=int(chosen) if chosen.isdigit() else 0,
                reason=form.get("reason", ""),
                by=staff(caller),
                for_client="for_client" in form,
                now=now(),
            )
    except Conflict:
        raise
    except NotFound as error:
        if "advisor" not in error.message:
            raise
        return wrong({"advisor_id": "Choose who takes it."})
    except AppError as error:
        return wrong({"advisor_id" if error.code == "advisor" else "reason": error.message})
    return go("", case.seller_words)
