"""What is done with an answer: noting on the order who sold it, and a person's choice of another advisor."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from consults import cases
from consults.advisors import get_advisor
from consults.models import Case
from kit.errors import AppError, Conflict, NotFound
from kit.log import get_logger
from logistics import rmas
from routing import client_book, hand_overs, notes
from routing.chains import chain_row
from routing.models import Decision
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
    reason = _reason(reason, "case")
    advisor, before = get_advisor(session, shop_id=shop_id, advisor_id=advisor_id), case.advisor_id
    words = words or f"{advisor.name} was chosen by a person of the house."
    why = "chosen by a workflow" if by == FLOW else "chosen by a person"
    hand_overs.choose_for(session, case, advisor_id=advisor_id, words=words, why=why, by=by, now=now)
    about: dict[str, Any] = {"shop_id": shop_id, "order_gid": case.order_gid, "return_gid": case.return_gid, "by": by}
    _write_down(session, SellerChoice(**about, from_advisor_id=before, advisor_id=advisor_id, reason=reason, at=now))
    if for_client:
        client = (case.client_gid or "", case.client_email or "", case.client_phone or "")
        _note_client(session, shop_id, client, advisor_id, now)
    log.info("seller.chosen", shop_id=shop_id, case=case_id, before=before, after=advisor_id)
    return case


def choose_named(
    session: Session,
    *,
    shop_id: int,
    return_gid: str,
    advisor_id: int,
    reason: str,
    by: str,
    for_client: bool,
    now: datetime,
) -> SellerChoice:
    """The same for a return without a conversation: noted on the order, it wins at the next return.

    What was decided of this return stays: nobody is given a case, and the client reads the name where the rules name
    somebody. Raises AppError as choose_advisor(), NotFound, or Conflict where there is a case: it is done on its page.
    """
    decision = session.exec(
        select(Decision).where(Decision.shop_id == shop_id, Decision.return_gid == return_gid)
    ).first()
    if decision is None:
        raise NotFound("That return is not known here.")
    if cases.find_case(session, shop_id=shop_id, return_gid=return_gid) is not None:
        raise Conflict("This return has a conversation. Choose on the page of its case.")
    reason = _reason(reason, "return")
    advisor, before = get_advisor(session, shop_id=shop_id, advisor_id=advisor_id), named_on(session, decision)
    if not advisor.active:
        raise AppError(f"{advisor.name} does not take returns just now.", code="advisor")
    if before == advisor_id:
        raise AppError(f"{advisor.name} is named already.", code="advisor")
    about: dict[str, Any] = {"shop_id": shop_id, "order_gid": decision.order_gid, "return_gid": return_gid, "by": by}
    choice = SellerChoice(**about, from_advisor_id=before, advisor_id=advisor_id, reason=reason, at=now)
    _write_down(session, choice)
    rma = rmas.find_rma(session, shop_id=shop_id, return_gid=return_gid)
    if for_client and rma is not None:
        _note_client(session, shop_id, (rma.client_gid, rma.client_email, rma.client_phone), advisor_id, now)
    log.info("seller.chosen", shop_id=shop_id, before=before, after=advisor_id)
    return choice


def named_on(session: Session, decision: Decision) -> int | None:
    """Whom a return without a conversation names: who a person chose for it last, else who was decided."""
    found = choices(session, shop_id=decision.shop_id, order_gid=decision.order_gid)
    chosen = (row.advisor_id for row in found if row.return_gid == decision.return_gid)
    return next(chosen, decision.advisor_id)


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


def _reason(text: str, what: str) -> str:
    words = " ".join(text.split())
    if not SHORTEST <= len(words) <= LONGEST:
        raise AppError(f"Write a few words on why; they stay with the {what}.", code="reason")
    return words


def _write_down(session: Session, choice: SellerChoice) -> None:
    """Keep a person's word, and have it noted on the order in Shopify, where it is read at the next return."""
    session.add(choice)
    session.flush()
    if choice.order_gid:
        who = _who(session, choice.shop_id, choice.advisor_id)
        notes.note_chosen(session, shop_id=choice.shop_id, order_gid=choice.order_gid, who=who, now=choice.at)


def _note_client(session: Session, shop_id: int, client: tuple[str, str, str], advisor_id: int, now: datetime) -> None:
    """`client`: their gid at Shopify, e-mail and telephone, "" where one is not known."""
    gid, email, phone = client
    keys = client_book.client_keys(client_book.secret_of(session, shop_id), gid=gid, email=email, phone=phone)
    if keys:
        about: dict[str, Any] = {"advisor_id": advisor_id, "since": now.date(), "source": client_book.BY_PERSON}
        client_book.put(session, shop_id=shop_id, keys=keys, now=now, **about)


def _who(session: Session, shop_id: int, advisor_id: int) -> dict[str, str | int | None]:
    advisor = get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    return {"staff": advisor.staff_gid, "advisor": advisor.id}
