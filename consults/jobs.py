"""Jobs of cases and conversations, under the names they have in JOBS: `consults.<function>`.

All only write rows: a message is handed over by `notifications.deliver`. One transaction a message, so a job that is
cut off goes on where it was.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session, col, select

from consults import cases
from consults.advisors import get_advisor
from consults.booking import get_consult, next_consult
from consults.clock_jobs import client_later, text_later, was_handed_over
from consults.history import CLIENT, add_line, history
from consults.letters import Letters, letters_of
from consults.meetings import is_unseen
from consults.models import Case, Consult, Signal
from consults.policy import policy_of
from consults.ports import ReturnPages
from consults.reaching import ways_to
from consults.rooms import embedded
from consults.states import CaseState, ConsultState
from consults.telling import EMAIL, OR_BY_EMAIL, SMS, TO_CLIENTS, Words, tell, tell_shortly
from consults.wishes import prefers_simple_return
from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.log import get_logger
from notifications.messages import was_written

log = get_logger("consults")

EMPTY_FOR = timedelta(minutes=5)
"""A room that nobody left properly and nobody is in is over after this long."""
KEEP_SIGNALS = timedelta(hours=1)


def tell_advisor(begin: Begin, *, addresses: Addresses, shop_id: int, case_id: int, return_gid: str) -> None:
    """On CaseOpened: text the advisor, with a link to the client's page that works once; after quiet hours."""
    with begin() as session:
        letters = _about_case(session, addresses, shop_id, case_id)
        if letters.case.taken_at is not None or was_handed_over(session, letters.case):
            return  # meanwhile; who has it now is told by what followed from that
        if prefers_simple_return(session, shop_id=shop_id, case_id=case_id):
            _note_once(session, letters.case, "advisor.not_told", "the client chose a return without a conversation")
            return
        about = {"shop_id": shop_id, "case_id": case_id, "return_gid": return_gid}
        if text_later(session, letters.case, letters.advisor, "consults.tell_advisor", about, now=letters.now):
            return
        key = f"case:{case_id}:advisor:{letters.advisor.id}:new"
        _tell(letters, "advisor_new_case", SMS, letters.advisor.phone, key, letters.new_case)
        if not letters.advisor.phone:
            _note_once(session, letters.case, "advisor.not_told", "no telephone number")


def copy_owner(begin: Begin, *, addresses: Addresses, shop_id: int, case_id: int, return_gid: str) -> None:
    """On CaseOpened: when somebody else answers, who sold the piece is told so by email, unless they left."""
    with begin() as session:
        letters = _about_case(session, addresses, shop_id, case_id)
        if not letters.case.is_stood_in or letters.case.owner_id is None:
            return
        owner = get_advisor(session, shop_id=shop_id, advisor_id=letters.case.owner_id)
        if owner.active:
            key = f"case:{case_id}:advisor:{owner.id}:copied"
            _tell(letters, "owner_copied_advisor", EMAIL, owner.email, key, partial(letters.copied_owner, owner))


def invite_client(
    begin: Begin, *, addresses: Addresses, return_pages: ReturnPages, shop_id: int, case_id: int, return_gid: str
) -> None:
    """On CaseOpened: invite the client to talk, by email, and by text where they agreed to texts.

    Where the house offers both side by side, the letter puts neither before the other. Who has chosen already, a time
    or a return without a conversation, is not invited to choose.
    """
    key = f"case:{case_id}:client:invited"
    with begin() as session:
        letters = _about_case(session, addresses, shop_id, case_id)
        if letters.case.state is CaseState.CLOSED or _has_chosen(session, letters.case):
            return
        email, shortly = letters.case.client_email, ways_to(session, letters.case)
        message = "client_offered_both" if letters.case.side_by_side else "client_invited"
        _tell(letters, message, EMAIL, email, key, lambda: letters.invited(return_pages))
        if not email and not shortly:
            _note_once(session, letters.case, "client.not_invited", "no address to invite")
    if shortly:
        with begin() as session:
            again = _about_case(session, addresses, shop_id, case_id)
            about = {"shop_id": shop_id, "case_id": case_id, "return_gid": return_gid}
            if client_later(session, again.case, "consults.invite_client", about, now=again.now):
                return  # who has chosen by the morning is not asked to choose
            _tell(again, message, SMS, None, key, again.invited_by_text)


