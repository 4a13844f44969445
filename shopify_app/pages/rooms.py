"""The four questions a room's page asks, the same for both sides; who asks is known from the link or the session."""

from typing import Any

from flask import g, request
from sqlmodel import Session

from consults.advisors import get_advisor
from consults.models import Consult
from consults.policy import policy_of
from consults.rooms import consents, rooms
from consults.rooms.passes import Pass, write_pass
from consults.rooms.provider import EMBEDDED, LINK, TWILIO_VIDEO, Recorder, VideoProvider
from consults.rooms.relays import relays_for
from consults.rooms.twilio_video import SCRIPT
from kit.errors import AppError
from shopify_app.asked import MOST_ROW_ID
from shopify_app.web import now, settings
from shopify_app.web import rooms as providers

MOST_MESSAGES = 40
ROOM_WORDS = {EMBEDDED: "The built-in room", TWILIO_VIDEO: "Twilio Video", LINK: "The house's own room"}
VERBS = "<any(join, signal, poll, leave):verb>"


def answer(session: Session, verb: str, *, consult: Consult, participant_id: int) -> dict[str, Any]:
    """Join, signal, poll or leave as `participant_id`; the JSON of consults.rooms.rooms."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise AppError("A JSON object is expected.")
    if verb == "join":
        return _join(session, consult, participant_id)
    assert consult.id is not None
    about: dict[str, Any] = {"consult_id": consult.id, "now": now()}
    sitting = _whole(body, "sitting") if body.get("sitting") is not None else None
    if verb == "leave":
        rooms.leave(session, participant_id=participant_id, sitting=sitting, **about)
        return {}
    after_id = _whole(body, "after")
    for recipient_id, text in _said(body) if verb == "signal" else ():
        rooms.send_signal(session, sender_id=participant_id, recipient_id=recipient_id, body=text, **about)
    told = rooms.poll(session, participant_id=participant_id, after_id=after_id, sitting=sitting, **about)
    if told.again:
        return told.as_json()
    return {**told.as_json(), "pass": _pass(consult.id, participant_id, sitting or 0)}


def _join(session: Session, consult: Consult, participant_id: int) -> dict[str, Any]:
    config, at, who = settings(), now(), participant_id
    assert consult.id is not None
    relays = relays_for(session, turn_urls=config.turn_urls, turn_secret=config.turn_secret, participant_id=who, now=at)
    about: dict[str, Any] = {"shop_id": consult.shop_id, "consult_id": consult.id, "participant_id": who, "now": at}
    grant = rooms.join(session, provider=provider_of(consult), relays=relays, **about)
    return {**grant.as_json(), "pass": _pass(consult.id, who, grant.sitting)}


def _pass(consult_id: int, participant_id: int, sitting: int) -> str:
    return write_pass(settings().secret_key, Pass(consult_id, participant_id, sitting), now=now())


def _said(body: dict[str, Any]) -> list[tuple[int, str]]:
    """Recipient and text of each message."""
    messages = body.get("send")
    if not isinstance(messages, list) or len(messages) > MOST_MESSAGES:
        raise AppError("A list of messages is expected.")
    if not all(isinstance(message, dict) for message in messages):
        raise AppError("A message names who it is for.")
    return [(_whole(message, "to"), str(message.get("body", ""))) for message in messages]


def provider_of(consult: Consult) -> VideoProvider:
    """Who carries it, as fixed when it was booked; the built-in room where that is not set up any more."""
    provider = providers().get(consult.provider)
    return providers()[EMBEDDED] if provider is None or provider.missing() else provider


def stage_of(session: Session, room: rooms.Room, participant_id: int) -> dict[str, Any]:
    """What both sides' pages need to show the room: by whom, which scripts, the house's own address if it is that, and
    whether a recording may be agreed to. The address is told only while the room is open.
    """
    provider = provider_of(room.consult)
    g.room_provider = provider.name
    link = room_address(session, room.consult) if provider.name == LINK else ""
    asks = isinstance(provider, Recorder) and policy_of(session, shop_id=room.consult.shop_id).may_record
    said = consents.voices(session, room.consult) if asks else []
    return {
        "provider": provider.name,
        "room_link": link if rooms.in_window(room, now=now()) else "",
        "room_script": f"/static/vendor/{SCRIPT}",
        "voices": said,
        "agrees": any(voice.agrees for voice in said if voice.participant_id == participant_id),
        "recording_words": consents.WORDS,
        "recorded": room.consult.recorded_since is not None,
    }


def room_address(session: Session, consult: Consult) -> str:
    """The advisor's own room where they have one, or the house's; "" where there is neither."""
    advisor = get_advisor(session, shop_id=consult.shop_id, advisor_id=consult.advisor_id)
    return advisor.room_link or policy_of(session, shop_id=consult.shop_id).room_link


def hear_recording(session: Session, consult: Consult, participant_id: int, *, words: str = consents.WORDS) -> None:
    """One person agrees to be recorded, or takes it back, by the form of shared/_recording.html. `words`: as read."""
    if request.form.get("step") == "agree":
        consents.give(session, consult, participant_id=participant_id, words=words, now=now())
    else:
        consents.take_back(session, consult, participant_id=participant_id, now=now())


def other_rooms(session: Session, consult: Consult) -> list[tuple[str, str]]:
    """Name and words of each room the conversation could be moved to now."""
    ready = {name for name, provider in providers().items() if not provider.missing() and name != consult.provider}
    if not room_address(session, consult):
        ready.discard(LINK)
    return [(name, words) for name, words in ROOM_WORDS.items() if name in ready]


def _whole(body: dict[str, Any], name: str) -> int:
    value = body.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_ROW_ID:
        raise AppError(f"{name} is a whole number.")
    return value
