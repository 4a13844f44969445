"""The room, for the client and whoever comes along."""

from flask import Blueprint, jsonify, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor, get_boutique
from consults.lines import number_to_ring
from consults.models import Advisor, Consult
from consults.rooms import consents
from consults.rooms.rooms import client_seat, has_place, in_window, room_for
from consults.zones import show_times
from kit.errors import NotFound
from shopify_app.auth import client_link
from shopify_app.pages.portal.clients import with_case
from shopify_app.pages.portal.room_words import room_words
from shopify_app.pages.portal.tongue import _, said, tongue
from shopify_app.pages.rooms import VERBS, answer, hear_recording, stage_of
from shopify_app.web import begin, now
from shops.links import CONSULT
from shops.shops import get_shop

page = Blueprint("meeting", __name__, url_prefix="/consult/<token>/room")


@page.get("")
def show(token: str) -> ResponseReturnValue:
    """Before: camera and sound as others will see and hear them. During: the room itself, by room.js."""
    with begin() as session:
        caller = with_case(session, token)
        consult, place = _seat(session, caller.shop_id, caller.case_id, caller.guest_id)
        assert consult.id is not None
        room = room_for(session, shop_id=caller.shop_id, consult_id=consult.id)
        advisor = get_advisor(session, shop_id=caller.shop_id, advisor_id=consult.advisor_id)
        locale = tongue().locale
        return render_template(
            "portal/room.html",
            token=token,
            advisor=advisor,
            telephone=number_to_ring(session, advisor)
            or _boutique_phone(session, advisor)
            or get_shop(session, caller.shop_id).telephone,
            is_open=in_window(room, now=now()),
            is_over=now() > room.closes_at,
            when=show_times(consult.starts_at, consult.client_zone, locale),
            opens=show_times(room.opens_at, consult.client_zone, locale),
            is_client=caller.guest_id is None,
            **stage_of(session, room, place) | {"recording_words": said(consents.WORDS)},
            words=room_words(),
        )


@page.post(f"/{VERBS}")
def ask(token: str, verb: str) -> ResponseReturnValue:
    """What room.js asks."""
    with begin() as session:
        # Asked several times a second by every room: only what says who may, not the case and the house with it.
        opened = client_link(session, token, CONSULT)
        consult, participant_id = _seat(session, opened.shop_id, opened.subject_id, opened.person_id)
        told = answer(session, verb, consult=consult, participant_id=participant_id)
    return jsonify(told)


@page.post("/recording")
def agree(token: str) -> ResponseReturnValue:
    """Agree to be recorded, or take it back."""
    with begin() as session:
        caller = with_case(session, token)
        seat = _seat(session, caller.shop_id, caller.case_id, caller.guest_id)
        hear_recording(session, *seat, words=said(consents.WORDS))
    return redirect(f"/consult/{token}/room", 303)


def _boutique_phone(session: Session, advisor: Advisor) -> str:
    if advisor.boutique_id is None:
        return ""
    return get_boutique(session, shop_id=advisor.shop_id, boutique_id=advisor.boutique_id).telephone


def _seat(session: Session, shop_id: int, case_id: int, guest_id: int | None) -> tuple[Consult, int]:
    found = client_seat(session, shop_id=shop_id, case_id=case_id)
    if found is None or found[1].id is None:
        raise NotFound(_("There is no conversation reserved. You may choose a time."))
    consult, client = found
    if guest_id is None:
        assert client.id is not None
        return consult, client.id
    if not has_place(session, consult, guest_id):
        raise NotFound(_("That conversation is over."))
    return consult, guest_id
