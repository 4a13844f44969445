"""A gesture for the client, a silent question beyond one's budget, its answer, and what was an exception."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import advisors
from consults.cases import get_case
from consults.gestures.gestures import answer, exceptions, gestures_of, give, left_of_budget
from consults.models import Case
from consults.rights import Right
from kit.amounts import read_amount
from kit.errors import AppError
from kit.tokens import new_token
from logistics.rmas import get_rma
from logistics.settlements import open_settlements
from shopify_app.auth import DeskCaller, desk, desk_with
from shopify_app.pages.desk.advisors_cases import case_of, note_case_seen
from shopify_app.web import begin, now
from shops.shops import get_shop

page = Blueprint("giving", __name__)


@page.post("/cases/<int:case_id>/gestures")
def offer(case_id: int) -> ResponseReturnValue:
    """Within the budget it is given; beyond it somebody is asked, and the client sees nothing."""
    caller, form = desk(), request.form
    with begin() as session:
        case = case_of(session, caller, case_id)
        currency = get_shop(session, caller.shop_id).currency
        about: dict[str, Any] = {"what": form.get("what", ""), "why": form.get("why", ""), "now": now()}
        about |= {"advisor_id": caller.advisor_id, "once": form.get("once", "")}
        give(session, case, cents=_cents(form.get("cost", ""), currency), **about)
    return redirect(f"/desk/cases/{case_id}#gestures", 303)


@page.post("/cases/<int:case_id>/gestures/<int:gesture_id>")
def reply(case_id: int, gesture_id: int) -> ResponseReturnValue:
    """Yes, or not now: by somebody with that right, on the same page."""
    caller, form = desk_with(Right.ANSWER_ASKS), request.form
    said = {"yes": True, "no": False}.get(form.get("allow", ""))
    with begin() as session:
        case = case_of(session, caller, case_id)
        if said is None:
            raise AppError("Say yes, or not now.")
        about: dict[str, Any] = {"words": form.get("words", ""), "advisor_id": caller.advisor_id, "now": now()}
        answer(session, case, gesture_id=gesture_id, allow=said, **about)
    return redirect(f"/desk/cases/{case_id}#gestures", 303)


@page.get("/exceptions")
def report() -> ResponseReturnValue:
    """Every exception there was, with its reason: what the next one will be measured by."""
    caller = desk_with(Right.ANSWER_ASKS)
    with begin() as session:
        rows = [(row, get_case(session, shop_id=row.shop_id, case_id=row.case_id)) for row in _seen(session, caller)]
        people = {person.id: person.name for person in advisors(session, shop_id=caller.shop_id)}
        for case in {case.id: case for _, case in rows}.values():
            note_case_seen(session, caller, case)
        return render_template("desk/exceptions.html", caller=caller, rows=rows, people=people)


@page.get("/money")
def money() -> ResponseReturnValue:
    """Amounts that wait, of all returns: numbers and sums, no client and no word of theirs."""
    caller = desk_with(Right.MONEY)
    with begin() as session:
        found = open_settlements(session, shop_id=caller.shop_id)
        rows = [(row, get_rma(session, shop_id=row.shop_id, rma_id=row.rma_id)) for row in found]
        return render_template("desk/money.html", caller=caller, rows=rows)


def giving(session: Session, caller: DeskCaller, case: Case) -> dict[str, Any]:
    """What _gestures.html needs."""
    return {
        "gestures": gestures_of(session, case),
        "budget": left_of_budget(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id, now=now()),
        "once": new_token(),
    }


def _seen(session: Session, caller: DeskCaller) -> list[Any]:
    """Those of cases within the caller's reach."""
    found = []
    for row in exceptions(session, shop_id=caller.shop_id):
        try:
            case_of(session, caller, row.case_id)
        except AppError:
            continue
        found.append(row)
    return found


def _cents(text: str, currency: str) -> int:
    try:
        cents = read_amount(text, currency).cents
    except ValueError as unclear:
        raise AppError(str(unclear)) from None
    if not 0 < cents < 10**11:
        raise AppError("Write the cost in figures, for example 120.")
    return cents
