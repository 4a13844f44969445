"""GET /card/<token>: an advisor's card, at an address that stays; of one who left it leads to who took over."""

from flask import Blueprint, make_response, redirect, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import advisors, boutiques
from consults.aftercare.plans import heir
from consults.cards import Card, read_card_token, vcard, write_card_token
from consults.lines import line_for
from consults.models import Advisor
from kit.errors import NotFound
from shopify_app.web import addresses, begin, settings
from shops.links import LinkDone
from shops.shops import get_shop

page = Blueprint("cards", __name__)
page.record(lambda state: state.app.jinja_env.filters.update(card_address=card_address))


@page.get("/card/<token>")
def show(token: str) -> ResponseReturnValue:
    """A file that a telephone saves with one tap. `?v=4` for the newer kind."""
    read = read_card_token([key for key in (settings().secret_key, settings().secret_key_previous) if key], token)
    if read is None:
        raise NotFound("This link is not one of ours.")
    shop_id, advisor_id = read
    with begin() as session:
        people = {person.id: person for person in advisors(session, shop_id=shop_id)}
        person = heir(people, advisor_id)
        if person is None:
            raise LinkDone("This link has done its work. The house will gladly tell you who looks after you now.")
        if person.id != advisor_id:
            return redirect(f"/card/{_token(person)}", 302)
        content = vcard(_card(session, person), version="4.0" if request.args.get("v") == "4" else "3.0")
    answer = make_response(content)
    answer.headers["Content-Type"] = "text/vcard; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="advisor.vcf"'
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer


def card_address(advisor: Advisor) -> str:
    """Where that advisor's card is, for a page of the client's."""
    return f"{addresses().app_url}/card/{_token(advisor)}"


def _token(advisor: Advisor) -> str:
    assert advisor.id is not None
    return write_card_token(settings().secret_key, shop_id=advisor.shop_id, advisor_id=advisor.id)


def _card(session: Session, advisor: Advisor) -> Card:
    """The direct line, the boutique's telephone or the house's; an advisor's own number is theirs."""
    shop, line = get_shop(session, advisor.shop_id), line_for(session, advisor)
    places = {place.id: place for place in boutiques(session, shop_id=advisor.shop_id)}
    place = places.get(advisor.boutique_id)
    telephone = (line.number if line else "") or (place.telephone if place else "") or shop.telephone
    return Card(
        name=advisor.name,
        house=shop.shown_name,
        boutique=place.name if place else "",
        languages=[one.strip() for one in advisor.languages.split(",") if one.strip()],
        telephone=telephone,
        url=card_address(advisor),
    )
