"""/desk/returns/<id>/inspection: opening, pictures and the checklist, on a telephone."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor
from consults.rights import Right
from kit.errors import AppError, OutsideError
from kit.tokens import new_token
from logistics import pictures as shots
from logistics import rmas
from logistics.checklists import CATEGORIES, ITEMS
from logistics.custody import hands_of, needs_two, pass_on, record_opening
from logistics.custody_words import Grade, Verdict
from logistics.deductions import SHARES
from logistics.dispositions import find_inspection
from logistics.inspecting import Answered, checks_of, inspect_pieces, record_outbound, sheets_of
from logistics.models import Rma
from logistics.wear import DECISIONS, TOO_EARLY, decide_deduction, deduction_of, may_be_charged, may_stand
from shopify_app.auth import DeskCaller, desk_with
from shopify_app.sizes import most_bytes
from shopify_app.web import begin, now, pictures

page = Blueprint("pieces", __name__, url_prefix="/returns/<int:rma_id>")

VERDICTS = (
    (Verdict.AS_SOLD, "As sold"),
    (Verdict.WORN, "With wear"),
    (Verdict.MISSING, "Missing"),
    (Verdict.OTHER, "Not the same"),
    (Verdict.CANNOT_TELL, "Cannot tell"),
)
GRADES = (
    (Grade.NONE, "No charge"),
    (Grade.LIGHT, "Light marks"),
    (Grade.MARKED, "Plain marks"),
    (Grade.WORN, "Worn"),
)


@page.get("/inspection")
def look(rma_id: int) -> ResponseReturnValue:
    """The list, with what was written down at the sale beside each item."""
    caller = desk_with(Right.PARCELS)
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        return _show(session, caller, rma)


@page.post("/inspection")
def keep(rma_id: int) -> ResponseReturnValue:
    """Every answer, and what they come to."""
    caller, form = desk_with(Right.PARCELS), request.form
    try:
        with begin() as session:
            rma = rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
            inspect_pieces(
                session,
                shop_id=caller.shop_id,
                rma_id=rma_id,
                answers=_answers(session, rma),
                note=form.get("note", "").strip()[:4000],
                restock="restock" in form,
                grade=Grade(form.get("grade") or Grade.NONE) if form.get("grade") in {*Grade, ""} else Grade.NONE,
                wear_words=form.get("wear_words", ""),
                by=caller.name,
                now=now(),
            )
    except AppError as no:
        return _again(caller, rma_id, no)
    return redirect(f"/desk/returns/{rma_id}/inspection", 303)


@page.post("/opening")
def open_box(rma_id: int) -> ResponseReturnValue:
    """The seal, and who stood by."""
    caller, form = desk_with(Right.PARCELS), request.form
    intact = {"yes": True, "no": False}.get(form.get("seal_intact", ""))
    try:
        with begin() as session:
            record_opening(
                session,
                shop_id=caller.shop_id,
                rma_id=rma_id,
                person=caller.name,
                second_person=form.get("second", "")[:120],
                seal_number=form.get("seal_number", "")[:60],
                seal_intact=intact,
                now=now(),
            )
    except AppError as no:
        return _again(caller, rma_id, no)
    return redirect(f"/desk/returns/{rma_id}/inspection", 303)


@page.post("/hands")
def hand_on(rma_id: int) -> ResponseReturnValue:
    """Who of the house has it now, or under which seal it lies."""
    caller, form = desk_with(Right.PARCELS), request.form
    try:
        with begin() as session:
            pass_on(
                session,
                shop_id=caller.shop_id,
                rma_id=rma_id,
                to=form.get("to", ""),
                seal_number=form.get("seal_number", ""),
                by=caller.name,
                key=form.get("once") or new_token(),
                now=now(),
            )
    except AppError as no:
        return _again(caller, rma_id, no)
    return redirect(f"/desk/returns/{rma_id}/inspection#hands", 303)


@page.post("/sale")
def write_down(rma_id: int) -> ResponseReturnValue:
    """What the house knows of the piece from the sale."""
    caller, form = desk_with(Right.PARCELS), request.form
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        line = next((line for line in rmas.lines_of(session, rma) if str(line.id) == form.get("line_id")), None)
        if line is None or not line.line_gid:
            raise AppError("Load this page again; the piece is not known any more.")
        facts = {item: form.get(item, "") for item in ITEMS}
        record_outbound(
            session,
            shop_id=caller.shop_id,
            line_gid=line.line_gid,
            category=form.get("category", ""),
            facts=facts,
            by=caller.name,
            now=now(),
        )
    return redirect(f"/desk/returns/{rma_id}/inspection", 303)


@page.post("/pictures")
def add_picture(rma_id: int) -> ResponseReturnValue:
    """One picture: written down, put in its place, then it counts."""
    request.max_content_length = most_bytes(request.path)
    caller = desk_with(Right.PARCELS)
    sent = request.files.get("picture")
    content = sent.read() if sent is not None else b""
    about: dict[str, Any] = {"shop_id": caller.shop_id, "rma_id": rma_id}
    try:
        with begin() as session:
            row = shots.plan_picture(
                session,
                content=content,
                taken_by=caller.name,
                for_client="for_client" in request.form,
                now=now(),
                **about,
            )
            picture_id, key, media_type = row.id or 0, row.key, row.media_type
        pictures().put(key, content, media_type)
        with begin() as session:
            shots.record_stored(session, picture_id=picture_id, now=now(), **about)
    except AppError as no:
        return _again(caller, rma_id, no)
    except OutsideError:
        words = "The picture could not be kept just now. Please send it again in a moment."
        return _again(caller, rma_id, AppError(words, status=503))
    return redirect(f"/desk/returns/{rma_id}/inspection#pictures", 303)


@page.get("/pictures/<int:picture_id>")
def show_picture(rma_id: int, picture_id: int) -> ResponseReturnValue:
    """The picture itself, for somebody who is signed in."""
    caller = desk_with(Right.PARCELS)
    with begin() as session:
        picture = shots.get_picture(session, shop_id=caller.shop_id, rma_id=rma_id, picture_id=picture_id)
    return picture_answer(pictures().get(picture.key), picture.media_type)


@page.post("/wear")
def decide(rma_id: int) -> ResponseReturnValue:
    """After a dispute or a long silence the charge stands; at any time it is waived."""
    caller = desk_with(Right.PARCELS)
    answer = DECISIONS.get(request.form.get("answer", ""))
    with begin() as session:
        rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        if answer is None:
            raise AppError(TOO_EARLY)
        decide_deduction(session, shop_id=caller.shop_id, rma_id=rma_id, answer=answer, by=caller.name, now=now())
    return redirect(f"/desk/returns/{rma_id}/inspection", 303)


def picture_answer(content: bytes, media_type: str) -> Response:
    """Shown as what it is and nothing else, kept by no cache."""
    answer = Response(content, mimetype=media_type)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = "inline"
    return answer


def _answers(session: Session, rma: Rma) -> list[Answered]:
    known = {str(verdict) for verdict in Verdict}
    found = []
    for sheet in sheets_of(session, rma):
        for item in sheet.items:
            given = request.form.get(f"{sheet.line.id}-{item}", "")
            if given in known:
                words = request.form.get(f"{sheet.line.id}-{item}-found", "")
                found.append(Answered(sheet.line.id or 0, item, words, Verdict(given)))
    return found


def _again(caller: DeskCaller, rma_id: int, no: AppError) -> ResponseReturnValue:
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        return _show(session, caller, rma, problem=no.message), no.status


def _show(session: Session, caller: DeskCaller, rma: Rma, problem: str = "") -> str:
    assert rma.id is not None
    deduction = deduction_of(session, rma)
    return render_template(
        "desk/inspection.html",
        caller=caller,
        rma=rma,
        sheets=sheets_of(session, rma),
        checks=checks_of(session, rma),
        inspection=find_inspection(session, rma),
        hands=hands_of(session, rma),
        zone=get_advisor(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id).zone,
        pictures=shots.pictures_of(session, shop_id=rma.shop_id, rma_id=rma.id),
        deduction=deduction,
        may_stand=deduction is not None and may_stand(session, deduction, now()),
        two=needs_two(session, rma),
        once=new_token(),
        charges=may_be_charged(session, rma),
        problem=problem,
        items=ITEMS,
        categories=CATEGORIES,
        verdicts=VERDICTS,
        grades=GRADES,
        shares=SHARES,
        given=request.form,
        most=rmas.policy_of(session, rma.shop_id).most_deducted_percent,
    )
