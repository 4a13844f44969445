"""The built-in room: pages talk to one another directly, and find one another through rows asked for again and again.

Short polling on purpose: with long polling four people took every thread of the server (docs: consults reference 2.3).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.events import ConsultEnded
from consults.history import SYSTEM, change_state
from consults.kinds import Role
from consults.models import Case, Consult, Participant, Signal
from consults.rooms.showing import on_the_table
from consults.rooms.window import is_present
from consults.states import LIVE, ConsultState, InvalidMove
from jobs import publish
from kit.db import locked
from kit.errors import AppError, Conflict, NotFound

MAX_PEOPLE = 4
MAX_SIGNAL = 64 * 1024
SEEN_EVERY = timedelta(seconds=10)


class RoomFull(Conflict):
    """Four people are the most two home connections can carry for one another."""

    code = "room_full"


@dataclass(frozen=True)
class Person:
    """Somebody in the room."""

    id: int
    name: str
    role: str
    sitting: int


@dataclass(frozen=True)
class PollResult:
    """What is new. `people` leaves out oneself; `as_json` is described in rooms.py."""

    signals: tuple[tuple[int, int, str], ...]  # id, sender, body
    people: tuple[Person, ...]
    state: str
    again: bool
    replaced: bool
    showing: dict[str, Any] | None = None
    provider: str = ""
    recorded: bool = False
    as_of: str = ""

    def as_json(self) -> dict[str, Any]:
        """The answer of the endpoint."""
        return {
            "signals": [{"id": i, "from": sender, "body": body} for i, sender, body in self.signals],
            "people": [vars(person) for person in self.people],
            "state": self.state,
            "again": self.again,
            "replaced": self.replaced,
            "showing": self.showing,
            "provider": self.provider,
            "recorded": self.recorded,
            "as_of": self.as_of,
        }


def join(
    session: Session, *, consult: Consult, participant_id: int, most_people: int = MAX_PEOPLE, now: datetime
) -> tuple[Participant, int]:
    """Seat somebody; who they are, and the number of the last message before they came. Raises RoomFull, NotFound."""
    assert consult.id is not None
    _one_at_a_time(session, consult.id)
    me = _participant(session, consult.id, participant_id)
    if len(present(session, consult_id=consult.id, now=now, without=participant_id)) >= most_people:
        many = {4: "Four", 8: "Eight"}.get(most_people, str(most_people))
        raise RoomFull(f"{many} people are in the room, which is as many as it holds. One may join by telephone.")
    me.sitting, me.seen_at, me.left_at = me.sitting + 1, now, None
    session.add(me)
    session.flush()
    _begin_when_met(session, consult, now)
    last = session.exec(select(sa.func.max(Signal.id)).where(Signal.consult_id == consult.id)).first()
    return me, last or 0


def present(session: Session, *, consult_id: int, now: datetime, without: int | None = None) -> tuple[Person, ...]:
    """Who is in the room, oneself left out."""
    return _there(_everyone(session, consult_id), now, without)


def _everyone(session: Session, consult_id: int) -> list[Participant]:
    query = select(Participant).where(Participant.consult_id == consult_id).order_by(col(Participant.id))
    # Who was looked at before the conversation was held may have come or gone since.
    return list(session.exec(query.execution_options(populate_existing=True)))


def _there(everyone: list[Participant], now: datetime, without: int | None = None) -> tuple[Person, ...]:
    return tuple(
        Person(p.id, p.name, p.role.value, p.sitting)
        for p in everyone
        if p.id is not None and p.id != without and is_present(p.seen_at, p.left_at, now=now)
    )


def add_guest(session: Session, *, consult: Consult, name: str) -> Participant:
    """A guest's place, of at most two; that of somebody who does not come after all is free again.

    Raises RoomFull, AppError for an empty name.
    """
    name = " ".join(name.split())[:80]
    if not name:
        raise AppError("Please say who is coming along.")
    assert consult.id is not None
    _one_at_a_time(session, consult.id)
    coming = (col(Participant.consult_id) == consult.id, col(Participant.removed_at).is_(None))
    places = session.exec(select(sa.func.count()).where(*coming)).one()
    if places >= MAX_PEOPLE:
        raise RoomFull("Four people are as many as the room holds. One may join by telephone.")
    guest = Participant(shop_id=consult.shop_id, consult_id=consult.id, role=Role.GUEST, name=name)
    session.add(guest)
    session.flush()
    return guest


def post_signal(
    session: Session, *, consult_id: int, sender_id: int, recipient_id: int, body: str, now: datetime
) -> int:
    """Keep a message until its reader asks. Raises AppError, NotFound."""
    if len(body.encode("utf-8", "surrogatepass")) > MAX_SIGNAL:
        raise AppError("That message is too long.", status=413)
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        raise AppError("That message is not JSON.") from None
    # Numbers must become visible in order, or a reader who saw 6 would never ask for 5.
    _one_at_a_time(session, consult_id)
    sender = _participant(session, consult_id, sender_id)
    _participant(session, consult_id, recipient_id)
    row = Signal(
        shop_id=sender.shop_id,
        consult_id=consult_id,
        from_participant=sender_id,
        to_participant=recipient_id,
        body=body,
        at=now,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def poll(
    session: Session, *, consult_id: int, participant_id: int, after_id: int, sitting: int | None, now: datetime
) -> PollResult:
    """What is new for one person. A page that was replaced or overslept gets nothing but `again`."""
    everyone = _everyone(session, consult_id)
    me = next((person for person in everyone if person.id == participant_id), None)
    if me is None:
        raise NotFound("That conversation is not known here.")
    consult = _consult(session, consult_id)
    replaced = sitting is not None and me.sitting != sitting
    if replaced or not is_present(me.seen_at, me.left_at, now=now):
        return PollResult((), (), consult.state.value, again=True, replaced=replaced)
    if me.seen_at is None or now - me.seen_at >= SEEN_EVERY:
        me.seen_at = now
        session.add(me)
        session.flush()
    _begin_when_met(session, consult, now, everyone)
    query = select(Signal).where(
        Signal.consult_id == consult_id, Signal.to_participant == participant_id, col(Signal.id) > after_id
    )
    new = session.exec(query.order_by(col(Signal.id)).limit(100))
    signals = tuple((row.id or 0, row.from_participant, row.body) for row in new)
    people, showing = _there(everyone, now, participant_id), on_the_table(session, consult)
    if showing and me.role is Role.GUEST:
        showing["detail"] = ""  # often its price, which is told to nobody but the client
    about: dict[str, Any] = {"provider": consult.provider, "recorded": consult.recorded_since is not None}
    others = [(person.id, person.sitting) for person in people]
    as_of = mark(consult.state.value, showing["id"] if showing else None, others, **about)
    state = consult.state.value
    return PollResult(signals, people, state, again=False, replaced=False, showing=showing, as_of=as_of, **about)


def mark(state: str, showing: int | None, others: Iterable[tuple[int, int]], *, provider: str, recorded: bool) -> str:
    """What a page knows of the room, in a word: while it stays the same, only messages can be new."""
    there = ",".join(f"{who}.{sitting}" for who, sitting in others)
    return f"{state}/{provider}/{int(recorded)}/{showing or 0}/{there}"


def leave(session: Session, *, consult_id: int, participant_id: int, sitting: int | None, now: datetime) -> None:
    """Note that somebody went, and end the conversation when nobody is left in it."""
    _one_at_a_time(session, consult_id)
    me = _participant(session, consult_id, participant_id)
    if sitting is not None and me.sitting != sitting:
        return
    me.left_at = now
    session.add(me)
    session.flush()
    consult = _consult(session, consult_id)
    if consult.state is ConsultState.IN_SESSION and not present(session, consult_id=consult_id, now=now):
        end(session, consult, ConsultState.COMPLETED, now=now)


def end(session: Session, consult: Consult, to: ConsultState, *, now: datetime) -> None:
    """Close a conversation as held or as not taken place, and tell. Somebody quicker is left to it."""
    try:
        change_state(session, consult, to, now=now, actor=SYSTEM, over_at=now)
    except InvalidMove:
        return
    case = session.get(Case, consult.case_id)
    assert case is not None and consult.id is not None
    publish(session, ConsultEnded(consult.shop_id, consult.id, case.return_gid))


def note_seen(session: Session, *, consult: Consult, participant_id: int, at: datetime) -> None:
    """A provider says that somebody came. Late news changes nothing."""
    assert consult.id is not None
    _one_at_a_time(session, consult.id)
    person = _participant(session, consult.id, participant_id)
    latest = max((known for known in (person.seen_at, person.left_at) if known), default=at)
    if at < latest:
        return
    person.seen_at, person.left_at = at, None
    session.add(person)
    session.flush()
    _begin_when_met(session, consult, at)


def note_gone(session: Session, *, consult: Consult, participant_id: int, at: datetime) -> None:
    """A provider says that somebody went, which is old news when they were seen since."""
    assert consult.id is not None
    person = _participant(session, consult.id, participant_id)
    if person.left_at is None and (person.seen_at is None or person.seen_at <= at):
        leave(session, consult_id=consult.id, participant_id=participant_id, sitting=None, now=at)


def last_seen(session: Session, *, consult_id: int) -> datetime | None:
    """When anybody was last in the room."""
    return session.exec(select(sa.func.max(Participant.seen_at)).where(Participant.consult_id == consult_id)).first()


def purge_signals(session: Session, *, consult_id: int) -> None:
    """Forget what the pages told one another."""
    session.connection().execute(sa.delete(Signal).where(col(Signal.consult_id) == consult_id))


def _begin_when_met(
    session: Session, consult: Consult, now: datetime, everyone: list[Participant] | None = None
) -> None:
    """Booked becomes in session when an advisor and somebody of the client's side are there at once."""
    if consult.state not in (ConsultState.BOOKED, ConsultState.COMPLETED):
        return
    assert consult.id is not None
    roles = {person.role for person in _there(everyone or _everyone(session, consult.id), now)}
    if Role.ADVISOR.value not in roles or len(roles) < 2:
        return
    if consult.state is ConsultState.COMPLETED and _has_another(session, consult):
        return  # they meet again at that one's time; a case has one at a time
    try:
        began = consult.began_at or now
        change_state(session, consult, ConsultState.IN_SESSION, now=now, began_at=began, over_at=None)
    except InvalidMove:
        session.refresh(consult)  # the other one's page said so first


def _has_another(session: Session, consult: Consult) -> bool:
    live = select(Consult.id).where(Consult.case_id == consult.case_id, col(Consult.state).in_(LIVE))
    return session.exec(live).first() is not None


def _participant(session: Session, consult_id: int, participant_id: int) -> Participant:
    query = select(Participant).where(Participant.id == participant_id, Participant.consult_id == consult_id)
    found = session.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("That conversation is not known here.")
    return found


def _consult(session: Session, consult_id: int) -> Consult:
    query = select(Consult).where(Consult.id == consult_id).execution_options(populate_existing=True)
    return session.exec(query).one()


def _one_at_a_time(session: Session, consult_id: int) -> None:
    """Hold the conversation until the transaction ends: presence, places and the order of messages depend on it."""
    locked(session, select(Consult).where(Consult.id == consult_id)).first()
