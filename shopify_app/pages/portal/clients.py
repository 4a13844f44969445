"""The client calling: what their link stands for, and their shop for the page around it."""

from dataclasses import dataclass

from flask import g
from sqlmodel import Session

from consults.cases import get_case
from consults.models import Case
from kit.errors import NotFound
from logistics.models import Rma
from logistics.rmas import get_rma
from routing import asking
from routing.asked_models import AskedReturn
from routing.models import OpenedReturn
from routing.offer_models import ReturnOffer
from routing.offers import get_offer, rma_of
from shopify_app.auth import client_link
from shopify_app.pages.portal.passes import Acting
from shopify_app.pages.portal.tongue import _, speak
from shops.links import ASKED, CONSULT, OFFER, RETURN
from shops.shops import get_shop


@dataclass(frozen=True)
class Invited:
    """Somebody with a link to a conversation. `guest_id` is the place of one who came along, None for the client."""

    case: Case
    case_id: int
    shop_id: int
    guest_id: int | None


def with_return(session: Session, token: str, *, for_anybody: bool = False) -> Rma:
    """The return of the link, or what became of an offer or of a wish by it. Raises NotFound or LinkDone.

    `for_anybody`: also for who sends back a present, or in the buyer's stead; what is asked then names no amount.
    """
    asked = with_asked(session, token)
    offer = None if asked else with_offer(session, token)
    if asked is not None or offer is not None:
        rma = asking.rma_of(session, asked[0]) if asked else rma_of(session, offer) if offer else None
        if asked is not None and asked[1].acting != Acting.BUYER and not for_anybody:
            raise NotFound(_("There is nothing at this address."))
        if rma is None:
            raise NotFound(_("There is nothing at this address yet."))
        speak(rma.client_locale)
        return rma
    opened = client_link(session, token, RETURN)
    g.shop = get_shop(session, opened.shop_id)
    rma = get_rma(session, shop_id=opened.shop_id, rma_id=opened.subject_id)
    speak(rma.client_locale)
    return rma


def sees_prices(session: Session, token: str) -> bool:
    """Whether whoever holds the link bought the piece, and so may see what it cost and what went back.

    The buyer's link names nobody; one made for somebody else, as the recipient of a gift, names them (`person_id`). One
    to what was asked for says in whose right it was.
    """
    if (asked := with_asked(session, token)) is not None:
        return asked[1].acting == Acting.BUYER
    for purpose in (RETURN, OFFER):
        try:
            return client_link(session, token, purpose).person_id is None
        except NotFound:
            continue
    return False


def with_offer(session: Session, token: str) -> ReturnOffer | None:
    """What the client decides about by this link; None for a link to anything else. Raises LinkDone."""
    try:
        opened = client_link(session, token, OFFER)
    except NotFound:
        return None
    g.shop = get_shop(session, opened.shop_id)
    return get_offer(session, shop_id=opened.shop_id, offer_id=opened.subject_id)


def with_asked(session: Session, token: str) -> tuple[OpenedReturn, AskedReturn] | None:
    """The return they asked for on our page, by the link they got there; None for another link. Raises LinkDone."""
    try:
        opened = client_link(session, token, ASKED)
    except NotFound:
        return None
    g.shop = get_shop(session, opened.shop_id)
    asked = asking.get_asked(session, shop_id=opened.shop_id, opened_id=opened.subject_id)
    speak(asked[1].locale)
    return asked


def with_case(session: Session, token: str) -> Invited:
    """The case of the link, and who holds it. Raises NotFound or LinkDone."""
    opened = client_link(session, token, CONSULT)
    g.shop = get_shop(session, opened.shop_id)
    case = get_case(session, shop_id=opened.shop_id, case_id=opened.subject_id)
    speak(case.client_locale)
    return Invited(case, opened.subject_id, opened.shop_id, opened.person_id)
