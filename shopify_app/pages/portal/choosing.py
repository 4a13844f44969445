"""Choose: which pieces come back and why, then with your advisor or without a conversation, side by side.

What was chosen travels in the form; who chooses, in a signed pass. Nothing is kept and nothing is made in Shopify here.
"""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from kit.errors import OutsideError, Waiting
from kit.log import get_logger
from routing.asked_models import Prefers
from shopify_app.pages.portal.advising import advise, chosen_time, foresee_for, who_was_offered
from shopify_app.pages.portal.chosen import MOST_NOTE, Choice, read_choice, without_talk
from shopify_app.pages.portal.order_pieces import OrderShown, ask_shopify, shown
from shopify_app.pages.portal.passes import Acting, OrderPass
from shopify_app.pages.portal.places import Place, in_both
from shopify_app.pages.portal.speaking import pass_over, who_speaks
from shopify_app.pages.portal.summary import summary_page
from shopify_app.pages.portal.tongue import _, speak, tongue
from shopify_app.web import begin, now

page = Blueprint("choosing", __name__)
log = get_logger("portal")


@in_both(page, "/choose", "POST")
def choose(place: Place) -> ResponseReturnValue:
    """The order's pieces, with what was ticked before."""
    choice = read_choice(request.form, now=now())
    who = who_speaks(place, choice)
    if who is None:
        return pass_over(place)
    seen = see_order(place, who)
    return away(place, choice) if seen is None else _pieces(place, who, seen, choice)


@in_both(page, "/choose/next", "POST")
def then(place: Place) -> ResponseReturnValue:
    """Their advisor beside a return without a conversation; where nobody is to be offered first, the summary."""
    chosen = _chosen(place)
    if isinstance(chosen, Response):
        return chosen
    who, seen, choice = chosen
    offered = foresee_for(place, who, seen, choice)
    if offered is None or offered.comes_after:
        # By law nothing stands before a withdrawal: it is acknowledged first, and the invitation comes after it.
        later = replace(without_talk(choice), offered=offered.signed if offered else "")
        return summary_page(place, who, seen, later)
    return advise(place, seen, replace(choice, offered=offered.signed), offered)


@in_both(page, "/choose/summary", "POST")
def look_once_more(place: Place) -> ResponseReturnValue:
    """All of it, before one button."""
    chosen = _chosen(place)
    if isinstance(chosen, Response):
        return chosen
    who, seen, choice = chosen
    if choice.prefers is Prefers.TALK and who.acting is Acting.BUYER:
        found, offered = chosen_time(place, who, seen, choice)
        if found and offered is not None:
            return advise(place, seen, choice, offered, found)
    else:
        choice = replace(choice, at=None, phone="", texts=False)
    return summary_page(place, who, seen, choice, who_was_offered(place.shop_id, who.order_gid, choice.offered))


def _chosen(place: Place) -> tuple[OrderPass, OrderShown, Choice] | Response:
    """Who speaks, their order, and what they chose of it; else the page that says what is missing."""
    choice = read_choice(request.form, now=now())
    who = who_speaks(place, choice)
    if who is None:
        return pass_over(place)
    seen = see_order(place, who)
    if seen is None:
        return away(place, choice)
    if problems := problems_of(seen, choice):
        return _pieces(place, who, seen, choice, problems)
    return who, seen, replace(choice, order_name=seen.order.name, locale=tongue().locale)


def away(place: Place, choice: Choice) -> Response:
    """Shopify does not answer, so the pieces cannot be shown just now; what was chosen stays in the form."""
    return place.show("portal/choose.html", 503, state="away", carried=choice.fields())


def see_order(place: Place, who: OrderPass) -> OrderShown | None:
    """The order of the pass as Shopify tells it now; None while it does not."""
    try:
        told = ask_shopify(place.shop_id, who.order_gid)
    except (OutsideError, Waiting) as error:
        log.warning("portal.order_not_shown", shop_id=place.shop_id, why=str(error)[:200])
        return None
    if told is None:
        return None
    speak(told.client.locale if who.acting is Acting.BUYER else tongue().locale)
    with begin() as session:
        return shown(session, told, shop_id=place.shop_id, now=now())


def problems_of(seen: OrderShown, choice: Choice) -> dict[str, str]:
    """A sentence for each piece to look at again; "" names the whole page."""
    if not choice.lines:
        return {"": _("Please choose the piece that brings you back.")}
    found: dict[str, str] = {}
    for line in choice.lines:
        piece = seen.piece(line.fulfillment_line_gid)
        if piece is None:
            found[""] = _("One of these pieces cannot be sent back any more. Please look once more.")
        elif line.quantity > piece.most:
            found[piece.gid] = _("%(number)s of these can come back.", number=piece.most)
        elif len(line.note) > MOST_NOTE:
            found[piece.gid] = _("Please say it in %(number)s letters.", number=MOST_NOTE)
    return found


def _pieces(
    place: Place, who: OrderPass, seen: OrderShown, choice: Choice, problems: dict[str, str] | None = None
) -> Response:
    about: dict[str, Any] = {
        "state": "pieces" if seen.pieces else "nothing",
        "seen": seen,
        "choice": choice,
        "problems": problems or {},
        "sees_prices": who.acting is Acting.BUYER,
        "most_note": MOST_NOTE,
    }
    return place.show("portal/choose.html", 422 if problems else 200, **about)
