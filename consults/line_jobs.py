"""Jobs of the direct line, under the names they have in JOBS: `consults.<function>`. All only write rows."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from consults.cases import get_case
from consults.letters import Letters
from consults.line_models import LineCall, Said, Thread
from consults.models import Case
from consults.reaching import ways_to
from consults.telling import SMS, tell, tell_shortly
from consults.telling_advisors import tell_advisor
from kit import clock
from kit.addresses import Addresses
from kit.db import Begin

TOLD_AGAIN_AFTER = timedelta(minutes=10)
"""Who writes three times in a minute is one message to the advisor."""


def tell_written(begin: Begin, *, addresses: Addresses, shop_id: int, case_id: int, said_id: int) -> None:
    """Tell the advisor that their client wrote, with a link; after quiet hours, and not when they have read it."""
    with begin() as session:
        case = get_case(session, shop_id=shop_id, case_id=case_id)
        mine = (Said.id == said_id, Said.case_id == case_id, Said.shop_id == shop_id)
        said = session.exec(select(Said).where(*mine)).first()
        if said is None:
            return  # erased meanwhile
        thread, letters = session.get_one(Thread, said.thread_id), _letters(session, addresses, case)
        if thread.seen_at is not None and thread.seen_at >= said.at:
            return
        if thread.told_at is not None and thread.told_at > letters.now - TOLD_AGAIN_AFTER:
            return
        about = {"shop_id": shop_id, "case_id": case_id, "said_id": said_id}
        key = f"case:{case_id}:wrote:{said_id}:{letters.advisor.id}"
        if tell_advisor(letters, "client_wrote_advisor", key, job="consults.tell_written", args=about):
            thread.told_at = letters.now
            session.add(thread)


def tell_rang(begin: Begin, *, addresses: Addresses, shop_id: int, case_id: int, call_id: int) -> None:
    """Tell the advisor that their client rang and nobody picked up; after quiet hours."""
    with begin() as session:
        letters = _letters(session, addresses, get_case(session, shop_id=shop_id, case_id=case_id))
        about = {"shop_id": shop_id, "case_id": case_id, "call_id": call_id}
        key = f"case:{case_id}:rang:{call_id}:{letters.advisor.id}"
        tell_advisor(letters, "client_rang_advisor", key, job="consults.tell_rang", args=about)


def answer_call(begin: Begin, *, addresses: Addresses, shop_id: int, case_id: int, call_id: int) -> None:
    """Send the client who rang a link to times. They asked for an answer by ringing, so one text needs no consent."""
    with begin() as session:
        case = get_case(session, shop_id=shop_id, case_id=case_id)
        call = session.exec(select(LineCall).where(LineCall.id == call_id, LineCall.shop_id == shop_id)).first()
        if call is None or not case.client_phone:
            return
        letters, key = _letters(session, addresses, case), f"case:{case_id}:line_missed:{call_id}"
        about: dict[str, Any] = {"message": "line_missed", "key": key, "now": letters.now}
        if ways_to(session, case):
            tell_shortly(session, case, **about, words=letters.rang_by_text, by_email=letters.rang)
        else:
            to: dict[str, Any] = {"channel": SMS, "to": case.client_phone, "or_email": case.client_email}
            tell(session, case, **about, **to, words=letters.rang)


def _letters(session: Session, addresses: Addresses, case: Case) -> Letters:
    return Letters.about(session, case, addresses=addresses, now=clock.now())
