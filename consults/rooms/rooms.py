"""The room of a conversation, as pages call it. The built-in provider keeps presence and passes messages on.

A page calls four endpoints below its own address; all are POST with a JSON object, because even asking who is there
notes that one was seen. Whoever calls is known from the link or the session, never from the body. Errors are
`{"error": {"code", "message"}}` with 4xx: room_closed 403, room_waiting 409 (ask again in a
moment), room_full 409, not_found 404.

    POST {base}/join    {}
      -> {"me": 7, "sitting": 3, "role": "client", "name": "Mrs Whitlock", "state": "booked", "max_people": 4,
          "after": 41, "provider": "embedded",
          "people": [{"id": 8, "name": "Inès Laurent", "role": "advisor", "sitting": 1}],
          and what the provider needs: "kind": "embedded", "ice_servers": [{"urls": [..],
          "username": "..", "credential": ".."}], "relay_only": false; or "kind": "twilio_video", "token", "room"}
         `people` leaves out oneself
    POST {base}/poll    {"after": 41, "sitting": 3, "as_of": "the last answer's"}
      -> {"signals": [{"id": 42, "from": 8, "body": "..."}], "people": [..], "state": "in_session", "again": false,
          "showing": {"id": 3, "title": "The lower Meridian", "detail": "€14,200", "image": ""} or null, "as_of": "..",
          "provider": "embedded", "recorded": false}
         `again`: this page was replaced by another of the same person, or unseen for 30 s: join anew (or stop)
         `replaced`: it was the former. `provider` other than at joining: the room was changed, load the page again
         or {"same": true} where nothing has changed since `as_of` (consults.rooms.glances, for who shows a pass)
    POST {base}/signal  as poll, and "send": [{"to": 8, "body": "<JSON text, at most 64 KB>"}]   -> as poll
         what a page says comes back with what it has not heard yet
    POST {base}/leave   {"sitting": 3}                                    -> {}

Whoever joins later makes the offer to those already there; the body of a signal is the two pages' own affair.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from consults.booking import get_consult
from consults.kinds import Role
from consults.models import Case, Consult, Participant
from consults.policy import policy_of
from consults.rooms import embedded
from consults.rooms.built_in import BuiltInRooms
from consults.rooms.embedded import Person, PollResult
from consults.rooms.provider import Seat, VideoProvider
from consults.rooms.window import in_window as _in_window
from consults.rooms.window import room_hours
from consults.states import ConsultState
from kit.errors import AppError, NotFound

OPEN_STATES = (ConsultState.BOOKED, ConsultState.IN_SESSION, ConsultState.COMPLETED)


class RoomClosed(AppError):
    """Too early, too late, or cancelled."""

    status = 403
    code = "room_closed"


class HostsFirst(AppError):
    """Who comes along waits until the client or the advisor is there."""

    status = 409
    code = "room_waiting"


@dataclass(frozen=True)
class Room:
    """A conversation's room. Times are UTC."""

    consult: Consult
    participants: tuple[Participant, ...]
    opens_at: datetime
    closes_at: datetime

    def seat(self, role: Role) -> Participant:
        """The client's or the advisor's own place. Raises NotFound."""
        for person in self.participants:
            if person.role is role:
                return person
        raise NotFound("That conversation is not known here.")


@dataclass(frozen=True)
class JoinGrant:
    """What a page needs to be in the room; `as_json` is the answer of the endpoint."""

    me: int
    sitting: int
    role: str
    name: str
    state: str
    after: int
    people: tuple[Person, ...]
    max_people: int
    provider: str
    carriage: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """As described at the top of this file."""
        told = {name: value for name, value in vars(self).items() if name != "carriage"}
        return {**told, "people": [vars(person) for person in self.people], **self.carriage}


def room_for(session: Session, *, shop_id: int, consult_id: int) -> Room:
    """The room of that conversation, open or not. Raises NotFound."""
    consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
    policy = policy_of(session, shop_id=shop_id)
    people = session.exec(select(Participant).where(Participant.consult_id == consult_id).order_by(col(Participant.id)))
    opens_at, closes_at = room_hours(
        consult.starts_at,
        consult.ends_at,
        before_minutes=policy.join_before_minutes,
        after_minutes=policy.join_after_minutes,
    )
    return Room(consult, tuple(people), opens_at, closes_at)


def in_window(room: Room, *, now: datetime) -> bool:
    """Whether one may go in now."""
    if room.consult.state not in OPEN_STATES:
        return False
    return _in_window(room.opens_at, room.closes_at, now=now, before_minutes=0, after_minutes=0)