def confirm_consult(
    begin: Begin, *, addresses: Addresses, mailbox: str, shop_id: int, consult_id: int, return_gid: str
) -> None:
    """On ConsultBooked and ConsultMoved: confirm to both, with the calendar entry. `mailbox` organises it.

    The advisor's text keeps their quiet hours: it is sent by the same job, which comes again when they are over.
    """
    about: dict[str, Any] = {"shop_id": shop_id, "consult_id": consult_id, "return_gid": return_gid}
    for message, channel in (
        ("consult_confirmed", EMAIL),
        ("consult_confirmed", SMS),
        ("consult_confirmed_advisor", EMAIL),
        ("consult_confirmed_advisor", SMS),
    ):
        with begin() as session:
            consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
            if consult.state not in (ConsultState.BOOKED, ConsultState.IN_SESSION):
                return  # cancelled meanwhile; what follows from that says so
            letters = letters_of(session, consult, addresses=addresses, now=clock.now())
            key = f"{_key(consult)}:{consult.sequence}:{message}"
            is_text = channel == SMS and message.endswith("_advisor")
            if is_text and _waits(letters, consult, "consults.confirm_consult", about, key):
                continue
            _confirm(letters, consult, mailbox, message, channel, key)


def tell_cancelled(
    begin: Begin, *, addresses: Addresses, mailbox: str, shop_id: int, consult_id: int, return_gid: str
) -> None:
    """On ConsultCancelled: tell both, and take the entry out of their calendars; the text after quiet hours.

    The client is texted what the house called off, as long as the time is still to come.
    """
    about: dict[str, Any] = {"shop_id": shop_id, "consult_id": consult_id, "return_gid": return_gid}
    for message, channel in (
        ("consult_cancelled", EMAIL),
        ("consult_cancelled", SMS),
        ("consult_cancelled_advisor", EMAIL),
        ("consult_cancelled_advisor", SMS),
    ):
        with begin() as session:
            consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
            letters = letters_of(session, consult, addresses=addresses, now=clock.now())
            key = f"{_key(consult)}:{message}"
            if (message, channel) == ("consult_cancelled", SMS):
                _text_cancelled(letters, consult, key)
                continue
            if channel == SMS and _waits(letters, consult, "consults.tell_cancelled", about, key):
                continue
            _cancelled(letters, consult, mailbox, message, channel, key)


def tell_passed(
    begin: Begin,
    *,
    addresses: Addresses,
    mailbox: str,
    shop_id: int,
    consult_id: int,
    return_gid: str,
    from_advisor_id: int,
    sequence: int,
) -> None:
    """On ConsultPassed: tell who had it, and take the entry out of their calendar; not when it is theirs again."""
    with begin() as session:
        consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
        if consult.advisor_id == from_advisor_id:
            return
        letters = letters_of(session, consult, addresses=addresses, now=clock.now())
        before = get_advisor(session, shop_id=shop_id, advisor_id=from_advisor_id)
        theirs = replace(letters, advisor=before)
        key = f"{_key(consult)}:{sequence}:passed:{from_advisor_id}"
        words = partial(theirs.passed, consult, mailbox, letters.advisor)
        _tell(theirs, "consult_passed_advisor", EMAIL, before.email, key, words)


def note_parcel_done(begin: Begin, *, shop_id: int, rma_id: int, return_gid: str, how: str = "settled") -> None:
    """On ReturnSettled and ReturnEnded: the parcel side of the case is done."""
    with begin() as session:
        cases.note_parcel_done(session, shop_id=shop_id, return_gid=return_gid, how=how, now=clock.now())


def reopen_case(begin: Begin, *, shop_id: int, rma_id: int, return_gid: str) -> None:
    """On ReturnReopened: the case goes on with its return."""
    with begin() as session:
        cases.reopen_case(session, shop_id=shop_id, return_gid=return_gid, now=clock.now())


def close_rooms(begin: Begin) -> None:
    """Every minute: end what is over. A room everybody vanished from is held; one they never met in is a no-show."""
    now = clock.now()
    with begin() as session:
        live = (ConsultState.BOOKED, ConsultState.IN_SESSION)
        due = select(Consult).where(col(Consult.state).in_(live), col(Consult.starts_at) < now)
        for consult in session.exec(due).all():
            to = _how_it_ended(session, consult, now)
            if to is not None:
                embedded.end(session, consult, to, now=now)
                log.info("room.closed", consult=consult.id, state=to.value)
    with begin() as session:
        old = select(Signal.consult_id).join(Consult, col(Consult.id) == col(Signal.consult_id))
        for consult_id in session.exec(old.where(col(Consult.over_at) < now - KEEP_SIGNALS).distinct()).all():
            embedded.purge_signals(session, consult_id=consult_id)


