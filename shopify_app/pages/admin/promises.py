"""/app/promises: how soon somebody answers, when each boutique is open, and when an advisor is left in peace."""

from flask import Blueprint, Response, request

from consults import advisors, opening, tiers
from consults.policy import policy_of, set_policy
from consults.zones import city, is_zone
from kit.errors import AppError
from routing.flow import notes_of
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, visiting, wrong
from shopify_app.pages.admin.opening_forms import (
    DAYS,
    clock_words,
    day_words,
    read_holidays,
    read_quiet,
    read_tiers,
    read_week,
    week_words,
)
from shopify_app.web import begin

page = Blueprint("admin_promises", __name__)

ROWS = 4
"""Tiers above the first that fit on the page."""


@page.get("/app/promises")
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


@page.post("/app/promises")
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


@page.get("/app/promises/boutiques/<int:boutique_id>")
def boutique(boutique_id: int) -> str:
    """One boutique's week, closed days and time zone."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        place = advisors.get_boutique(session, shop_id=caller.shop_id, boutique_id=boutique_id)
        hours = opening.hours_of_boutique(session, place)
        days = [(name, name.lower(), day_words(hours.week, number)) for number, name in enumerate(DAYS)]
        closed = opening.holidays_of(session, place)
        return show("boutique.html", place=place, days=days, closed=closed)


@page.post("/app/promises/boutiques/<int:boutique_id>")
def change_boutique(boutique_id: int) -> Response:
    """Save all of it or none of it."""
    caller = merchant()
    zone = request.form.get("zone", "").strip()
    week, wrongs = read_week(request.form)
    holidays, more = read_holidays(request.form.get("holidays", ""))
    wrongs |= more
    if not is_zone(zone):
        wrongs["zone"] = f"“{zone[:64]}” is no time zone we know. Write it as Europe/Paris."
    if wrongs:
        return wrong(wrongs)
    try:
        with begin() as session:
            about = {"shop_id": caller.shop_id, "boutique_id": boutique_id}
            place = opening.set_opening(session, **about, zone=zone, week=week, holidays=holidays)
            name = place.name
    except AppError as error:
        if error.status != 400:
            raise
        return wrong({"monday": error.message})
    return go("/app/promises", f"{name} is saved. Promises made from now on go by it.")