def join(
    session: Session,
    *,
    shop_id: int,
    consult_id: int,
    participant_id: int,
    provider: VideoProvider | None = None,
    relays: Sequence[dict[str, Any]] = (),
    now: datetime,
) -> JoinGrant:
    """Let somebody in, again after a reload too. `relays` come from rooms.relays; `provider` carries the picture.

    Raises RoomClosed, HostsFirst, RoomFull when every seat is taken, NotFound for somebody of another conversation.
    """
    provider = provider or BuiltInRooms()
    room = room_for(session, shop_id=shop_id, consult_id=consult_id)
    if not in_window(room, now=now):
        raise RoomClosed("The room is not open now.")
    _hosts_first(session, room, participant_id, now)
    most = provider.caps.most_people
    who: dict[str, Any] = {"consult": room.consult, "participant_id": participant_id, "now": now}
    me, after = embedded.join(session, most_people=most, **who)
    assert me.id is not None
    return JoinGrant(
        me=me.id,
        sitting=me.sitting,
        role=me.role.value,
        name=me.name,
        state=room.consult.state.value,
        after=after,
        people=embedded.present(session, consult_id=consult_id, now=now, without=me.id),
        max_people=most,
        provider=room.consult.provider,
        carriage=provider.carriage(Seat(consult_id, me.id, list(relays)), now=now),
    )


def _hosts_first(session: Session, room: Room, participant_id: int, now: datetime) -> None:
    if participant_id not in [person.id for person in room.participants if person.role is Role.GUEST]:
        return
    assert room.consult.id is not None
    there = embedded.present(session, consult_id=room.consult.id, now=now, without=participant_id)
    if all(person.role == Role.GUEST.value for person in there):
        raise HostsFirst("Nobody is here yet. You come in by yourself as soon as somebody is.")


def add_guest(session: Session, *, shop_id: int, consult_id: int, name: str, now: datetime) -> Participant:
    """A place for somebody who comes along. Raises RoomFull when every place is given."""
    consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
    return embedded.add_guest(session, consult=consult, name=name)


def send_signal(
    session: Session, *, consult_id: int, sender_id: int, recipient_id: int, body: str, now: datetime
) -> int:
    """Pass a message on, in the order sent; its id. Raises AppError when it is no JSON or over 64 KB, or NotFound."""
    return embedded.post_signal(
        session, consult_id=consult_id, sender_id=sender_id, recipient_id=recipient_id, body=body, now=now
    )


def poll(
    session: Session, *, consult_id: int, participant_id: int, after_id: int, sitting: int | None = None, now: datetime
) -> PollResult:
    """Messages newer than `after_id`, and who is there. Notes that one was seen, at most every five seconds."""
    return embedded.poll(
        session, consult_id=consult_id, participant_id=participant_id, after_id=after_id, sitting=sitting, now=now
    )


def leave(session: Session, *, consult_id: int, participant_id: int, sitting: int | None = None, now: datetime) -> None:
    """Go out. When the last one does, the conversation is over. A page that was replaced takes nobody out."""
    embedded.leave(session, consult_id=consult_id, participant_id=participant_id, sitting=sitting, now=now)


def has_place(session: Session, consult: Consult, participant_id: int) -> bool:
    """Whether that is somebody of this conversation."""
    mine = select(Participant.id).where(Participant.id == participant_id, Participant.consult_id == consult.id)
    return session.exec(mine).first() is not None


def advisor_place(session: Session, consult: Consult) -> int:
    """The advisor's own place. Raises NotFound."""
    mine = select(Participant.id).where(Participant.consult_id == consult.id, Participant.role == Role.ADVISOR)
    found = session.exec(mine).first()
    if found is None:
        raise NotFound("That conversation is not known here.")
    return found


def client_seat(session: Session, *, shop_id: int, case_id: int) -> tuple[Consult, Participant] | None:
    """Where the client of a case goes: the conversation booked, under way or just over, and their place in it."""
    query = (
        select(Consult, Participant)
        .join(Participant, col(Participant.consult_id) == col(Consult.id))
        .join(Case, col(Case.id) == col(Consult.case_id))
        .where(Case.id == case_id, Case.shop_id == shop_id, Participant.role == Role.CLIENT)
        .where(col(Consult.state).in_(OPEN_STATES))
        .order_by(col(Consult.id).desc())
    )
    return session.exec(query).first()
