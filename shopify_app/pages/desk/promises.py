"""Promises to one client: added with a day, ticked when done."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from consults.promises import add_promise, keep_promise
from kit.errors import AppError
from shopify_app.auth import desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.web import begin, now

page = Blueprint("promises", __name__, url_prefix="/cases/<int:case_id>/promises")


@page.post("")
def add(case_id: int) -> ResponseReturnValue:
    """A thing, and a day."""
    caller, form = desk(), request.form
    about: dict[str, Any] = {"shop_id": caller.shop_id, "case_id": case_id, "advisor_id": caller.advisor_id}
    with begin() as session:
        case_of(session, caller, case_id)
        due_on = _day(form.get("due_on", ""))
        add_promise(session, what=form.get("what", ""), due_on=due_on, now=now(), **about)
    return redirect(f"/desk/cases/{case_id}#promise", 303)


@page.post("/<int:promise_id>/done")
def keep(case_id: int, promise_id: int) -> ResponseReturnValue:
    """It was done."""
    caller = desk()
    with begin() as session:
        case_of(session, caller, case_id)
        keep_promise(
            session,
            shop_id=caller.shop_id,
            case_id=case_id,
            promise_id=promise_id,
            advisor_id=caller.advisor_id,
            now=now(),
        )
    return redirect("/desk" if request.form.get("back") == "today" else f"/desk/cases/{case_id}#promise", 303)


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise AppError("Please name the day.") from None
