"""What the client asked for along the way: a simple return, or texts to a number of theirs."""

import re
from datetime import datetime

from sqlmodel import Session, select

from consults.cases import get_case
from consults.history import CLIENT, add_line
from consults.models import Case, CaseEvent
from kit.errors import AppError

SIMPLE = "case.simple_return"
AGREED = "client.agreed_to_texts"
E164 = re.compile(r"\+[1-9]\d{7,14}")


class PhoneUnclear(AppError):
    """The number cannot be dialled from everywhere."""

    code = "phone_unclear"


def prefer_simple_return(session: Session, *, shop_id: int, case_id: int, now: datetime) -> Case:
    """The client would rather not talk. Noted once; the return itself goes on as it did."""
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    if not prefers_simple_return(session, shop_id=shop_id, case_id=case_id):
        add_line(session, case, kind=SIMPLE, now=now, actor=CLIENT)
        case.next_rung = case.next_rung_at = None  # nobody is chased to answer who would rather not talk
        session.add(case)
    return case


def prefers_simple_return(session: Session, *, shop_id: int, case_id: int) -> bool:
    """Whether the client said they would rather not talk."""
    query = select(CaseEvent.id).where(
        CaseEvent.shop_id == shop_id, CaseEvent.case_id == case_id, CaseEvent.kind == SIMPLE
    )
    return session.exec(query.limit(1)).first() is not None


def keep_number(
    session: Session, *, shop_id: int, case_id: int, phone: str, texts_ok: bool, words: str = "", now: datetime
) -> Case:
    """The number the client gave, and their consent to texts when they gave it. An empty number changes nothing.

    Consent is kept with its proof: when, and to which `words`. Given before, it stays: it ends by answering STOP.
    Raises PhoneUnclear.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    number = re.sub(r"[\s().\-/]", "", phone)
    if not number:
        return case
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if not E164.fullmatch(number):
        raise PhoneUnclear("Please write the number with its country code, as in +33 6 12 34 56 78.")
    if texts_ok and (number != case.client_phone or not case.client_texts_ok):
        add_line(session, case, kind=AGREED, now=now, actor=CLIENT, detail=f"to a number ending {number[-2:]}: {words}")
    case.client_phone = number
    case.client_texts_ok = case.client_texts_ok or texts_ok
    session.add(case)
    session.flush()
    return case
