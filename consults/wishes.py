"""What the client asked for along the way: a simple return, or texts to a number of theirs."""

from datetime import datetime

from sqlmodel import Session

from consults.cases import get_case
from consults.history import CLIENT, add_line
from consults.models import Case
from consults.simple_returns import SIMPLE
from consults.simple_returns import prefers_simple_return as prefers_simple_return
from kit.errors import AppError
from kit.phones import dialled

AGREED = "client.agreed_to_texts"


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


def keep_number(
    session: Session, *, shop_id: int, case_id: int, phone: str, texts_ok: bool, words: str = "", now: datetime
) -> Case:
    """The number the client gave, and their consent to texts when they gave it. An empty number changes nothing.

    Consent is kept with its proof: when, and to which `words`. Given before to the same number, it stays: it ends by
    answering STOP. Another number may be somebody else's, and has agreed to nothing. Raises PhoneUnclear.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    number = dialled(phone)
    if number == "":
        return case
    if number is None:
        raise PhoneUnclear("Please write the number with its country code, as in +33 6 12 34 56 78.")
    agreed_before = case.client_texts_ok and number == case.client_phone
    if texts_ok and not agreed_before:
        add_line(session, case, kind=AGREED, now=now, actor=CLIENT, detail=f"to a number ending {number[-2:]}: {words}")
    case.client_phone = number
    case.client_texts_ok = texts_ok or agreed_before
    session.add(case)
    session.flush()
    return case
