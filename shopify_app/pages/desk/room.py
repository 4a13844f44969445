"""The room, from the advisor's side: the brief stands beside the picture, never over it."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.booking import get_consult
from consults.models import Case
from consults.rooms.rooms import Room, advisor_place, in_window, room_for
from consults.rooms.showing import on_the_table, put_away, show_held, show_piece
from consults.rooms.switching import switch_room
from consults.states import ConsultState
from consults.zones import show_times
from kit.errors import AppError
from shopify_app.asked import row_id
from shopify_app.auth import DeskCaller, desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.pages.desk.cases import about
from shopify_app.pages.rooms import VERBS, answer, hear_recording, other_rooms, stage_of
from shopify_app.web import begin, now

SWITCHED = (ConsultState.BOOKED, ConsultState.IN_SESSION)
THEIRS = "theirs"
"""The piece that comes back, in a form."""
page = Blueprint("room", __name__, url_prefix="/consults/<int:consult_id>/room")


@page.before_request
def take_csrf_from_body() -> None:
    """Leaving is told by a beacon, which can carry no header: the room's script puts the token into the body."""
    body = request.get_json(silent=True) if request.is_json else None
    if isinstance(body, dict) and "X-Csrf" not in request.headers:
        request.environ["HTTP_X_CSRF"] = str(body.get("csrf", ""))


@page.get("")
def show(consult_id: int) -> ResponseReturnValue:
    """Opens in a tab of its own."""
    caller = desk()
    with begin() as session:
        room, case = _room(session, caller, consult_id)
        zone = room.consult.advisor_zone
        return render_template(
            "desk/room.html",
            **about(session, caller, case),
            room=room.consult,
            is_open=in_window(room, now=now()),
            is_over=now() > room.closes_at,
            when=show_times(room.consult.starts_at, zone),
            opens=show_times(room.opens_at, zone),
            showing=on_the_table(session, room.consult),
            other_rooms=other_rooms(session, room.consult) if room.consult.state in SWITCHED else [],
            **stage_of(session, room, advisor_place(session, room.consult)),
        )


@page.post(f"/{VERBS}")
def ask(consult_id: int, verb: str) -> ResponseReturnValue:
    """What room.js asks. Whoever holds the case sits in the advisor's place."""
    caller = desk()
    with begin() as session:
        consult = get_consult(session, shop_id=caller.shop_id, consult_id=consult_id)
        case_of(session, caller, consult.case_id)
        told = answer(session, verb, consult=consult, participant_id=advisor_place(session, consult))
    return jsonify(told)


@page.post("/show")
def show_to_client(consult_id: int) -> ResponseReturnValue:
    """Hold a piece out to the client, in the place of the one before: one that is put aside, or theirs; or none."""
    caller, chosen = desk(), request.form.get("piece", "")
    about: dict[str, Any] = {"advisor_id": caller.advisor_id, "now": now()}
    with begin() as session:
        room, case = _room(session, caller, consult_id)
        if request.form.get("step") == "away":
            put_away(session, room.consult, now=now())
        elif chosen == THEIRS:
            image = case.piece_image if case.piece_image.startswith("https://") else ""
            title = case.piece_title or "Your piece"
            show_piece(session, room.consult, title=title[:120], detail=case.piece_detail[:200], image=image, **about)
        else:
            show_held(session, room.consult, case, hold_id=row_id(chosen) or 0, **about)
    return redirect(f"/desk/consults/{consult_id}/room", 303)


@page.post("/recording")
def agree(consult_id: int) -> ResponseReturnValue:
    """Agree to be recorded, or take it back."""
    caller = desk()
    with begin() as session:
        room, _ = _room(session, caller, consult_id)
        hear_recording(session, room.consult, advisor_place(session, room.consult))
    return redirect(f"/desk/consults/{consult_id}/room", 303)


@page.post("/switch")
def switch(consult_id: int) -> ResponseReturnValue:
    """Trouble with this room: another one, for everybody."""
    caller = desk()
    with begin() as session:
        room, _ = _room(session, caller, consult_id)
        provider = request.form.get("provider", "")
        if provider not in dict(other_rooms(session, room.consult)):
            raise AppError("Choose one of the rooms.")
        about = {"shop_id": caller.shop_id, "consult_id": consult_id, "advisor_id": caller.advisor_id}
        switch_room(session, provider=provider, now=now(), **about)
    return redirect(f"/desk/consults/{consult_id}/room", 303)


def _room(session: Session, caller: DeskCaller, consult_id: int) -> tuple[Room, Case]:
    consult = get_consult(session, shop_id=caller.shop_id, consult_id=consult_id)
    case = case_of(session, caller, consult.case_id)
    return room_for(session, shop_id=caller.shop_id, consult_id=consult_id), case
