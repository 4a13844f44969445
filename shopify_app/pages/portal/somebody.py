"""Somebody else sees to it: the buyer names who, they get a link of their own, and the buyer can take it back."""

import re
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from kit.errors import AppError, NotFound
from kit.tokens import new_token
from routing import speakers
from routing.speaker_models import OrderSpeaker, SpeaksAs
from shopify_app.pages.portal.pass_holders import pass_holder
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, write_order_pass
from shopify_app.pages.portal.places import OURS, Place, in_both, ours
from shopify_app.pages.portal.tongue import N_, _, said, tongue
from shopify_app.web import addresses, begin, now, settings
from shops.limits import may_try
from shops.links import ORDER, LinkDone, open_link

page = Blueprint("somebody", __name__)
ORDER_NAME = re.compile(r"[\w.\-/]{1,40}")
NAMED_IN_A_SHOP = 200  # an hour: each is a letter of ours to an address a client typed
WORDS = (
    N_("Please tell us who it is."),
    N_("Please write an email, or a mobile number with its country code, as in +33 6 12 34 56 78."),
    N_("More people see to this order than we can keep apart. Please take one back first, or call us."),
)
"""Sentences of routing.speakers, which knows no language."""


@in_both(page, "/somebody", "POST")
def show(place: Place) -> ResponseReturnValue:
    """Who sees to this order besides its buyer, and a form for another."""
    who = _buyer(place)
    return _over(place) if who is None else _page(place, who)


@in_both(page, "/somebody/name", "POST")
def name(place: Place) -> ResponseReturnValue:
    """They may speak for it from now on, and their link is on its way."""
    who = _buyer(place)
    if who is None:
        return _over(place)
    try:
        with begin() as session:
            _name(session, place, who)
    except AppError as error:
        return _page(place, who, said(error.message), error.status)
    return _page(place, who)


@in_both(page, "/somebody/end", "POST")
def end(place: Place) -> ResponseReturnValue:
    """The buyer takes it back: the link and every page opened by it are done."""
    who = _buyer(place)
    if who is None:
        return _over(place)
    wanted = request.form.get("speaker", "")
    about: dict[str, Any] = {"shop_id": place.shop_id, "order_gid": who.order_gid, "now": now()}
    with begin() as session:
        speakers.end_speaker(session, speaker_id=int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0, **about)
    return _page(place, who)


@page.get(f"{OURS}/order/<token>")
def open_order(house: str, token: str) -> ResponseReturnValue:
    """The order, for somebody its buyer named. Looking changes nothing."""
    place = ours(house)
    with begin() as session:
        speaker = _speaker(session, place, token)
    if speaker is None or speaker.id is None:
        return place.show("portal/order_asked.html", 410, pass_="")
    about: dict[str, Any] = {"order": speaker.order_name, "as_recipient": speaker.speaks_as is SpeaksAs.RECIPIENT}
    who = OrderPass(
        place.shop_id, speaker.order_gid, Acting(speaker.speaks_as.value), Proof.LINK, speaker_id=speaker.id
    )
    return place.show("portal/order_asked.html", pass_=write_order_pass(settings().secret_key, who, now=now()), **about)


def _speaker(session: Session, place: Place, token: str) -> OrderSpeaker | None:
    """Whose link that is; None for one of another house, one that ran out, and one the buyer took back."""
    try:
        opened = open_link(session, token, purpose=ORDER, now=now())
    except (LinkDone, NotFound):
        return None
    return speakers.find_speaker(session, shop_id=place.shop_id, speaker_id=opened.subject_id)


def _buyer(place: Place) -> OrderPass | None:
    """Only the buyer names anybody, or takes it back."""
    who = pass_holder(place, request.form.get("pass", ""))
    return who if who is not None and who.acting is Acting.BUYER else None


def _name(session: Session, place: Place, who: OrderPass) -> None:
    key = request.form.get("key", "")
    about: dict[str, Any] = {"shop_id": place.shop_id, "now": now()}
    if not may_try(session, tries={"speakers": NAMED_IN_A_SHOP}, secret=settings().secret_key, **about):
        raise AppError(_("That did not work just now. Please try again in an hour."), status=429, code="too_often")
    speakers.name_speaker(
        session,
        key=key if 20 <= len(key) <= 64 else new_token(),
        order_gid=who.order_gid,
        order_name=_order(),
        speaks_as=SpeaksAs.RECIPIENT if request.form.get("as") == "recipient" else SpeaksAs.DELEGATE,
        name=request.form.get("name", "")[:200],
        address=request.form.get("address", "")[:254],
        locale=tongue().locale,
        addresses=addresses(),
        **about,
    )


def _page(place: Place, who: OrderPass, problem: str = "", status: int = 200) -> ResponseReturnValue:
    with begin() as session:
        named = speakers.speakers_of(session, shop_id=place.shop_id, order_gid=who.order_gid)
        listed = [
            {
                "id": row.id,
                "name": row.name,
                "address": row.address,
                "as_recipient": row.speaks_as is SpeaksAs.RECIPIENT,
            }
            for row in named
        ]
    typed = {field: request.form.get(field, "")[:254] if problem else "" for field in ("name", "address", "as")}
    return place.show(
        "portal/somebody.html",
        status,
        named=listed,
        typed=typed,
        problem=problem,
        order=_order(),
        pass_=request.form.get("pass", ""),
        key=new_token(),
    )


def _order() -> str:
    """Its name, to be read by others as well: nothing but a name."""
    found = ORDER_NAME.fullmatch(request.form.get("order", "").lstrip("#"))
    return found.group() if found else ""


def _over(place: Place) -> ResponseReturnValue:
    """Away too long, or not the buyer: the way in once more."""
    problem = _("That page was open for long. Please find your order once more; nothing was changed.")
    return place.show("portal/find.html", 403, said={}, problem=problem)
