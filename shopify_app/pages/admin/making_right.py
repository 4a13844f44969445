"""/app/returns/<id>/cards/<card>: what went wrong on our side, offered and ticked off where nobody advises."""

from typing import Any

from flask import Blueprint, Response, request
from sqlmodel import Session

from kit.errors import AppError, NotFound
from logistics import rmas
from logistics.radar.cards import cards_of, close_card, send_card
from logistics.radar.kinds import blames
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, staff, wrong
from shopify_app.web import begin, now

page = Blueprint("admin_making_right", __name__, url_prefix="/app/returns/<int:rma_id>/cards/<int:card_id>")
LOOK_AGAIN = "“{words}” blames somebody. Say what was ours in it, or tick below that it goes as it stands."


@page.post("/send")
def send(rma_id: int, card_id: int) -> Response:
    """Offer the ways out to the client, in the house's words. Words that blame go only once somebody ticked that."""
    caller, words = merchant(), request.form.get("words", "")
    about: dict[str, Any] = {"shop_id": caller.shop_id, "card_id": card_id, "now": now()}
    with begin() as session:
        _mine(session, caller.shop_id, rma_id, card_id)
        blaming = blames(words)
        if blaming and "as_it_stands" not in request.form:
            return wrong({"words": LOOK_AGAIN.format(words=blaming[0])})
        try:
            send_card(session, words=words, by=staff(caller), **about)
        except AppError as no:
            if no.status != 400:
                raise
            return wrong({"words": no.message})
    return go("", "It is on its way to the client.")


@page.post("/close")
def close(rma_id: int, card_id: int) -> Response:
    """Somebody saw to it: otherwise, or what the client chose is done."""
    caller = merchant()
    with begin() as session:
        _mine(session, caller.shop_id, rma_id, card_id)
        close_card(session, shop_id=caller.shop_id, card_id=card_id, now=now())
    return go("", "Noted.")


def _mine(session: Session, shop_id: int, rma_id: int, card_id: int) -> None:
    """Raises NotFound for a card of another return."""
    rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
    found = cards_of(session, shop_id=shop_id, return_gid=rma.return_gid)
    if all(card.id != card_id for card in found):
        raise NotFound("That card is not known here.")
