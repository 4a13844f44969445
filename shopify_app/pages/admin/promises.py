"""/app/routing/promises: how soon somebody answers, when a boutique is open, when an advisor is left in peace."""

from flask import Blueprint, Response, request

from consults import advisors, opening, tiers
from consults.lines import NO_LINE, own_line, set_line
from consults.models import Boutique
from consults.policy import policy_of, set_policy
from consults.zones import city
from kit.errors import AppError, Conflict
from kit.phones import dialled
from routing.flow import notes_of
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, visiting, wrong
from shopify_app.pages.admin.opening_forms import (
    DAYS,
    clock_words,
    day_words,
    read_boutique,
    read_quiet,
    read_tiers,
    week_words,
)
from shopify_app.web import begin

page = Blueprint("admin_promises", __name__)

ROWS = 4
"""Tiers above the first that fit on the page."""


@page.get("/app/routing/promises")
def index() -> str:
    """The promises, the quiet hours, and every boutique's week."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        first, *dearer = tiers.tiers(session, shop_id=caller.shop_id)
        policy = policy_of(session, shop_id=caller.shop_id)
        places = advisors.boutiques(session, shop_id=caller.shop_id)
        hours = {place.id: opening.hours_of_boutique(session, place) for place in places}
        return show(
            "promises.html",
            usual=first[1],
            currency=first[0].currency,
            dearer=[*dearer, *[None] * (ROWS - len(dearer))],
            quiet=(clock_words(policy.quiet_from_minute), clock_words(policy.quiet_until_minute)),
            places=places,
            weeks={place_id: week_words(found.week) for place_id, found in hours.items()},
            closed={place_id: len(found.holidays) for place_id, found in hours.items()},
            city=city,
            flow=notes_of(session, shop_id=caller.shop_id),
        )


@page.post("/app/routing/promises")
def change() -> Response:
    """Save promises and quiet hours together, or say what to put right; then nothing is saved."""
    caller = merchant()
    with begin() as session:
        shop = shop_of(session, caller)
        usual, dearer, wrongs = read_tiers(request.form, shop.currency, ROWS)
        quiet, more = read_quiet(request.form)
        if wrongs | more:
            return wrong(wrongs | more)
        tiers.set_tiers(session, shop_id=caller.shop_id, usual=usual, dearer=dearer)
        set_policy(session, shop_id=caller.shop_id, quiet_from_minute=quiet[0], quiet_until_minute=quiet[1])
    return go("", "Saved. It holds for returns from now on.")


@page.get("/app/routing/promises/boutiques/new")
def new_boutique() -> str:
    """An empty form: a place of the house."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        days = [(name, name.lower(), day_words(opening.USUAL, number)) for number, name in enumerate(DAYS)]
        empty = Boutique(shop_id=caller.shop_id, name="", zone=shop.zone)
        return show("boutique.html", place=empty, days=days, closed=[])


@page.post("/app/routing/promises/boutiques")
def add_boutique() -> Response:
    """Add it with its week and closed days, all or none of it."""
    return _keep(None)


@page.get("/app/routing/promises/boutiques/<int:boutique_id>")
def boutique(boutique_id: int) -> str:
    """One boutique: what it is called, its week, closed days and time zone."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        place = advisors.get_boutique(session, shop_id=caller.shop_id, boutique_id=boutique_id)
        hours = opening.hours_of_boutique(session, place)
        days = [(name, name.lower(), day_words(hours.week, number)) for number, name in enumerate(DAYS)]
        closed = opening.holidays_of(session, place)
        line = own_line(session, shop_id=caller.shop_id, boutique_id=boutique_id)
        return show("boutique.html", place=place, days=days, closed=closed, line=line)


@page.post("/app/routing/promises/boutiques/<int:boutique_id>")
def change_boutique(boutique_id: int) -> Response:
    """Save all of it or none of it."""
    return _keep(boutique_id)


def _keep(boutique_id: int | None) -> Response:
    caller = merchant()
    try:
        with begin() as session:
            if boutique_id is not None:
                advisors.get_boutique(session, shop_id=caller.shop_id, boutique_id=boutique_id)
            about, fields = read_boutique(request.form)
            line = dialled(request.form["line"]) if "line" in request.form else None
            if "line" in request.form and line is None:
                fields["line"] = NO_LINE
            if fields:
                return wrong(fields)
            place = advisors.keep_boutique(session, shop_id=caller.shop_id, boutique_id=boutique_id, **about["place"])
            assert place.id is not None
            if line is not None:
                set_line(session, shop_id=caller.shop_id, boutique_id=place.id, number=line)
            opening.set_opening(session, shop_id=caller.shop_id, boutique_id=place.id, **about["opening"])
            name = place.name
    except Conflict as taken:
        return wrong({taken.code: taken.message})
    except AppError as error:
        if error.status != 400:
            raise
        return wrong({"monday": error.message})
    return go("/app/routing/promises", f"{name} is saved. Promises made from now on go by it.")
