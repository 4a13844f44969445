"""What the client decided: a few taps, and one promise or none on purpose."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from consults.aftercare.plans import choose_plan
from consults.cases import record_outcome
from consults.promises import add_promise
from consults.rights import Right
from kit.errors import AppError, Conflict
from shopify_app.auth import DeskCaller, desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.pages.desk.caring import planned
from shopify_app.pages.desk.cases import about
from shopify_app.web import begin, now

page = Blueprint("outcomes", __name__, url_prefix="/cases/<int:case_id>/outcome")


@page.get("")
def show(case_id: int) -> ResponseReturnValue:
    """The form, with what was recorded before."""
    caller = desk()
    with begin() as session:
        case = case_of(session, caller, case_id)
        given = {
            "outcome": case.outcome.value if case.outcome else "",
            "root_cause": case.root_cause.value if case.root_cause else "",
            "quote": case.client_quote or "",
            "note": case.outcome_note or "",
        }
        if not caller.may(Right.SEE_NOTES):
            given |= {"quote": "", "note": ""}
        return render_template("desk/outcome.html", given=given, problem="", **about(session, caller, case))


@page.post("")
def record(case_id: int) -> ResponseReturnValue:
    """Save it. `step=look`, from the client's page, only carries what was tapped there into the form."""
    caller = desk()
    given = request.form.to_dict()
    with begin() as session:
        case = case_of(session, caller, case_id)
        if given.get("step") == "look":
            return render_template("desk/outcome.html", given=given, problem="", **about(session, caller, case))
        try:
            promised, care = _promised(given), planned(given)
            record_outcome(
                session,
                shop_id=caller.shop_id,
                case_id=case_id,
                advisor_id=caller.advisor_id,
                outcome=given.get("outcome", ""),
                root_cause=given.get("root_cause", ""),
                quote=_written(caller, given.get("quote", ""), case.client_quote),
                note=_written(caller, given.get("note", ""), case.outcome_note),
                now=now(),
            )
            if care is not None:
                choose_plan(session, case, advisor_id=caller.advisor_id, now=now(), **care)
        except Conflict:
            raise
        except AppError as problem:
            page_again = render_template(
                "desk/outcome.html", given=given, problem=problem.message, **about(session, caller, case)
            )
            return page_again, 422
        if promised is not None:
            what, due_on = promised
            add_promise(
                session,
                shop_id=caller.shop_id,
                case_id=case_id,
                what=what,
                due_on=due_on,
                advisor_id=caller.advisor_id,
                now=now(),
            )
    return redirect(f"/desk/cases/{case_id}", 303)


def _written(caller: DeskCaller, words: str, before: str | None) -> str:
    """What they wrote; who may not read what was there before does not take it away by leaving it empty."""
    words = words.strip()[:2000]
    return words if words or caller.may(Right.SEE_NOTES) else before or ""


def _promised(given: dict[str, Any]) -> tuple[str, date] | None:
    """What and by when; None where nothing was promised. Raises AppError for half a promise."""
    what, due = given.get("what", "").strip(), given.get("due_on", "")
    if given.get("promise") == "none" or (given.get("promise") != "one" and not what):
        return None
    try:
        if what:
            return what, date.fromisoformat(due)
    except ValueError:
        pass
    raise AppError("A promise is a thing and a day. Please give both, or choose none.")
