"""Jobs around a conversation, under the names they have in JOBS: `consults.<function>`. All only write rows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults import proposals, reminders
from consults.advisors import manager_of
from consults.around_letters import AroundLetters
from consults.booking import get_consult
from consults.cases import get_case
from consults.clock_jobs import client_later
from consults.guests import get_guest, guests_of
from consults.history import touch_consult
from consults.kinds import Kind, Role
from consults.meetings import is_unseen
from consults.models import Advisor, Case, Consult, Participant
from consults.reservations import advisor_of, case_of
from consults.rooms.window import is_present
from consults.simple_returns import TALKED
from consults.states import CaseState, ConsultState
from consults.telling import EMAIL, SMS, TO_CLIENTS, Words, tell, tell_shortly
from consults.time_models import ProposedTime
from kit import clock
from kit.addresses import Addresses
from kit.clock import parse_instant
from kit.db import Begin
from notifications.messages import was_written
from shops.links import CONSULT, revoke_links

GRACE = timedelta(minutes=10)
"""Somebody who is in the room alone for this long is seen to."""
ASK_AFTER = timedelta(hours=1)
ASK_UNTIL = timedelta(days=60)
Who = Callable[[], Words]


def tell_guests(
    begin: Begin,
    *,
    addresses: Addresses,
    mailbox: str,
    shop_id: int,
    consult_id: int,
    return_gid: str,
    participant_id: int | None = None,
) -> None:
    """On GuestInvited to that one, on ConsultMoved to all who come along: the time and a link.

    On ConsultCancelled the entry goes from their calendars.
    """
    for guest_id in _guest_ids(begin, shop_id, consult_id) if participant_id is None else [participant_id]:
        with begin() as session:
            letters, consult = _letters(session, addresses, shop_id, consult_id)
            guest = get_guest(session, consult, guest_id)
            if guest.removed_at is not None:
                continue
            off = consult.state is ConsultState.CANCELLED
            message = "along_cancelled" if off else "along_invited"
            words = partial(letters.along_cancelled if off else letters.along_invited, consult, guest, mailbox)
            key = f"{_key(consult)}:with:{guest_id}:{consult.sequence}:{message}"
            _tell(letters, message, EMAIL, guest.email, key, words)


def tell_guest_removed(
    begin: Begin, *, addresses: Addresses, mailbox: str, shop_id: int, consult_id: int, return_gid: str,
    participant_id: int, sequence: int,
) -> None:  # fmt: skip
    """On GuestRemoved: the entry goes from their calendar, and then nothing of them is kept."""
    with begin() as session:
        letters, consult = _letters(session, addresses, shop_id, consult_id)
        mine = (Participant.shop_id == shop_id, Participant.consult_id == consult_id, Participant.id == participant_id)
        guest = session.exec(select(Participant).where(*mine)).first()
        if guest is None or guest.removed_at is None:
            return
        key = f"{_key(consult)}:with:{participant_id}:{sequence}:removed"
        _tell(
            letters,
            "along_cancelled",
            EMAIL,
            guest.email,
            key,
            partial(letters.along_cancelled, consult, guest, mailbox),
        )
        about = {"shop_id": shop_id, "purpose": CONSULT, "subject_id": consult.case_id, "person_id": participant_id}
        revoke_links(session, **about, now=letters.now)  # type: ignore[arg-type]
        session.delete(guest)


def plan_reminders(begin: Begin, *, shop_id: int, consult_id: int, return_gid: str, **about: Any) -> None:
    """On whatever changes the entry: reminders of its number. Those of the number before find that it rose."""
    with begin() as session:
        consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
        if consult.state is ConsultState.BOOKED:
            reminders.plan(session, consult, now=clock.now())


def remind(begin: Begin, *, addresses: Addresses, shop_id: int, consult_id: int, sequence: int, which: str) -> None:
    """At its time: one reminder, unless the conversation was moved, cancelled or began meanwhile."""
    for message, channel in reminders.MESSAGES[reminders.Name(which)]:
        with begin() as session:
            letters, consult = _letters(session, addresses, shop_id, consult_id)
            if not reminders.is_wanted(consult, sequence, reminders.Name(which), now=letters.now):
                return
            words: dict[tuple[str, str], Who] = {
                ("client_reminded", EMAIL): partial(letters.reminded, consult),
                ("client_reminded", SMS): partial(letters.reminded_by_text, consult),
                ("reminded_talk_advisor", SMS): partial(letters.advisor_reminded, consult),
            }
            key = f"{_key(consult)}:{sequence}:{message}:{which}"
            if channel == SMS and message in TO_CLIENTS:  # by e-mail where nothing shorter reaches them in time
                last = {"by_email": partial(letters.reminded, consult), "not_after": consult.starts_at}
                about: dict[str, Any] = {"message": message, "key": key, "words": words[message, channel], **last}
                tell_shortly(session, letters.case, **about, now=letters.now)
                continue
            _tell(letters, message, channel, _address(letters, message, channel), key, words[message, channel])


def tell_proposed(
    begin: Begin, *, addresses: Addresses, shop_id: int, case_id: int, return_gid: str, made_at: str
) -> None:
    """On TimesProposed: the client is sent them, by email and by text, unless others were proposed since."""
    at = parse_instant(made_at)
    for channel in (EMAIL, SMS):
        with begin() as session:
            case = get_case(session, shop_id=shop_id, case_id=case_id)
            if case.state is CaseState.CLOSED:
                return
            letters = AroundLetters.about(session, case, addresses=addresses, now=clock.now())
            starts = _proposed_at(session, case, at)
            if not starts:
                return
            again = {"shop_id": shop_id, "case_id": case_id, "return_gid": return_gid, "made_at": made_at}
            if channel == SMS and client_later(session, case, "consults.tell_proposed", again, now=letters.now):
                return
            words: Who = partial(letters.proposed, starts) if channel == EMAIL else letters.proposed_by_text
            key = f"case:{case_id}:proposed:{made_at}"
            _tell(letters, "times_proposed", channel, _address(letters, "times_proposed", channel), key, words)


def after_consult(begin: Begin, *, addresses: Addresses, shop_id: int, consult_id: int, return_gid: str) -> None:
    """On ConsultEnded: when they did not meet, both hear of it, and the client has two new times to take.

    Of what the advisor said themselves the house is told nothing.
    """
    with begin() as session:
        letters, consult = _letters(session, addresses, shop_id, consult_id)
        if consult.state is not ConsultState.NO_SHOW or letters.case.state is CaseState.CLOSED:
            return
        if not was_written(session, shop_id=shop_id, key=f"{_key(consult)}:not_met", channel=EMAIL):
            touch_consult(session, consult, missing=consult.missing or _missing(session, consult))
            about = {"shop_id": shop_id, "case_id": consult.case_id, "kind": consult.kind, "now": letters.now}
            proposals.propose_next(session, count=2, tell=False, **about)  # type: ignore[arg-type]
        rows = proposals.proposed(session, letters.case, now=letters.now)
        starts = [row.starts_at for row in rows if row.by == "system"][:2]
        words = partial(letters.not_met, consult, starts)
        _tell(letters, "not_met", EMAIL, letters.case.client_email, f"{_key(consult)}:not_met", words)
    with begin() as session:
        letters, consult = _letters(session, addresses, shop_id, consult_id)
        if is_unseen(consult):
            return
        for person in _to_hear(session, letters.advisor, consult):
            theirs = AroundLetters(session, addresses, letters.shop, letters.case, person, letters.now)
            key = f"{_key(consult)}:not_met:{person.id}"
            _tell(theirs, "not_met_advisor", EMAIL, person.email, key, partial(theirs.advisor_not_met, consult))


def watch_rooms(begin: Begin, *, addresses: Addresses) -> None:
    """Every minute: a client who is in the room alone ten minutes after the hour is seen to, by the manager at once."""
    now = clock.now()
    with begin() as session:
        begun = (Consult.state == ConsultState.BOOKED, Consult.kind == Kind.VIDEO, Consult.starts_at <= now - GRACE)
        query = select(Consult.shop_id, Consult.id).where(*begun, Consult.ends_at > now)
        waiting = [(shop_id, consult_id) for shop_id, consult_id in session.exec(query) if consult_id is not None]
    for shop_id, consult_id in waiting:
        with begin() as session:
            letters, consult = _letters(session, addresses, shop_id, consult_id)
            if not _is_there(session, consult, Role.CLIENT, now) or _is_there(session, consult, Role.ADVISOR, now):
                continue
            for person in {p.id: p for p in (letters.advisor, manager_of(session, letters.advisor))}.values():
                theirs = AroundLetters(session, addresses, letters.shop, letters.case, person, now)
                words = partial(theirs.alone, consult, letters.advisor.first_name)
                _tell(theirs, "alone_in_room_advisor", SMS, person.phone, f"{_key(consult)}:alone:{person.id}", words)


def ask_outcomes(begin: Begin, *, addresses: Addresses) -> None:
    """Every hour: whoever talked with a client last is asked once a day what they decided, until it is written down.

    Once a week is asked who has a return that is over and of which nobody talked.
    """
    now = clock.now()
    with begin() as session:
        held = (Consult.state == ConsultState.COMPLETED, col(Consult.over_at) <= now - ASK_AFTER)
        query = (
            select(Consult.shop_id, sa.func.max(Consult.id))  # talked twice, asked once
            .join(Case, col(Case.id) == col(Consult.case_id))
            .where(*held, col(Consult.over_at) > now - ASK_UNTIL)
            .where(Case.state == CaseState.OPEN, col(Case.outcome).is_(None))
            .group_by(col(Consult.shop_id), col(Consult.case_id))
        )
        due = [(shop_id, consult_id) for shop_id, consult_id in session.exec(query) if consult_id is not None]
        quiet = _settled_in_silence(session, now)
    for shop_id, consult_id in due:
        with begin() as session:
            letters, consult = _letters(session, addresses, shop_id, consult_id)
            key = f"{_key(consult)}:outcome:{now:%Y-%m-%d}"
            words = partial(letters.outcome_due, consult)
            _tell(letters, "outcome_due_advisor", EMAIL, letters.advisor.email, key, words)
    for shop_id, case_id in quiet:
        with begin() as session:
            case = get_case(session, shop_id=shop_id, case_id=case_id)
            letters = AroundLetters.about(session, case, addresses=addresses, now=now)
            key = f"case:{case_id}:outcome:{now:%G-%V}"
            _tell(letters, "outcome_due_advisor", EMAIL, letters.advisor.email, key, partial(letters.outcome_due, None))


def _settled_in_silence(session: Session, now: datetime) -> list[tuple[int, int]]:
    """(shop_id, case_id) of returns that are over and of which nobody wrote down what was decided, nor talked."""
    talked = select(Consult.id).where(Consult.case_id == Case.id, col(Consult.state).in_(TALKED))
    over = (col(Case.parcel_done_at) <= now - ASK_AFTER, col(Case.parcel_done_at) > now - ASK_UNTIL)
    query = (
        select(Case.shop_id, Case.id)
        .where(Case.state == CaseState.OPEN, col(Case.outcome).is_(None), *over)
        .where(~talked.exists())
    )
    return [(shop_id, case_id) for shop_id, case_id in session.exec(query) if case_id is not None]


def _missing(session: Session, consult: Consult) -> str:
    """Who was not there: "client", "advisor" or "both"."""
    came = {
        role
        for role in (Role.CLIENT, Role.ADVISOR)
        for person in session.exec(
            select(Participant).where(Participant.consult_id == consult.id, Participant.role == role)
        )
        if person.seen_at is not None
    }
    if Role.ADVISOR in came:
        return Role.CLIENT.value
    return Role.ADVISOR.value if Role.CLIENT in came else "both"


def _to_hear(session: Session, advisor: Advisor, consult: Consult) -> list[Advisor]:
    """The advisor; their manager too when it was the advisor who was not there."""
    people = [advisor, manager_of(session, advisor)] if consult.missing != Role.CLIENT.value else [advisor]
    return list({person.id: person for person in people}.values())


def _is_there(session: Session, consult: Consult, role: Role, now: datetime) -> bool:
    people = session.exec(select(Participant).where(Participant.consult_id == consult.id, Participant.role == role))
    return any(is_present(person.seen_at, person.left_at, now=now) for person in people)


def _proposed_at(session: Session, case: Case, at: datetime) -> list[datetime]:
    rows = select(ProposedTime).where(ProposedTime.case_id == case.id, ProposedTime.made_at == at)
    open_ones = session.exec(rows.where(col(ProposedTime.closed_at).is_(None)).order_by(col(ProposedTime.starts_at)))
    return [row.starts_at for row in open_ones]


def _guest_ids(begin: Begin, shop_id: int, consult_id: int) -> list[int]:
    with begin() as session:
        consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
        return [guest.id for guest in guests_of(session, consult) if guest.id is not None]


def _letters(session: Session, addresses: Addresses, shop_id: int, consult_id: int) -> tuple[AroundLetters, Consult]:
    """Letters by and to who the conversation is with: the case may be another's by now."""
    consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
    letters = AroundLetters.about(session, case_of(session, consult), addresses=addresses, now=clock.now())
    advisor = advisor_of(session, consult.advisor_id)
    return AroundLetters(session, addresses, letters.shop, letters.case, advisor, letters.now), consult


def _address(letters: AroundLetters, message: str, channel: str) -> str | None:
    if message.endswith("_advisor"):
        return letters.advisor.phone if channel == SMS else letters.advisor.email
    return letters.case.client_email


def _key(consult: Consult) -> str:
    # Begins with the case: whoever erases a client finds what was written about them by that.
    return f"case:{consult.case_id}:consult:{consult.id}"


def _tell(letters: AroundLetters, message: str, channel: str, to: str | None, key: str, words: Who) -> None:
    about: dict[str, Any] = {"message": message, "key": key, "words": words, "now": letters.now}
    if channel == SMS and message in TO_CLIENTS:
        tell_shortly(letters.session, letters.case, **about)
    else:
        tell(letters.session, letters.case, **about, channel=channel, to=to)
