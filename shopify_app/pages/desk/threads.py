"""Answering a client in writing, over the direct line: neither sees the other's number."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from consults.advisors import get_advisor
from consults.threads import answer
from shopify_app.auth import desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.web import begin, now

page = Blueprint("threads", __name__, url_prefix="/cases/<int:case_id>/written")


@page.post("")
def write(case_id: int) -> ResponseReturnValue:
    """Send what was written; the same form twice is one message."""
    caller = desk()
    with begin() as session:
        case = case_of(session, caller, case_id)
        advisor = get_advisor(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id)
        words, key = request.form.get("words", ""), request.form.get("key", "")
        answer(session, case, advisor, words=words, key=f"{caller.advisor_id}:{key}", now=now())
    return redirect(f"/desk/cases/{case_id}#written", 303)
