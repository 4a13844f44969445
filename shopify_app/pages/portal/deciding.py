"""/r/<token>: how the client wants it settled. A refund, credit for another piece, or a piece instead; one press each.

Nothing is made in Shopify before they have decided, where their advisor let them; and it is changed until it is sent.
"""

from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor
from kit.errors import NotFound
from kit.money import Money
from logistics.minds import change_mind
from routing.offer_models import ReturnOffer
from routing.offers import decide, opened_of
from routing.states import OpeningState
from shopify_app.pages.portal.clients import with_offer, with_return
from shopify_app.pages.portal.tongue import _, tongue
from shopify_app.web import begin, now

page = Blueprint("deciding", __name__, url_prefix="/r/<token>")
STUCK = (OpeningState.REFUSED, OpeningState.UNSETTLED)


@page.post("/decision")
def decide_it(token: str) -> ResponseReturnValue:
    """The one return follows from this; decided otherwise before it was sent, that counts. Where somebody sees to it,
    the page says who."""
    with begin() as session:
        offer = with_offer(session, token)
        if offer is None or offer.id is None:
            raise NotFound(_("There is nothing at this address."))
        if not _is_stuck(session, offer):
            decide(session, shop_id=offer.shop_id, offer_id=offer.id, wish=request.form.get("wish", ""), now=now())
    return redirect(f"/r/{token}", 303)


@page.post("/mind")
def settle_otherwise(token: str) -> ResponseReturnValue:
    """Another way for it to be settled, for as long as nothing was sent."""
    with begin() as session:
        rma = with_return(session, token)
        assert rma.id is not None
        wish = request.form.get("wish", "")
        change_mind(session, shop_id=rma.shop_id, rma_id=rma.id, wish=wish, by="client", now=now())
    return redirect(f"/r/{token}#settled-how", 303)


def offer_page(session: Session, offer: ReturnOffer) -> dict[str, Any]:
    """Values for templates/portal/offer.html."""
    opened = opened_of(session, offer)
    value = Money(offer.value_cents, offer.currency)
    return {
        "offer": offer,
        "value": value,
        "advisor": get_advisor(session, shop_id=offer.shop_id, advisor_id=offer.advisor_id),
        "ways": [_difference(value, Money(choice["price_cents"], offer.currency)) for choice in offer.choices],
        "stuck": _is_stuck(session, offer),
        "sent": opened is not None and opened.sent_at is not None,
    }


def _is_stuck(session: Session, offer: ReturnOffer) -> bool:
    opened = opened_of(session, offer)
    return opened is not None and opened.state in STUCK


def _difference(value: Money, price: Money) -> str:
    """What the client reads of a piece that costs more, less or the same."""
    if price.cents == value.cents:
        return _("Nothing more to pay.")
    more = Money(abs(price.cents - value.cents), value.currency).show(tongue().locale)
    if price.cents > value.cents:
        return _("%(amount)s more to pay, on our checkout.", amount=more)
    return _("%(amount)s goes back to you.", amount=more)
