"""An advisor proposes three times, or says that a conversation cannot take place."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from consults.booking import cancel_consult, free_times, get_consult
from consults.history import by_advisor
from consults.kinds import Kind, Role
from consults.meetings import say_met, say_missed
from consults.models import Case
from consults.proposals import propose, to_move
from kit.clock import parse_instant
from kit.errors import AppError
from shopify_app.auth import DeskCaller, desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.pages.desk.cases import about
from shopify_app.pages.portal import days
from shopify_app.web import begin, now

page = Blueprint("proposing", __name__)
SHOWN = 24
MAY_MISS = {role.value: role for role in (Role.CLIENT, Role.ADVISOR)}


@page.get("/cases/<int:case_id>/times")
def show(case_id: int) -> ResponseReturnValue:
    """The advisor's next free times, three to choose."""
    caller = desk()
    with begin() as session:
        return _page(session, caller, case_of(session, caller, case_id))


@page.post("/cases/<int:case_id>/times")
def send(case_id: int) -> ResponseReturnValue:
    """The client is sent them, and takes one with one tap."""
    caller = desk()
    with begin() as session:
        case = case_of(session, caller, case_id)
        try:
            starts, kind = _asked_for(request.form)
            propose(
                session,
                shop_id=caller.shop_id,
                case_id=case_id,
                starts=starts,
                kind=kind,
                by=by_advisor(caller.advisor_id),
                now=now(),
            )
        except AppError as problem:
            if problem.status != 400:
                raise
            return _page(session, caller, case, problem.message), 422
    return redirect(f"/desk/cases/{case_id}", 303)


@page.post("/consults/<int:consult_id>/decline")
def decline(consult_id: int) -> ResponseReturnValue:
    """The advisor cannot be there: the time is given back, the client is told, and other times are next."""
    caller = desk()
    with begin() as session:
        consult = get_consult(session, shop_id=caller.shop_id, consult_id=consult_id)
        case_of(session, caller, consult.case_id)
        by = by_advisor(caller.advisor_id)
        cancel_consult(session, shop_id=caller.shop_id, consult_id=consult_id, by=by, now=now())
    return redirect(f"/desk/cases/{consult.case_id}/times", 303)


@page.post("/consults/<int:consult_id>/met")
def say_how_it_went(consult_id: int) -> ResponseReturnValue:
    """Whether it took place, where no room tells: `missing` is "client", "advisor", or "" for nobody."""
    caller, missing = desk(), request.form.get("missing", "")
    about: dict[str, Any] = {"shop_id": caller.shop_id, "consult_id": consult_id, "now": now()}
    with begin() as session:
        consult = get_consult(session, shop_id=caller.shop_id, consult_id=consult_id)
        case_of(session, caller, consult.case_id)
        about["by"] = by_advisor(caller.advisor_id)
        if missing == "":
            say_met(session, **about)
        elif missing in MAY_MISS:
            say_missed(session, missing=MAY_MISS[missing], **about)
        else:
            raise AppError("Say who was not there.")
    return redirect(f"/desk/cases/{consult.case_id}", 303)


def _asked_for(form: MultiDict[str, str]) -> tuple[list[datetime], Kind]:
    try:
        return [parse_instant(text) for text in form.getlist("at")[:10]], Kind(form.get("kind", ""))
    except ValueError:
        raise AppError("Please choose up to three of the times, and how you shall meet.") from None


def _page(session: Session, caller: DeskCaller, case: Case, problem: str = "") -> str:
    told, moving = about(session, caller, case), to_move(session, case)
    slots = free_times(
        session, shop_id=caller.shop_id, advisor_id=case.advisor_id, now=now(), days=30, instead_of=moving
    )
    offered = days.apart(slots)[:SHOWN]
    chosen = request.form.getlist("at")
    return render_template("desk/proposing.html", slots=offered, chosen=chosen, problem=problem, **told)