def _has_chosen(session: Session, case: Case) -> bool:
    assert case.id is not None
    mine = {"shop_id": case.shop_id, "case_id": case.id}
    return prefers_simple_return(session, **mine) or next_consult(session, **mine) is not None


def _key(consult: Consult) -> str:
    # Begins with the case: whoever erases a client finds what was written about them by that.
    return f"case:{consult.case_id}:consult:{consult.id}"


def _confirm(letters: Letters, consult: Consult, mailbox: str, message: str, channel: str, key: str) -> None:
    words = {
        ("consult_confirmed", EMAIL): lambda: letters.confirmed(consult, mailbox),
        ("consult_confirmed", SMS): lambda: letters.confirmed_by_text(consult),
        ("consult_confirmed_advisor", EMAIL): lambda: letters.advisor_confirmed(consult, mailbox),
        ("consult_confirmed_advisor", SMS): lambda: letters.advisor_confirmed_by_text(consult),
    }
    _tell(letters, message, channel, _address(letters, message, channel), key, words[message, channel])


def _cancelled(letters: Letters, consult: Consult, mailbox: str, message: str, channel: str, key: str) -> None:
    words = {
        ("consult_cancelled", EMAIL): lambda: letters.cancelled(consult, mailbox),
        ("consult_cancelled_advisor", EMAIL): lambda: letters.advisor_cancelled(consult, mailbox),
        ("consult_cancelled_advisor", SMS): lambda: letters.advisor_cancelled_by_text(consult),
    }
    _tell(letters, message, channel, _address(letters, message, channel), key, words[message, channel])


def _text_cancelled(letters: Letters, consult: Consult, key: str) -> None:
    if consult.cancelled_by == CLIENT or consult.starts_at <= letters.now:
        return
    words = partial(letters.cancelled_by_text, consult)
    about: dict[str, Any] = {"message": "consult_cancelled", "key": key, "words": words, "now": letters.now}
    tell_shortly(letters.session, letters.case, not_after=consult.starts_at, **about)


def _waits(letters: Letters, consult: Consult, job: str, about: dict[str, Any], key: str) -> bool:
    """Whether the advisor's text is not for now: it comes after their quiet hours, or not at all once it is over."""
    phone, now = letters.advisor.phone, letters.now
    if not phone or was_written(letters.session, shop_id=consult.shop_id, key=key, channel=SMS):
        return False
    return text_later(letters.session, letters.case, letters.advisor, job, about, now=now, until=consult.ends_at)


def _how_it_ended(session: Session, consult: Consult, now: datetime) -> ConsultState | None:
    """What became of a conversation whose start has passed; None while it may still take place."""
    policy = policy_of(session, shop_id=consult.shop_id)
    over = consult.ends_at + timedelta(minutes=policy.join_after_minutes) < now
    if consult.state is ConsultState.IN_SESSION:
        assert consult.id is not None
        last = embedded.last_seen(session, consult_id=consult.id)
        return ConsultState.COMPLETED if last is None or now - last > EMPTY_FOR else None
    if not over:
        return None
    # Nobody tells us whether a call, a visit or a talk in a room elsewhere took place; the advisor says so.
    return ConsultState.COMPLETED if is_unseen(consult) else ConsultState.NO_SHOW


def _tell(letters: Letters, message: str, channel: str, to: str | None, key: str, words: Callable[[], Words]) -> None:
    about: dict[str, Any] = {"message": message, "key": key, "words": words, "now": letters.now}
    if channel == SMS and message in TO_CLIENTS:
        tell_shortly(letters.session, letters.case, **about)
        return
    or_email = letters.advisor.email if message in OR_BY_EMAIL else None
    tell(letters.session, letters.case, **about, channel=channel, to=to, or_email=or_email)


def _about_case(session: Session, addresses: Addresses, shop_id: int, case_id: int) -> Letters:
    case = cases.get_case(session, shop_id=shop_id, case_id=case_id)
    return Letters.about(session, case, addresses=addresses, now=clock.now())


def _address(letters: Letters, message: str, channel: str) -> str | None:
    if message.endswith("_advisor"):
        return letters.advisor.phone if channel == SMS else letters.advisor.email
    return letters.case.client_email


def _note_once(session: Session, case: Case, kind: str, detail: str) -> None:
    assert case.id is not None
    if not any(line.kind == kind for line in history(session, shop_id=case.shop_id, case_id=case.id)):
        add_line(session, case, kind=kind, now=clock.now(), detail=detail)
