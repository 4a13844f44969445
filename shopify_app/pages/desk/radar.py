"""What went wrong on our side, with its ways out; what the client needs the piece for; and an amount to grant."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.history import by_advisor
from consults.models import Case
from consults.rights import Right
from kit.errors import AppError, NotFound
from logistics.exchanges import ask_exchange
from logistics.radar.cards import cards_of, close_card, send_card
from logistics.radar.kinds import blames
from logistics.radar.needs import meet_need, need_of, note_need
from logistics.rights import GRANT
from logistics.rmas import find_rma
from logistics.settlements import approve_payment, open_settlement
from shopify_app.asked import row_id
from shopify_app.auth import desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.reaching import shopify_stock
from shopify_app.web import begin, now

page = Blueprint("radar", __name__, url_prefix="/cases/<int:case_id>")
NO_PIECE = "No piece has exactly that number. Look it up in Shopify and write it as it stands there."
LOOK_AGAIN = "“{words}” blames somebody. Say what was ours in it, or send it a second time as it stands."


@page.post("/cards/<int:card_id>/send")
def send(case_id: int, card_id: int) -> ResponseReturnValue:
    """Offer the ways out, in the advisor's own words. Words that blame are looked at once more before they go."""
    caller, words = desk(), request.form.get("words", "")
    with begin() as session:
        case = case_of(session, caller, case_id)
        _mine(session, case, card_id)
        blaming = blames(words)
        if blaming and _plain(request.form.get("seen", "")) != _plain(words):
            raise AppError(LOOK_AGAIN.format(words=blaming[0]))
        by = by_advisor(caller.advisor_id)
        send_card(session, shop_id=caller.shop_id, card_id=card_id, words=words, by=by, now=now())
    return redirect(f"/desk/cases/{case_id}#right", 303)


@page.post("/cards/<int:card_id>/close")
def close(case_id: int, card_id: int) -> ResponseReturnValue:
    """It was seen to otherwise."""
    caller = desk()
    with begin() as session:
        _mine(session, case_of(session, caller, case_id), card_id)
        close_card(session, shop_id=caller.shop_id, card_id=card_id, now=now())
    return redirect(f"/desk/cases/{case_id}", 303)


@page.post("/need")
def need(case_id: int) -> ResponseReturnValue:
    """What it is for, by when, and the piece that was promised for it."""
    caller, form = desk(), request.form
    with begin() as session:
        case_of(session, caller, case_id)
    sku = form.get("sku", "").strip()
    piece = shopify_stock().find(caller.shop_id, sku) if sku else None
    with begin() as session:
        case = case_of(session, caller, case_id)
        about: dict[str, Any] = {"shop_id": caller.shop_id, "return_gid": case.return_gid, "piece": piece}
        if sku and piece is None:
            raise AppError(NO_PIECE)
        need_by = _day(form.get("need_by", ""))
        about["keep_piece"] = form.get("no_piece") != "yes"  # nobody writes its number a second time
        note_need(session, occasion=form.get("occasion", ""), need_by=need_by, now=now(), **about)
    return redirect(f"/desk/cases/{case_id}#need", 303)


@page.post("/need/met")
def met(case_id: int) -> ResponseReturnValue:
    """The client has what they needed: nobody is warned of it any more."""
    caller = desk()
    with begin() as session:
        case = case_of(session, caller, case_id)
        meet_need(session, shop_id=caller.shop_id, return_gid=case.return_gid, now=now())
    return redirect(f"/desk/cases/{case_id}#need", 303)


@page.post("/sale")
def sell(case_id: int) -> ResponseReturnValue:
    """The client takes the promised piece instead: in one movement of money where that is still possible."""
    caller = desk()
    with begin() as session:
        case = case_of(session, caller, case_id)
        rma = find_rma(session, shop_id=caller.shop_id, return_gid=case.return_gid)
        wanted = need_of(session, shop_id=caller.shop_id, return_gid=case.return_gid)
        if rma is None or rma.id is None or wanted is None or not wanted.variant_gid:
            raise AppError("Write down first which piece they decided for.")
        about: dict[str, Any] = {
            "variant_gid": wanted.variant_gid,
            "piece": wanted.piece,
            "by": by_advisor(caller.advisor_id),
        }
        ask_exchange(session, shop_id=caller.shop_id, rma_id=rma.id, now=now(), **about)
    return redirect(f"/desk/cases/{case_id}#need", 303)


@page.post("/grant")
def grant(case_id: int) -> ResponseReturnValue:
    """The advisor says yes to the amount they looked at; who pays confirms it, where the house wants that."""
    caller = desk()
    with begin() as session:
        case = case_of(session, caller, case_id)
        caller.allowed.must(Right.REFUND)
        rma = find_rma(session, shop_id=caller.shop_id, return_gid=case.return_gid)
        batch = open_settlement(session, rma) if rma else None
        if rma is None or rma.id is None or batch is None or batch.id != row_id(request.form.get("settlement_id", "")):
            raise NotFound("That amount was overtaken meanwhile. Please look at it again.")
        by = by_advisor(caller.advisor_id)
        about: dict[str, Any] = {"shop_id": caller.shop_id, "rma_id": rma.id, "settlement_id": batch.id}
        approve_payment(session, by=by, rights=GRANT, now=now(), **about)
    return redirect(f"/desk/cases/{case_id}#parcel", 303)


def _mine(session: Session, case: Case, card_id: int) -> None:
    """Raises NotFound for a card of another return."""
    found = cards_of(session, shop_id=case.shop_id, return_gid=case.return_gid)
    if all(card.id != card_id for card in found):
        raise NotFound("That card is not known here.")


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise AppError("Please name the day.") from None


def _plain(words: str) -> str:
    return " ".join(words.split())  # a browser ends the lines of a field otherwise than we do
