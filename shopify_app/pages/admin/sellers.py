"""/app/routing/sellers: in which order evidence of a sale is asked, where it is read, and whose codes are whose."""

from flask import Blueprint, Response, request

from consults import advisors
from kit.errors import AppError, NotFound
from routing import chains
from routing.levels import LEVEL_NAMES, MOVABLE
from shopify_app.asked import row_id
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, visiting, wrong
from shopify_app.web import begin

page = Blueprint("admin_sellers", __name__)

EXPLAINED = {
    "line": "Whom the till credited with each piece. A line may be split between several.",
    "write_back": "What an earlier return of the same order came to.",
    "code": "An advisor's code in the cart or on a line. Buyers can write there, so only your own codes count.",
    "consult": "Who spoke with the client in the days before the order.",
    "order": "Who was at the till, or made the draft order.",
    "client": "A metafield or tag of the client, or the client book.",
    "boutique": "Who answers for the place of the sale.",
}


@page.get("/app/routing/sellers")
def index() -> str:
    """The chain, the places and the codes."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        row = chains.chain_row(session, caller.shop_id)
        chain = chains.chain_of(row)
        people = advisors.advisors(session, shop_id=caller.shop_id)
        return show(
            "sellers.html",
            row=row,
            levels=[level for level in chain.levels if level in MOVABLE],
            off=chain.off,
            names=LEVEL_NAMES,
            explained=EXPLAINED,
            people=people,
            named={person.id: person.name for person in people},
            codes=chains.codes_of(session, caller.shop_id),
            nobodys=chains.codes_of_nobody(session, caller.shop_id),
        )


@page.post("/app/routing/sellers/order")
def order() -> Response:
    """Save the order of the levels; each has a place of its own."""
    caller, form = merchant(), request.form
    places = {level.value: form.get(f"place_{level.value}", "").strip() for level in MOVABLE}
    allowed = {str(n) for n in range(1, len(MOVABLE) + 1)}
    taken = list(places.values())
    wrongs = {
        f"place_{level}": f"Give it a place of its own, from 1 to {len(MOVABLE)}."
        for level, place in places.items()
        if place not in allowed or taken.count(place) > 1
    }
    if wrongs:
        return wrong(wrongs)
    off = [level for level in places if f"on_{level}" not in form]
    with begin() as session:
        chains.change_chain(
            session, shop_id=caller.shop_id, order=sorted(places, key=lambda p: int(places[p])), off=off
        )
    return go("", "Saved. It holds for returns from now on.")


@page.post("/app/routing/sellers/places")
def places() -> Response:
    """Save where codes and the client's advisor are read."""
    caller = merchant()
    values, wrongs = chains.read_places(request.form)
    if wrongs:
        return wrong(wrongs)
    with begin() as session:
        chains.change_places(session, shop_id=caller.shop_id, values=values)
    return go("", "Saved. It holds for orders from now on.")


@page.post("/app/routing/sellers/codes")
def add_code() -> Response:
    """Let a code stand for an advisor."""
    caller, form = merchant(), request.form
    chosen = row_id(form.get("advisor_id", ""))
    try:
        with begin() as session:
            if chosen is None:
                raise NotFound("That advisor is not known here.")
            chains.give_code(session, shop_id=caller.shop_id, code=form.get("code", ""), advisor_id=chosen)
    except NotFound:
        return wrong({"advisor_id": "Choose whose code it is."})
    except AppError as error:
        return wrong({"code": error.message})
    return go("", "The code is saved.")


@page.post("/app/routing/sellers/codes/<int:code_id>/remove")
def remove_code(code_id: int) -> Response:
    """Let a code stand for nobody."""
    caller = merchant()
    with begin() as session:
        chains.take_code(session, shop_id=caller.shop_id, code_id=code_id)
    return go("", "The code is removed.")
