"""After a return: contacts that are due, put off or taken, and what was learned of the client."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from consults.advisors import advisors, get_advisor
from consults.aftercare.learned import KEYS, SIZES, learn, notes_of
from consults.aftercare.plans import Task, heir, plan_of, put_off, steps_of, take_step, tasks_due
from consults.aftercare.steps import WORDS, StepKind
from consults.models import Case
from consults.rights import Right
from kit.errors import AppError, NotFound
from shopify_app.auth import DeskCaller, desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.web import begin, now

page = Blueprint("caring", __name__, url_prefix="/cases/<int:case_id>")


@page.post("/care/<int:step_id>")
def done(case_id: int, step_id: int) -> ResponseReturnValue:
    """They were rung; or it waits, with the reason."""
    caller, form = desk(), request.form
    about: dict[str, Any] = {"step_id": step_id, "advisor_id": caller.advisor_id, "now": now()}
    with begin() as session:
        case = case_to_care_for(session, caller, case_id)
        if form.get("how") == "later":
            put_off(session, case, why=form.get("why", ""), today=_today(session, caller), **about)
        else:
            take_step(session, case, how="rang" if form.get("how") == "rang" else "", **about)
    return redirect("/desk#care", 303)


@page.post("/learned")
def keep(case_id: int) -> ResponseReturnValue:
    """A size or a day they told us."""
    caller, form = desk(), request.form
    with begin() as session:
        case = case_of(session, caller, case_id)
        caller.allowed.must(Right.SEE_NOTES)
        about: dict[str, Any] = {"key": form.get("key", ""), "value": form.get(f"value_{_sort(form)}", "")}
        learn(session, case, advisor_id=caller.advisor_id, now=now(), **about)
    return redirect(f"/desk/cases/{case_id}#facts", 303)


def case_to_care_for(session: Session, caller: DeskCaller, case_id: int) -> Case:
    """As case_of, and also for who took over from the one the client knew."""
    try:
        return case_of(session, caller, case_id)
    except NotFound:
        people = {person.id: person for person in advisors(session, shop_id=caller.shop_id)}
        for task in tasks_due(session, shop_id=caller.shop_id, until=date.max, now=now()):
            mine = heir(people, task.case.advisor_id)
            if task.case.id == case_id and mine is not None and mine.id == caller.advisor_id:
                return task.case
        raise


def care_today(session: Session, caller: DeskCaller) -> dict[str, Any]:
    """What Today shows: a manager's are those of their people, as far as they reach."""
    until = _today(session, caller)
    found = tasks_due(session, shop_id=caller.shop_id, until=until, now=now())
    return {"care": [task for task in found if _is_theirs(session, caller, task)], "care_words": WORDS}


def care_of(session: Session, case: Case) -> dict[str, Any]:
    """What the client's page and the outcome show."""
    return {
        "care_plan": plan_of(session, case),
        "care_steps": steps_of(session, case),
        "care_words": WORDS,
        "step_kinds": list(StepKind),
        "learned": notes_of(session, shop_id=case.shop_id, client_gid=case.client_gid),
        "learned_words": KEYS,
        "sizes": SIZES,
    }


def planned(form: dict[str, Any] | MultiDict[str, str]) -> dict[str, Any] | None:
    """The plan a form holds: {} of none chosen is None. Raises AppError for a step without its day."""
    if form.get("care") == "none":
        return {"kinds": ()}
    kinds = [kind for kind in StepKind if f"care_{kind.value}" in form]
    if not kinds:
        return None
    days = {}
    for kind, name in ((StepKind.OCCASION, "occasion_on"), (StepKind.SERVICE, "service_on")):
        try:
            days[name] = date.fromisoformat(form.get(name, "")) if kind in kinds else None
        except ValueError:
            raise AppError("Name the day of the occasion, or of the service.") from None
    return {"kinds": kinds, **days}


def _is_theirs(session: Session, caller: DeskCaller, task: Task) -> bool:
    if task.person.id == caller.advisor_id:
        return True
    if not caller.is_manager or task.case.id is None:
        return False
    try:
        case_of(session, caller, task.case.id)
    except NotFound:
        return False
    return True


def _sort(form: MultiDict[str, str]) -> str:
    return "size" if form.get("key", "") in SIZES else "day"


def _today(session: Session, caller: DeskCaller) -> date:
    me = get_advisor(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id)
    return now().astimezone(ZoneInfo(me.zone)).date()
