"""Confirm, and the page after it: the return has reached us with its time, whoever else is slow or away."""

from datetime import datetime
from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor
from consults.zones import show_times
from kit.errors import AppError
from kit.tokens import token_hash
from logistics.in_words import instant_in_words
from logistics.parcels import parcels_of
from logistics.rmas import lines_of
from logistics.states import ParcelState
from routing import asking
from routing.asked_models import AskedReturn, Prefers, TalkState
from routing.models import OpenedReturn
from routing.states import OpeningState
from shopify_app.pages.portal.advising import who_was_offered
from shopify_app.pages.portal.chosen import Choice, read_choice
from shopify_app.pages.portal.consent import CONSENT
from shopify_app.pages.portal.passes import Acting, OrderPass
from shopify_app.pages.portal.places import Place, in_both
from shopify_app.pages.portal.speaking import pass_over, who_speaks
from shopify_app.pages.portal.tongue import _, speak, tongue
from shopify_app.web import addresses, begin, now, settings
from shops.limits import may_try
from shops.links import ASKED, issue_link

page = Blueprint("asked", __name__)
ASKED_OF_AN_ORDER = 30  # an hour: presses of one button, and changes of mind; a robot stops there
STUCK = (OpeningState.REFUSED, OpeningState.UNSETTLED)


class AskedTooOften(AppError):
    """One order was asked about more often than anybody does."""

    status = 429
    code = "too_often"


@in_both(page, "/confirm", "POST")
def confirm(place: Place) -> ResponseReturnValue:
    """Secured at once, and carried out by a job. The same press again is the same return."""
    choice = read_choice(request.form, now=now())
    if choice.locale:
        speak(choice.locale)
    who = who_speaks(place, choice)
    if who is None:
        return pass_over(place)
    if not choice.lines or request.form.get("key") != choice.key:
        return place.show("portal/choose.html", 422, state="again", carried=choice.fields())
    wanted = _wanted(place, who, choice)
    with begin() as session:
        tries = {f"ask:{who.order_gid}": ASKED_OF_AN_ORDER}
        if not may_try(session, shop_id=place.shop_id, tries=tries, secret=settings().secret_key, now=now()):
            raise AskedTooOften(_("This order was asked about very often within the hour. Please ring us."))
        opened, asked = asking.ask_for(session, wanted, shop_id=place.shop_id, now=now())
        token = issue_link(session, shop_id=place.shop_id, purpose=ASKED, subject_id=asked.opened_id, now=now())
        values = _values(session, opened, asked)
    return place.show("portal/asked.html", link=addresses().return_page(token), **values)


def has_own_page(session: Session, asked: tuple[OpenedReturn, AskedReturn]) -> bool:
    """Whether the page of the return itself stands for it now: for the buyer, once the return is known."""
    return asked[1].acting == Acting.BUYER and asking.rma_of(session, asked[0]) is not None


def asked_page(session: Session, token: str, asked: tuple[OpenedReturn, AskedReturn]) -> dict[str, Any]:
    """Values for templates/portal/asked.html on our own address; for a present it names no amount, ever."""
    values = _values(session, *asked) | {"layout": "portal/base.html", "token": token, "link": ""}
    rma = asking.rma_of(session, asked[0])
    if rma is None:
        return values
    ready = (ParcelState.BOUGHT, ParcelState.ATTACHED)
    boxes = [box for box in parcels_of(session, rma) if box.state in ready and box.is_covered]
    pieces = [(line.title, line.quantity) for line in lines_of(session, rma)]
    return values | {"goods": rma.goods_state.value, "boxes": boxes, "titles": pieces}


def _values(session: Session, opened: OpenedReturn, asked: AskedReturn) -> dict[str, Any]:
    talk = show_times(asked.talk_at, asked.talk_zone, tongue().locale) if asked.talk_at else ""
    shown = get_advisor(session, shop_id=asked.shop_id, advisor_id=asked.advisor_id) if asked.advisor_id else None
    return {
        "received": _received(opened.asked_at),
        "order": opened.order_name.lstrip("#"),
        "pieces": asked.pieces,
        "acting": asked.acting,
        "advisor": shown if shown is not None and asked.prefers is not Prefers.SIMPLE else None,
        "talk": talk if asked.talk in (TalkState.WANTED, TalkState.RESERVED) else "",
        "taken": talk if asked.talk is TalkState.TAKEN else "",
        "stuck": opened.state in STUCK,
        "goods": "",
        "boxes": [],
        "titles": [],
    }


def _wanted(place: Place, who: OrderPass, choice: Choice) -> asking.Wanted:
    """What is secured, by the form alone: nobody else is asked, so that it holds while Shopify is away."""
    offered = who_was_offered(place.shop_id, who.order_gid, choice.offered) if who.acting is Acting.BUYER else None
    prefers, talk = choice.prefers, None
    if prefers is Prefers.TALK:
        if offered is not None and choice.at is not None:
            agreed = _(CONSENT) if choice.texts else ""
            talk = asking.Talk(choice.at, choice.kind, choice.zone or g.shop.zone, choice.phone, agreed)
        else:
            prefers = Prefers.OPEN
    if who.acting is not Acting.BUYER:
        prefers = Prefers.SIMPLE  # whoever sends it back in another's place is not who would be invited
    return asking.Wanted(
        key=token_hash(f"{who.order_gid}:{choice.key}"),
        order_gid=who.order_gid,
        order_name=choice.order_name,
        lines=choice.lines,
        acting=who.acting.value,
        prefers=prefers,
        advisor_id=offered.advisor.id if offered else None,
        talk=talk,
        way=choice.way,
        locale=tongue().locale,
    )


def _received(at: datetime) -> str:
    """ "Tuesday 24 November 2026, 10:00 (Paris)"."""
    return instant_in_words(at, g.shop.zone, tongue().locale)
