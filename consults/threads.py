"""What a client and their advisor write to each other over the direct line. Neither sees the other's number."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.cases import get_case
from consults.first_answers import note_answer
from consults.history import CLIENT, add_line, by_advisor
from consults.line_models import Line, Said, Thread
from consults.lines import line_at, line_for
from consults.models import Advisor, Case
from consults.quiet import client_may_be_texted_at, quiet_of_client
from consults.reaching import SMS, WHATSAPP, ways_to
from consults.states import CaseState
from kit.db import insert_once
from kit.errors import AppError
from notifications import messages, texts
from notifications.chains import Way
from notifications.models import InboundText
from shops.shops import get_shop

MOST_SIGNS = 1000
UP_FOR = timedelta(hours=1)
"""So long somebody who wrote to us in the night is not woken by an answer."""
OPEN_FOR = timedelta(days=30)
"""So long a case that was closed is still the one a client writes about."""


@dataclass(frozen=True)
class Written:
    """One thing in a thread as the desk shows it: by whom, "" for the client. `told_key` finds what became of it."""

    at: datetime
    words: str
    by: str
    channel: str
    told_key: str


def case_of_text(session: Session, text: InboundText, line: Line | None) -> Case | None:
    """The case somebody writes about: of a thread with that address, else of a client with that number.

    Open cases come before closed ones, and the latest first. A client of two houses who wrote to a number both share
    has none: neither house is told.
    """
    shop_id = line.shop_id if line else None
    known = _thread_at(session, text, shop_id)
    if known is not None:
        return get_case(session, shop_id=known.shop_id, case_id=known.case_id)
    numbers = {text.sender, f"+{text.wa_id}" if text.wa_id else text.sender}
    return client_with(session, numbers, shop_id=shop_id, now=text.at)


def client_with(session: Session, numbers: set[str], *, shop_id: int | None, now: datetime) -> Case | None:
    """The case of a client with one of `numbers`, in that shop where it is known. They are sealed: each is opened."""
    recent = (col(Case.state) == CaseState.OPEN) | (col(Case.closed_at) > now - OPEN_FOR)
    query = select(Case).where(recent, col(Case.client_phone).is_not(None))
    if shop_id is not None:
        query = query.where(Case.shop_id == shop_id)
    theirs = [case for case in session.exec(query.order_by(col(Case.id).desc())) if case.client_phone in numbers]
    if len({case.shop_id for case in theirs}) != 1:
        return None
    return next((case for case in theirs if case.state is CaseState.OPEN), theirs[0])


def hear(session: Session, case: Case, text: InboundText) -> Said | None:
    """Keep what a client wrote in their thread of `case`, once; None for a copy."""
    assert case.id is not None
    thread = _thread(session, case, text.channel, text.ours, text.sender, text.wa_id, text.at)
    assert thread.id is not None
    about: dict[str, Any] = {"shop_id": case.shop_id, "thread_id": thread.id, "case_id": case.id}
    row = Said(**about, at=text.at, body=text.body, provider_id=text.provider_id)
    if not insert_once(session, row):
        return None
    add_line(session, case, kind="client.wrote", now=text.at, actor=CLIENT, detail=_by(text.channel))
    return session.exec(select(Said).where(Said.provider_id == text.provider_id)).one()


def answer(session: Session, case: Case, advisor: Advisor, *, words: str, key: str, now: datetime) -> bool:
    """Write to the client in `advisor`'s name by the way they wrote last; False for a form that was sent before.

    Where that does not reach them it goes on by the others they agreed to, and by e-mail at last. By night a text waits
    for the morning of where they are, unless they wrote within the hour. Raises AppError where there is no way, or
    nothing to say.
    """
    words = " ".join(words.split())
    if not words or len(words) > MOST_SIGNS:
        raise AppError(f"Write a few words, {MOST_SIGNS} signs at most.", status=422)
    assert case.id is not None and advisor.id is not None
    thread = _latest(session, case) or _begun(session, case, advisor, now)
    ways = _ways(session, case, thread, advisor, words) if thread else []
    if thread is None or not ways:
        raise AppError("They can be reached neither by text nor by e-mail. Please ring them.", status=409)
    told_key = f"case:{case.id}:line:{key[:64]}"
    about: dict[str, Any] = {"shop_id": case.shop_id, "thread_id": thread.id, "case_id": case.id}
    about["advisor_id"] = advisor.id
    row = Said(**about, at=now, body=words, provider_id=f"answer:{told_key}"[:100], message_key=told_key)
    if not insert_once(session, row):
        return False
    line = line_at(session, thread.ours) if thread.ours else None
    messages.send_by(
        session,
        shop_id=case.shop_id,
        message="line_answer",
        ways=ways,
        key=told_key,
        locale=case.client_locale,
        sender=line.number if line else "",
        not_before=_morning(session, case, ways[0].channel, now),
        quiet=quiet_of_client(session, case),
        now=now,
    )
    add_line(session, case, kind="advisor.wrote", now=now, actor=by_advisor(advisor.id), detail=_by(ways[0].channel))
    note_answer(session, case, how="wrote", actor=by_advisor(advisor.id), now=now)
    return True


def may_write(session: Session, case: Case) -> bool:
    """Whether the desk can write to this client at all."""
    return bool(_latest(session, case) or ways_to(session, case))


def written(session: Session, case: Case) -> list[Written]:
    """Everything in the threads of `case`, oldest first."""
    channels = {thread.id: thread.channel for thread in _threads(session, case)}
    rows = session.exec(select(Said).where(Said.case_id == case.id).order_by(col(Said.at), col(Said.id)))
    mine = select(Advisor.id, Advisor.name).where(Advisor.shop_id == case.shop_id)
    names = {None: "", **dict(session.exec(mine).all())}
    return [Written(r.at, r.body, names.get(r.advisor_id, ""), channels[r.thread_id], r.message_key) for r in rows]


def note_seen(session: Session, case: Case, *, now: datetime) -> None:
    """Whoever answers has the thread before them."""
    for thread in _threads(session, case):
        thread.seen_at = now
        session.add(thread)


def addresses_of(session: Session, case: Case) -> set[str]:
    """What the client wrote from: numbers, and ids that hide one."""
    return {address for t in _threads(session, case) for address in (t.address, t.wa_id) if address}


def _ways(session: Session, case: Case, thread: Thread, advisor: Advisor, words: str) -> list[Way]:
    house = get_shop(session, case.shop_id).shown_name
    values = {"words": words, "advisor": advisor.first_name, "house": house}
    first = [(thread.channel, thread.address)] if not _stopped(session, thread) else []
    others = [way for way in ways_to(session, case) if way[0] != thread.channel]
    ways = [Way(channel, to, values) for channel, to in (*first, *others)]
    return [*ways, *([Way("email", case.client_email, values)] if case.client_email else [])]


def _morning(session: Session, case: Case, channel: str, now: datetime) -> datetime | None:
    """Until when an answer waits that is written in their night; None for a letter, and for who is up."""
    if channel not in (SMS, WHATSAPP) or _wrote_since(session, case, now - UP_FOR):
        return None
    return client_may_be_texted_at(session, case, now=now)


def _wrote_since(session: Session, case: Case, since: datetime) -> bool:
    came = select(Said.id).where(Said.case_id == case.id, col(Said.advisor_id).is_(None), Said.at >= since)
    return session.exec(came.limit(1)).first() is not None


def _stopped(session: Session, thread: Thread) -> bool:
    return texts.has_opted_out(session, thread.address, thread.channel)


def _begun(session: Session, case: Case, advisor: Advisor, now: datetime) -> Thread | None:
    """A thread the advisor begins, by a way the client agreed to."""
    for channel, address in ways_to(session, case):
        line = line_for(session, advisor)
        return _thread(session, case, channel, line.number if line else "", address, None, now)
    return None


def _thread(
    session: Session, case: Case, channel: str, ours: str, address: str, wa_id: str | None, now: datetime
) -> Thread:
    """The case's thread by that channel and number of ours; who hides their number has another id when it changes."""
    assert case.id is not None
    row = Thread(
        shop_id=case.shop_id, case_id=case.id, channel=channel, ours=ours, ending=address[-2:], address=address,
        wa_id=wa_id, opened_at=now,
    )  # fmt: skip
    insert_once(session, row)
    mine = (Thread.case_id == case.id, Thread.channel == channel, Thread.ours == ours)
    thread = session.exec(select(Thread).where(*mine)).one()
    if thread.address != address or (wa_id and thread.wa_id != wa_id):
        thread.address, thread.ending, thread.wa_id = address, address[-2:], wa_id or thread.wa_id
        session.add(thread)
        session.flush()
    return thread


