"""Jobs of the rooms, under the names they have in JOBS: `consults.<function>`."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from consults.booking import get_consult
from consults.events import RecordingWished
from consults.history import add_consult_line
from consults.kinds import Kind, Role
from consults.models import Consult, Participant
from consults.policy import policy_of
from consults.reservations import case_of
from consults.room_letters import RoomLetters
from consults.rooms import consents, embedded, relays
from consults.rooms.provider import EMBEDDED, TWILIO_VIDEO, Recorder, Rooms
from consults.states import ConsultState
from consults.telling import EMAIL, SMS, tell
from jobs import publish
from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.errors import OutsideError
from kit.log import get_logger

log = get_logger("rooms")

AHEAD = timedelta(minutes=5)
"""How long before a room opens what it needs is fetched, and before its start somebody who waits is told of."""
EARLIEST = timedelta(hours=6)  # a house may open its rooms long before
BEHIND = timedelta(hours=2)


def open_rooms(begin: Begin, *, rooms: Rooms, relay: relays.Relay | None) -> None:
    """Every minute: make the rooms at their provider, and fetch relays, for what opens soon. What fails is tried again.

    A room that is not made yet keeps nobody out: the provider makes it for the first who comes.
    """
    now = clock.now()
    with begin() as session:
        due, over = _to_make(session, now), _to_close(session, now)
        wants_relay = relay is not None and _any_soon(session, now) and relays.is_wanted(session, now=now)
    for consult_id, room_ref in over:
        _close(begin, rooms, consult_id, room_ref)
    for consult_id in due:
        try:
            made = rooms[TWILIO_VIDEO].ensure_room(consult_id)
        except OutsideError as error:
            log.warning("room.not_made", consult=consult_id, reason=str(error))
            continue
        with begin() as session:
            consult = session.get_one(Consult, consult_id)
            consult.room_ref = made
            session.add(consult)
            publish(session, RecordingWished(consult.shop_id, consult_id, case_of(session, consult).return_gid))
    if relay is None or not wants_relay:
        return
    try:
        servers = relay.lend(relays.LIFETIME)
    except OutsideError as error:
        log.warning("relay.not_fetched", reason=str(error))
        return
    with begin() as session:
        relays.keep(session, servers, now=now)


def keep_recording(
    begin: Begin, *, rooms: Rooms, shop_id: int, consult_id: int, return_gid: str = "", participant_id: int = 0
) -> None:
    """On RecordingWished and GuestInvited, and when a room was made: recorded is while everybody agrees, and no longer.

    Without a room yet there is nothing to switch; it is asked again once there is one.
    """
    with begin() as session:
        consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
        is_live = consult.state in (ConsultState.BOOKED, ConsultState.IN_SESSION)
        on, room_ref = is_live and consents.may_record(session, consult), consult.room_ref
        was_on = consult.recorded_since is not None
        provider: object = rooms.get(consult.provider)
    if not isinstance(provider, Recorder) or not room_ref or not (on or was_on):
        return
    if on and not was_on:
        _note_recording(begin, shop_id, consult_id, on)  # said before it is so, and unsaid after it is not
    provider.record(room_ref, on=on)
    if not on:
        _note_recording(begin, shop_id, consult_id, on)


def _note_recording(begin: Begin, shop_id: int, consult_id: int, on: bool) -> None:
    now = clock.now()
    with begin() as session:
        consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
        consult.recorded_since = now if on else None
        session.add(consult)
        add_consult_line(session, consult, kind="recording_began" if on else "recording_ended", now=now)


def _close(begin: Begin, rooms: Rooms, consult_id: int, room_ref: str) -> None:
    try:
        rooms[TWILIO_VIDEO].end(room_ref)
    except OutsideError as error:
        if not error.permanent:  # else it is closed or gone already
            log.warning("room.not_closed", consult=consult_id, reason=str(error))
            return
    with begin() as session:
        consult = session.get_one(Consult, consult_id)
        consult.room_ref = ""
        session.add(consult)


def nudge_advisors(begin: Begin, *, addresses: Addresses) -> None:
    """Twice a minute: tell the advisor, once a conversation, that somebody waits in the room. Quiet hours don't hold:
    they agreed to this time."""
    now = clock.now()
    with begin() as session:
        due = [consult.id for consult in _waiting(session, now)]
    for consult_id in due:
        with begin() as session:
            consult = session.get_one(Consult, consult_id)
            letters = RoomLetters.of_consult(session, consult, addresses=addresses, now=now)
            channel, to = (
                (SMS, letters.advisor.phone) if letters.advisor.takes_texts else (EMAIL, letters.advisor.email)
            )
            key = f"case:{consult.case_id}:consult:{consult.id}:{consult.sequence}:waiting"
            about = {"message": "waiting_advisor", "channel": channel, "to": to, "key": key, "now": now}
            tell(session, letters.case, words=letters.waiting, **about)  # type: ignore[arg-type]


def note_room(begin: Begin, *, provider: str, consult_id: int, participant_id: int | None, kind: str, at: str) -> None:
    """On RoomTold: somebody came or went at the provider, or it closed the room. Old news change nothing."""
    when = datetime.fromisoformat(at)
    with begin() as session:
        consult = session.exec(select(Consult).where(Consult.id == consult_id, Consult.provider == provider)).first()
        if consult is None:
            log.info("room.not_ours", consult=consult_id)
            return
        if kind == "ended":
            if consult.state is ConsultState.IN_SESSION:
                embedded.end(session, consult, ConsultState.COMPLETED, now=when)
            return
        known = select(Participant.id).where(Participant.id == participant_id, Participant.consult_id == consult.id)
        if participant_id is None or session.exec(known).first() is None:
            return
        note = embedded.note_seen if kind == "joined" else embedded.note_gone
        note(session, consult=consult, participant_id=participant_id, at=when)


def _to_make(session: Session, now: datetime) -> list[int]:
    """Conversations with Twilio whose room opens soon or is open, and is not made yet."""
    query = select(Consult).where(
        Consult.provider == TWILIO_VIDEO, Consult.room_ref == "", *_soon(now), Consult.kind == Kind.VIDEO
    )
    return [consult.id for consult in session.exec(query) if consult.id and _opens(session, consult) <= now + AHEAD]


def _to_close(session: Session, now: datetime) -> list[tuple[int, str]]:
    """Conversations that are over, with the room that still stands at Twilio."""
    query = select(Consult).where(
        Consult.provider == TWILIO_VIDEO, Consult.room_ref != "", Consult.ends_at < now - BEHIND
    )
    return [(consult.id, consult.room_ref) for consult in session.exec(query) if consult.id]


def _any_soon(session: Session, now: datetime) -> bool:
    """Whether a built-in room opens soon or is open."""
    query = select(Consult).where(Consult.provider == EMBEDDED, *_soon(now), Consult.kind == Kind.VIDEO)
    return any(_opens(session, consult) <= now + AHEAD for consult in session.exec(query))


def _waiting(session: Session, now: datetime) -> list[Consult]:
    """Conversations in whose room somebody of the client's side is and the advisor is not, from shortly before on."""
    query = (
        select(Consult)
        .join(Participant, col(Participant.consult_id) == col(Consult.id))
        .where(Consult.state == ConsultState.BOOKED, Consult.starts_at <= now + AHEAD)
        .where(col(Participant.seen_at) > now - timedelta(minutes=1), col(Participant.left_at).is_(None))
        .distinct()
    )
    found = []
    for consult in session.exec(query):
        assert consult.id is not None
        roles = {person.role for person in embedded.present(session, consult_id=consult.id, now=now)}
        if roles and Role.ADVISOR.value not in roles:
            found.append(consult)
    return found


def _soon(now: datetime) -> tuple[Any, ...]:
    live = (ConsultState.BOOKED, ConsultState.IN_SESSION)
    return (
        col(Consult.state).in_(live),
        Consult.starts_at <= now + EARLIEST,
        Consult.ends_at >= now - BEHIND,
    )


def _opens(session: Session, consult: Consult) -> datetime:
    policy = policy_of(session, shop_id=consult.shop_id)
    return consult.starts_at - timedelta(minutes=policy.join_before_minutes)
