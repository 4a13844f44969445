"""Writing to a client: what is better left unsaid is marked, and it goes with the second tap."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.aftercare.models import ContactStep
from consults.aftercare.plans import get_step
from consults.aftercare.steps import sentence_for
from consults.models import Case
from consults.own_phrases import look_through
from consults.unsaid.checking import Mark
from consults.writing import reader_by, readers, seal_of, write_to_client
from kit.errors import AppError
from kit.tokens import new_token
from shopify_app.asked import row_id
from shopify_app.auth import DeskCaller, desk
from shopify_app.pages.desk.advisors_cases import case_of, note_case_seen
from shopify_app.pages.desk.caring import case_to_care_for
from shopify_app.pages.wording import named
from shopify_app.web import addresses, begin, now

page = Blueprint("writing", __name__)
MOST_SIGNS = 4000


@page.get("/cases/<int:case_id>/write")
def write(case_id: int) -> ResponseReturnValue:
    """An empty sheet, with who will read it above."""
    caller = desk()
    with begin() as session:
        case, step = _about(session, caller, case_id)
        return _sheet(session, caller, case, words=sentence_for(step.kind, case.client_locale) if step else "")


@page.post("/cases/<int:case_id>/write")
def send(case_id: int) -> ResponseReturnValue:
    """The first tap looks; the second, on exactly what was looked at, sends."""
    caller, form = desk(), request.form
    words = form.get("words", "").replace("\r\n", "\n").strip()[:MOST_SIGNS]
    with begin() as session:
        case, step = _about(session, caller, case_id)
        try:
            reader = reader_by(case, form.get("channel", ""))
            if not words:
                raise AppError("Write a line first.")
        except AppError as no:
            return _sheet(session, caller, case, problem=no.message, words=words), no.status
        if form.get("seen") != seal_of(reader, words):
            return _sheet(session, caller, case, words=words, channel=reader.channel, looked=True)
        about: dict[str, Any] = {"channel": reader.channel, "once": form.get("once", ""), "now": now()}
        about |= {"addresses": addresses(), "step_id": step.id if step else None}
        write_to_client(session, case, words=words, advisor_id=caller.advisor_id, **about)
    return redirect("/desk#care" if step else f"/desk/cases/{case_id}#facts", 303)


@page.post("/phrases")
def look() -> ResponseReturnValue:
    """What is better left unsaid in these words, for the page as one types. Nothing is kept."""
    caller = desk()
    with begin() as session:
        found = look_through(session, shop_id=caller.shop_id, words=request.form.get("words", ""))
    return jsonify({"marks": [_shown(mark) for mark in found]})


def _about(session: Session, caller: DeskCaller, case_id: int) -> tuple[Case, ContactStep | None]:
    """The case, and the contact planned for afterwards that this is, if any."""
    number = row_id(request.values.get("step", ""))
    if number is None:
        return case_of(session, caller, case_id), None
    case = case_to_care_for(session, caller, case_id)
    return case, get_step(session, case, number)


def _shown(mark: Mark) -> dict[str, Any]:
    return {"start": mark.start, "end": mark.end, "words": mark.words, "better": mark.better}


def _sheet(
    session: Session,
    caller: DeskCaller,
    case: Case,
    *,
    words: str = "",
    channel: str = "",
    looked: bool = False,
    problem: str = "",
) -> str:
    note_case_seen(session, caller, case)
    ways = readers(case)
    chosen = next((reader for reader in ways if reader.channel == channel), None)
    return render_template(
        "desk/write.html",
        caller=caller,
        case=case,
        client=named(case),
        ways=ways,
        chosen=chosen,
        words=words,
        looked=looked,
        marks=look_through(session, shop_id=case.shop_id, words=words) if looked else [],
        seen=seal_of(chosen, words) if chosen and looked else "",
        once=request.form.get("once") or new_token(),
        problem=problem,
        step=request.values.get("step", ""),
    )
