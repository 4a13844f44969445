"""The client calling: what their link stands for, and their shop for the page around it."""

from dataclasses import dataclass

from flask import g
from sqlmodel import Session

from consults.cases import get_case
from consults.models import Case
from kit.errors import NotFound
from logistics.models import Rma
from logistics.rmas import get_rma
from routing.offer_models import ReturnOffer
from routing.offers import get_offer, rma_of
from shopify_app.auth import client_link
from shopify_app.pages.portal.tongue import _, speak
from shops.links import CONSULT, OFFER, RETURN
from shops.shops import get_shop


@dataclass(frozen=True)
class Invited:
    """Somebody with a link to a conversation. `guest_id` is the place of one who came along, None for the client."""

    case: Case
    case_id: int
    shop_id: int
    guest_id: int | None


def with_return(session: Session, token: str) -> Rma:
    """The return of the link, or what became of an offer by it. Raises NotFound or LinkDone."""
    offer = with_offer(session, token)
    if offer is not None:
        rma = rma_of(session, offer)
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

    The buyer's link names nobody; one made for somebody else, as the recipient of a gift, names them (`person_id`).
    """
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


def with_case(session: Session, token: str) -> Invited:
    """The case of the link, and who holds it. Raises NotFound or LinkDone."""
    opened = client_link(session, token, CONSULT)
    g.shop = get_shop(session, opened.shop_id)
    case = get_case(session, shop_id=opened.shop_id, case_id=opened.subject_id)
    speak(case.client_locale)
    return Invited(case, opened.subject_id, opened.shop_id, opened.person_id)
