"""The four questions a room's page asks, the same for both sides; who asks is known from the link or the session."""

from typing import Any

from flask import g, request
from sqlmodel import Session

from consults.models import Consult
from consults.policy import policy_of
from consults.rooms import rooms
from consults.rooms.provider import EMBEDDED, LINK, VideoProvider
from consults.rooms.relays import relays_for
from consults.rooms.twilio_video import SCRIPT
from kit.errors import AppError
from shopify_app.asked import MOST_ROW_ID
from shopify_app.web import now, settings
from shopify_app.web import rooms as providers

VERBS = "<any(join, signal, poll, leave):verb>"


def answer(session: Session, verb: str, *, consult: Consult, participant_id: int) -> dict[str, Any]:
    """Join, signal, poll or leave as `participant_id`; the JSON of consults.rooms.rooms."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise AppError("A JSON object is expected.")
    at, shop_id, consult_id = now(), consult.shop_id, consult.id
    assert consult_id is not None
    if verb == "join":
        config = settings()
        relays = relays_for(
            session,
            turn_urls=config.turn_urls,
            turn_secret=config.turn_secret,
            participant_id=participant_id,
            now=at,
        )
        grant = rooms.join(
            session,
            shop_id=shop_id,
            consult_id=consult_id,
            participant_id=participant_id,
            provider=provider_of(consult),
            relays=relays,
            now=at,
        )
        return grant.as_json()
    if verb == "signal":
        sent = rooms.send_signal(
            session,
            consult_id=consult_id,
            sender_id=participant_id,
            recipient_id=_whole(body, "to"),
            body=str(body.get("body", "")),
            now=at,
        )
        return {"id": sent}
    sitting = _whole(body, "sitting") if body.get("sitting") is not None else None
    if verb == "leave":
        rooms.leave(session, consult_id=consult_id, participant_id=participant_id, sitting=sitting, now=at)
        return {}
    return rooms.poll(
        session,
        consult_id=consult_id,
        participant_id=participant_id,
        after_id=_whole(body, "after"),
        sitting=sitting,
        now=at,
    ).as_json()


def provider_of(consult: Consult) -> VideoProvider:
    """Who carries it, as fixed when it was booked; the built-in room where that is not set up any more."""
    provider = providers().get(consult.provider)
    return providers()[EMBEDDED] if provider is None or provider.missing() else provider


def stage_of(session: Session, room: rooms.Room) -> dict[str, Any]:
    """What both sides' pages need to show the room: by whom, which scripts, and the house's own address if it is that.

    The address is told only while the room is open.
    """
    name = provider_of(room.consult).name
    g.room_provider = name
    link = policy_of(session, shop_id=room.consult.shop_id).room_link if name == LINK else ""
    return {
        "provider": name,
        "room_link": link if rooms.in_window(room, now=now()) else "",
        "room_script": f"/static/vendor/{SCRIPT}",
    }


def _whole(body: dict[str, Any], name: str) -> int:
    value = body.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_ROW_ID:
        raise AppError(f"{name} is a whole number.")
    return value
