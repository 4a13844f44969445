"""A manager puts another advisor in place of the one the evidence named."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from consults.rights import Right
from kit.errors import AppError
from routing import selling
from shopify_app.asked import row_id
from shopify_app.auth import desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.web import begin, now

page = Blueprint("choosing", __name__, url_prefix="/cases/<int:case_id>")


@page.post("/advisor")
def choose(case_id: int) -> ResponseReturnValue:
    """Give the case to them, with the reason. A manager's to do, and nobody else's."""
    caller, form = desk(), request.form
    chosen = row_id(form.get("advisor_id", ""))
    with begin() as session:
        case_of(session, caller, case_id)
        caller.allowed.must(Right.REASSIGN)
        if chosen is None:
            raise AppError("Choose who takes it.")
        selling.choose_advisor(
            session,
            shop_id=caller.shop_id,
            case_id=case_id,
            advisor_id=chosen,
            reason=form.get("reason", ""),
            by=f"advisor:{caller.advisor_id}",
            for_client="for_client" in form,
            now=now(),
        )
    return redirect(f"/desk/cases/{case_id}", 303)
