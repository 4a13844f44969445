"""Practice: a scene of one's own, played in writing, scored when over; a manager assigns, and sees only "done"."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import advisors
from consults.models import Advisor
from consults.practice.runs import (
    assigned,
    begin_run,
    end_run,
    own_run,
    run_of_case,
    runs_of,
    say,
    scene_of,
    score_of,
    talk_of,
)
from consults.practice.scenes import MINUTES, scenes
from consults.practice.scoring import STEPS
from consults.rights import Reach, Right
from kit.errors import NotFound
from shopify_app.asked import row_id
from shopify_app.auth import DeskCaller, desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.reaching import practice_persona
from shopify_app.web import begin, now

page = Blueprint("practice", __name__, url_prefix="/practice")


@page.get("")
def index() -> ResponseReturnValue:
    """What waits, what was played, and every scene there is."""
    caller = desk()
    with begin() as session:
        people = {person.id: person for person in _people(session, caller)}
        mine = runs_of(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id)
        given = assigned(session, shop_id=caller.shop_id, by=caller.advisor_id) if caller.is_manager else []
        return render_template(
            "desk/practice.html",
            caller=caller,
            scenes=scenes(),
            minutes=MINUTES,
            waiting=[run for run in mine if run.done_at is None],
            played=[run for run in mine if run.done_at is not None],
            people=people,
            given=[(people[i].name, scenes()[key].title, done) for i, key, done in given if i in people],
        )


@page.post("")
def start() -> ResponseReturnValue:
    """A scene by its type, or from a past return."""
    caller, form = desk(), request.form
    case_id = row_id(form.get("case", ""))
    with begin() as session:
        if case_id is None:
            about: dict[str, Any] = {"shop_id": caller.shop_id, "advisor_id": caller.advisor_id, "now": now()}
            run = begin_run(session, scene=form.get("scene", ""), **about)
        else:
            case = case_of(session, caller, case_id)
            caller.allowed.must(Right.SEE_NOTES)
            names = [person.name for person in advisors(session, shop_id=caller.shop_id)]
            run = run_of_case(session, case, names=names, advisor_id=caller.advisor_id, now=now())
    return redirect(f"/desk/practice/{run.id}", 303)


@page.post("/assign")
def assign() -> ResponseReturnValue:
    """A manager gives a scene to one of theirs."""
    caller, form = desk(), request.form
    caller.allowed.must(Right.ASSIGN_PRACTICE)
    chosen = row_id(form.get("advisor_id", ""))
    with begin() as session:
        if chosen not in {person.id for person in _people(session, caller)}:
            raise NotFound("That advisor is not known here.")
        about: dict[str, Any] = {
            "shop_id": caller.shop_id,
            "advisor_id": chosen or 0,
            "assigned_by": caller.advisor_id,
            "now": now(),
        }
        begin_run(session, scene=form.get("scene", ""), **about)
    return redirect("/desk/practice", 303)


@page.get("/<int:run_id>")
def show(run_id: int) -> ResponseReturnValue:
    """The scene as far as it went; its score when it is over."""
    caller = desk()
    with begin() as session:
        run = own_run(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id, run_id=run_id)
        told = score_of(session, run) if run.done_at else None
        about = {"caller": caller, "run": run, "scene": scene_of(run), "minutes": MINUTES, "steps": STEPS}
        return render_template("desk/practice_run.html", talk=talk_of(run, practice_persona()), score=told, **about)


@page.post("/<int:run_id>")
def speak(run_id: int) -> ResponseReturnValue:
    """Say something, or end it."""
    caller, form = desk(), request.form
    with begin() as session:
        run = own_run(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id, run_id=run_id)
        if form.get("step") == "end":
            end_run(session, run, now=now())
        else:
            version = row_id(form.get("version", ""))
            said: dict[str, Any] = {"words": form.get("words", ""), "version": -1 if version is None else version}
            say(session, run, persona=practice_persona(), now=now(), **said)
    return redirect(f"/desk/practice/{run_id}#last", 303)


def _people(session: Session, caller: DeskCaller) -> list[Advisor]:
    """Whom a manager may assign to: everybody of theirs; nobody for an advisor."""
    if not caller.is_manager:
        return []
    found = advisors(session, shop_id=caller.shop_id, active=True)
    mine = caller.allowed.boutiques
    if caller.allowed.reach is Reach.SHOP or not mine:
        return list(found)
    return [person for person in found if not person.boutique_ids or person.boutique_ids & mine]