def _thread_at(session: Session, text: InboundText, shop_id: int | None) -> Thread | None:
    query = select(Thread).where(Thread.channel == text.channel, Thread.ours == text.ours)
    if shop_id is not None:
        query = query.where(Thread.shop_id == shop_id)
    same = (Thread.ending == text.sender[-2:]) if not text.wa_id else sa.true()
    rows = session.exec(query.where(same).order_by(col(Thread.id).desc()))
    found = [t for t in rows if t.address == text.sender or (text.wa_id and t.wa_id == text.wa_id)]
    live = [t for t in found if _is_live(session, t, text.at)]
    return live[0] if len({t.shop_id for t in live}) == 1 else None


def _is_live(session: Session, thread: Thread, now: datetime) -> bool:
    case = get_case(session, shop_id=thread.shop_id, case_id=thread.case_id)
    return case.state is CaseState.OPEN or (case.closed_at is not None and case.closed_at > now - OPEN_FOR)


def _latest(session: Session, case: Case) -> Thread | None:
    """The thread the client wrote in last, else the last one there is."""
    came = select(Said).where(Said.case_id == case.id, col(Said.advisor_id).is_(None)).order_by(col(Said.id).desc())
    last = session.exec(came.limit(1)).first()
    threads = _threads(session, case)
    return next((t for t in threads if last and t.id == last.thread_id), threads[-1] if threads else None)


def _threads(session: Session, case: Case) -> list[Thread]:
    return list(session.exec(select(Thread).where(Thread.case_id == case.id).order_by(col(Thread.id))))


def _by(channel: str) -> str:
    return {SMS: "by text", WHATSAPP: "by WhatsApp"}.get(channel, f"by {channel}")
