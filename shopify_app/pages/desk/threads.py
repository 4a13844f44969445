"""Answering a client in writing, over the direct line: neither sees the other's number."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from consults.advisors import get_advisor
from consults.own_phrases import look_through
from consults.threads import answer
from kit.tokens import token_hash
from shopify_app.auth import desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.pages.wording import named
from shopify_app.web import begin, now

page = Blueprint("threads", __name__, url_prefix="/cases/<int:case_id>/written")


@page.post("")
def write(case_id: int) -> ResponseReturnValue:
    """Send what was written; the same form twice is one message. What is better left unsaid takes a second tap."""
    caller, form = desk(), request.form
    words, key = form.get("words", ""), form.get("key", "")
    with begin() as session:
        case = case_of(session, caller, case_id)
        found = look_through(session, shop_id=caller.shop_id, words=words)
        seen = token_hash(f"line|{case_id}|{words}")[:32]
        if found and form.get("seen") != seen:
            about = {"caller": caller, "case": case, "client": named(case), "words": words, "key": key}
            return render_template("desk/written_look.html", marks=found, seen=seen, **about)
        advisor = get_advisor(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id)
        answer(session, case, advisor, words=words, key=f"{caller.advisor_id}:{key}", now=now())
    return redirect(f"/desk/cases/{case_id}#written", 303)
