"""What is done with an answer: noting on the order who sold it, and a person's choice of another advisor."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from consults import cases
from consults.advisors import get_advisor
from consults.models import Case
from kit.errors import AppError
from kit.log import get_logger
from routing import client_book, hand_overs, notes
from routing.chains import chain_row
from routing.seller_models import SellerChoice
from routing.sellers import Seller

log = get_logger("routing")

SHORTEST, LONGEST = 3, 500
FLOW = "flow"
"""Who chose, where a workflow of the merchant did."""


def note_sellers(session: Session, *, shop_id: int, order_gid: str, seller: Seller, now: datetime) -> None:
    """Note on the order who sold the returned lines, where the evidence is of the sale itself. Once is enough."""
    if not chain_row(session, shop_id).writes_back:
        return
    lines = {gid: _who(session, shop_id, advisor_id) for gid, advisor_id in seller.lines}
    notes.note_sold(session, shop_id=shop_id, order_gid=order_gid, lines=lines, now=now)


def choose_advisor(
    session: Session,
    *,
    shop_id: int,
    case_id: int,
    advisor_id: int,
    reason: str,
    by: str,
    for_client: bool,
    words: str = "",
    now: datetime,
) -> Case:
    """Put another advisor in place of the one the chain named, with a reason; it wins at the next return of the order.

    With `for_client` they are also noted in the client book as the client's own. `words` tell the advisor why it is
    theirs. Raises AppError for a reason that
    says nothing, somebody who does not work here or has the case already; NotFound; InvalidMove for a closed case.
    """
    case = cases.get_case(session, shop_id=shop_id, case_id=case_id)
    reason = " ".join(reason.split())
    if not SHORTEST <= len(reason) <= LONGEST:
        raise AppError("Write a few words on why; they stay with the case.", code="reason")
    advisor, before = get_advisor(session, shop_id=shop_id, advisor_id=advisor_id), case.advisor_id
    words = words or f"{advisor.name} was chosen by a person of the house."
    why = "chosen by a workflow" if by == FLOW else "chosen by a person"
    hand_overs.choose_for(session, case, advisor_id=advisor_id, words=words, why=why, by=by, now=now)
    about: dict[str, Any] = {
        "shop_id": shop_id,
        "order_gid": case.order_gid,
        "return_gid": case.return_gid,
        "by": by,
        "at": now,
    }
    session.add(SellerChoice(from_advisor_id=before, advisor_id=advisor_id, reason=reason, **about))
    if case.order_gid:
        who = _who(session, shop_id, advisor_id)
        notes.note_chosen(session, shop_id=shop_id, order_gid=case.order_gid, who=who, now=now)
    if for_client:
        _note_client(session, case, advisor_id, now)
    log.info("seller.chosen", shop_id=shop_id, case=case_id, before=before, after=advisor_id)
    return case


def choices(session: Session, *, shop_id: int, order_gid: str) -> list[SellerChoice]:
    """What persons chose for that order, newest first."""
    query = select(SellerChoice).where(SellerChoice.shop_id == shop_id, SellerChoice.order_gid == order_gid)
    return list(session.exec(query.order_by(col(SellerChoice.id).desc())))


def erase_reasons(session: Session, *, shop_id: int, order_gids: list[str]) -> None:
    """Blank the words of the reasons of these orders; who was chosen, and by whom, stays."""
    for order_gid in order_gids:
        for choice in choices(session, shop_id=shop_id, order_gid=order_gid):
            choice.reason = None
            session.add(choice)
    session.flush()


def _note_client(session: Session, case: Case, advisor_id: int, now: datetime) -> None:
    secret = client_book.secret_of(session, case.shop_id)
    keys = client_book.client_keys(
        secret, gid=case.client_gid or "", email=case.client_email or "", phone=case.client_phone or ""
    )
    if keys:
        client_book.put(
            session,
            shop_id=case.shop_id,
            keys=keys,
            advisor_id=advisor_id,
            since=now.date(),
            source=client_book.BY_PERSON,
            now=now,
        )


def _who(session: Session, shop_id: int, advisor_id: int) -> dict[str, str | int | None]:
    advisor = get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    return {"staff": advisor.staff_gid, "advisor": advisor.id}
