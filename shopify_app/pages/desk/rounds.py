"""The client said no to what was offered, or asked what else there is. After two noes nothing more is offered."""

from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from consults.rounds.rounds import client_asked, refuse
from shopify_app.auth import desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.web import begin, now

page = Blueprint("rounds", __name__, url_prefix="/cases/<int:case_id>/offers")


@page.post("/refused")
def refused(case_id: int) -> ResponseReturnValue:
    """They would rather not."""
    caller = desk()
    with begin() as session:
        refuse(session, case_of(session, caller, case_id), advisor_id=caller.advisor_id, now=now())
    return redirect(f"/desk/cases/{case_id}#offer", 303)


@page.post("/asked")
def asked(case_id: int) -> ResponseReturnValue:
    """They asked for more, in these words."""
    caller = desk()
    about: dict[str, Any] = {"words": request.form.get("words", ""), "advisor_id": caller.advisor_id, "now": now()}
    with begin() as session:
        client_asked(session, case_of(session, caller, case_id), **about)
    return redirect(f"/desk/cases/{case_id}#offer", 303)
