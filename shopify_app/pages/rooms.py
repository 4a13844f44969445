"""The four questions a room's page asks, the same for both sides; who asks is known from the link or the session."""

from typing import Any

from flask import request
from sqlmodel import Session

from consults.rooms import rooms
from consults.rooms.ice import ice_servers
from kit.errors import AppError
from shopify_app.asked import MOST_ROW_ID
from shopify_app.web import now, settings

VERBS = "<any(join, signal, poll, leave):verb>"


def answer(session: Session, verb: str, *, shop_id: int, consult_id: int, participant_id: int) -> dict[str, Any]:
    """Join, signal, poll or leave as `participant_id`; the JSON of consults.rooms.rooms."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise AppError("A JSON object is expected.")
    at = now()
    if verb == "join":
        ice = ice_servers(settings().turn_urls, settings().turn_secret, participant_id, at)
        grant = rooms.join(
            session, shop_id=shop_id, consult_id=consult_id, participant_id=participant_id, ice=ice, now=at
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


def _whole(body: dict[str, Any], name: str) -> int:
    value = body.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_ROW_ID:
        raise AppError(f"{name} is a whole number.")
    return value
