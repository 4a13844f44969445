"""Somebody rings a direct line: whom it is put through to, and what is done when nobody picks up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.advisors import boutique_advisor, get_advisor
from consults.cases import get_case
from consults.history import CLIENT, add_line
from consults.line_models import Line, LineCall
from consults.lines import line_at
from consults.models import Advisor, Case
from consults.phrases import language_by_number
from consults.presence import is_at_work
from consults.threads import client_with
from jobs import enqueue
from kit.db import insert_once
from shops.models import Shop, ShopState
from shops.shops import get_shop

PUT_THROUGH, CLOSED, UNKNOWN, MISSED, ANSWERED = "put_through", "closed", "unknown", "missed", "answered"


@dataclass(frozen=True)
class Ringing:
    """What whoever rings hears. `put_to`: the advisor's own number, told to nobody but the network."""

    how: str
    shop: Shop
    line: Line
    locale: str
    advisor: Advisor | None = None
    put_to: str = ""


def ring(session: Session, *, number: str, caller: str, call_sid: str, now: datetime) -> Ringing | None:
    """A call to our `number`; None where it is no line of a house that has the app. Asked again, it is the same call.

    A client's own advisor is rung inside their hours; a boutique's line leads to who answers for the case, too.
    """
    line = line_at(session, number)
    shop = get_shop(session, line.shop_id) if line else None
    if line is None or shop is None or shop.state is not ShopState.ACTIVE:
        return None
    case = client_with(session, {caller}, shop_id=line.shop_id, now=now) if caller else None
    if case is None:
        _note(session, line, call_sid, None, None, UNKNOWN, now)
        return Ringing(UNKNOWN, shop, line, language_by_number(caller))
    advisor = _who(session, line, case)
    is_new = _note(session, line, call_sid, case, advisor, PUT_THROUGH, now)
    if is_new:
        add_line(session, case, kind="client.rang", now=now, actor=CLIENT)
    reachable = advisor.active and bool(advisor.phone) and is_at_work(session, advisor, now=now)
    if not reachable:
        _missed(session, call_sid, CLOSED)
        return Ringing(CLOSED, shop, line, case.client_locale, advisor)
    return Ringing(PUT_THROUGH, shop, line, case.client_locale, advisor, advisor.phone or "")


def after_ringing(session: Session, *, call_sid: str, answered: bool, now: datetime) -> Ringing | None:
    """How a call that was put through ended; None for one we do not know."""
    call = session.exec(select(LineCall).where(LineCall.call_sid == call_sid)).first()
    if call is None or call.case_id is None or call.advisor_id is None:
        return None
    shop = get_shop(session, call.shop_id)
    case = get_case(session, shop_id=call.shop_id, case_id=call.case_id)
    advisor = get_advisor(session, shop_id=call.shop_id, advisor_id=call.advisor_id)
    line = Line(shop_id=call.shop_id, number="")
    if answered:
        if _settle(session, call_sid, ANSWERED):
            add_line(session, case, kind="client.was_put_through", now=now, actor=CLIENT)
        return Ringing(ANSWERED, shop, line, case.client_locale, advisor)
    _missed(session, call_sid, MISSED)
    return Ringing(MISSED, shop, line, case.client_locale, advisor)


def _who(session: Session, line: Line, case: Case) -> Advisor:
    """An advisor's own line leads to them; a boutique's to who has the case, else to who answers for the boutique."""
    if line.advisor_id is not None:
        return get_advisor(session, shop_id=line.shop_id, advisor_id=line.advisor_id)
    advisor = get_advisor(session, shop_id=case.shop_id, advisor_id=case.advisor_id)
    if advisor.active or line.boutique_id is None:
        return advisor
    return boutique_advisor(session, shop_id=line.shop_id, boutique_id=line.boutique_id) or advisor


def _note(
    session: Session, line: Line, call_sid: str, case: Case | None, advisor: Advisor | None, how: str, now: datetime
) -> bool:
    who = {"case_id": case.id if case else None, "advisor_id": advisor.id if advisor else None}
    return insert_once(session, LineCall(shop_id=line.shop_id, call_sid=call_sid, at=now, how=how, **who))


def _settle(session: Session, call_sid: str, how: str) -> bool:
    """Of several words on one call the first counts."""
    mine = (col(LineCall.call_sid) == call_sid, col(LineCall.how) == PUT_THROUGH)
    return session.connection().execute(sa.update(LineCall).where(*mine).values(how=how)).rowcount == 1


def _missed(session: Session, call_sid: str, how: str) -> None:
    """Once: the client is sent a link to times, the advisor told that they rang."""
    if not _settle(session, call_sid, how):
        return
    call = session.exec(select(LineCall).where(LineCall.call_sid == call_sid)).one()
    about: dict[str, Any] = {"shop_id": call.shop_id, "case_id": call.case_id, "call_id": call.id}
    enqueue(session, "consults.answer_call", **about)
    enqueue(session, "consults.tell_rang", **about)
