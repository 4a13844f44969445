"""A return the advisor prepares and the client decides about: the order is read, the letter is written."""

from typing import Any

from flask import redirect
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from consults.advisors import get_advisor
from consults.phrases import phrase
from kit.errors import AppError
from kit.money import Money
from kit.tokens import token_hash
from logistics import rmas
from logistics.credits import ceilings, fits
from logistics.reads import ClientRead
from notifications import messages
from notifications.addressing import salutation
from routing import offers
from routing.facts import OrderRead
from routing.offer_models import ReturnOffer
from routing.reads import OrderToReturn
from shopify_app.auth import DeskCaller
from shopify_app.reaching import shopify_openings, shopify_orders, shopify_returns, shopify_stock
from shopify_app.web import addresses, begin, now
from shops.links import OFFER, issue_link
from shops.shops import get_shop

NO_ORDER = "Shopify does not show this order any more. Look it up again."
NO_EMAIL = "Shopify shows no email address of this client, so their page cannot be sent. Open the return here instead."
NO_PIECE = "No piece has exactly the number “{sku}”. Look it up in Shopify and write it as it stands there."


def let_them_decide(caller: DeskCaller, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Keep what comes back and what may be had instead, and write to the client. A second press is the same."""
    order = shopify_openings().find_order(caller.shop_id, form.get("order", "")[:60])
    found = shopify_orders().order(caller.shop_id, form["order_gid"])
    if order is None or found is None or order.order_gid != form["order_gid"]:
        raise AppError(NO_ORDER)
    sold, client = found
    if not client.email:
        raise AppError(NO_EMAIL)
    chosen = [(gid, quantity_of(form.get(f"quantity:{gid}", "1"))) for gid in form.getlist("line")]
    value = _value(order, sold, chosen)
    about: dict[str, Any] = {
        "order_gid": order.order_gid,
        "order_name": order.name,
        "lines": chosen,
        "pieces": [
            offers.OfferedPiece(piece.title, piece.detail, quantity)
            for piece in order.pieces
            for gid, quantity in chosen
            if gid == piece.fulfillment_line_gid
        ],
        "reason_gid": form["reason"],
        "choices": _choices(caller.shop_id, form.get("instead", ""), value.currency),
        "value": value,
        "may_credit": _may_credit(caller.shop_id, client, value),
    }
    with begin() as session:
        key = token_hash(form["key"])
        row, is_new = offers.offer(
            session, shop_id=caller.shop_id, advisor_id=caller.advisor_id, key=key, now=now(), **about
        )
        if is_new:
            _write(session, row, client)
    return redirect("/desk/returns/new?offered=", 303)


def quantity_of(text: str) -> int:
    """A quantity as it was typed; 0, which is refused, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _value(order: OrderToReturn, sold: OrderRead, chosen: list[tuple[str, int]]) -> Money:
    """What was paid for the pieces chosen, in shop money."""
    quantities, cents = dict(chosen), 0
    by_line = {line.line_gid: line for line in sold.lines}
    for piece in order.pieces:
        line = by_line.get(piece.line_gid)
        if line is not None:
            cents += line.value.cents * quantities.get(piece.fulfillment_line_gid, 0) // max(line.quantity, 1)
    return Money(cents, sold.total.currency)


def _choices(shop_id: int, given: str, currency: str) -> list[offers.Choice]:
    found = []
    for sku in [sku.strip() for sku in given.split(",") if sku.strip()][: offers.MOST_CHOICES + 1]:
        piece = shopify_stock().find(shop_id, sku)
        if piece is None:
            raise AppError(NO_PIECE.format(sku=sku[:40]))
        price = Money.parse(str(piece.price or 0), currency)
        found.append(offers.Choice(piece.variant_gid, piece.title[:200], price.cents))
    return found


def _may_credit(shop_id: int, client: ClientRead, value: Money) -> bool:
    """The ceiling is looked at before credit is offered, and once more when the money is proposed."""
    with begin() as session:
        offered, known = rmas.policy_of(session, shop_id).offer_credit, ceilings(session, shop_id)
    if not offered or not client.gid or not fits(known, (), value):
        return False
    return fits(known, shopify_returns().store_credit(shop_id, client.gid), value)


def _write(session: Session, row: ReturnOffer, client: ClientRead) -> None:
    assert row.id is not None
    token = issue_link(session, shop_id=row.shop_id, purpose=OFFER, subject_id=row.id, now=now())
    values = {
        "house": get_shop(session, row.shop_id).shown_name,
        "greeting": salutation(client.title, client.name, client.locale),
        "first_name": get_advisor(session, shop_id=row.shop_id, advisor_id=row.advisor_id).first_name,
        "piece": row.pieces[0]["title"] if row.pieces else phrase("your_piece", client.locale),
        "link": addresses().return_page(token),
    }
    messages.send(
        session,
        shop_id=row.shop_id,
        message="return_offered",
        channel="email",
        to=client.email,
        values=values,
        key=f"offer:{row.id}",
        locale=client.locale,
        now=now(),
    )
