"""/app/settings: what clients read of the house, where parcels come back to, whether money waits for a click, and what
the app may do."""

import re
from collections.abc import Mapping
from functools import partial

from flask import Blueprint, Response, request
from sqlmodel import Session

import jobs
from consults import advisors
from consults.policy import policy_of as talks_of
from consults.policy import set_policy
from jobs.attempts import wake
from kit.countries import country_names
from kit.errors import OutsideError, Waiting
from kit.money import Money
from logistics import rmas
from shopify_app.auth import merchant
from shopify_app.installs import learn_scopes
from shopify_app.mending.granted import RIGHTS, grant_page, missing_rights
from shopify_app.pages.admin.calling import go, shop_of, show, visiting, wrong
from shopify_app.pages.admin.receiving_forms import countries_in_words, read_receiving
from shopify_app.pages.admin.room_forms import choose_room, read_room, room_choices
from shopify_app.pages.admin.standing import setup
from shopify_app.pages.admin.talk_forms import FIELDS as TALKS
from shopify_app.pages.admin.talk_forms import read_talks
from shopify_app.reaching import admin_api
from shopify_app.web import begin, now, running, settings
from shops.events import ScopesChanged

page = Blueprint("admin_settings", __name__)

HOUSE = {"house": 60, "telephone": 40, "telephone_hours": 120}
ADDRESS = {
    "receiving_name": 60,
    "receiving_street1": 120,
    "receiving_street2": 120,
    "receiving_city": 80,
    "receiving_region": 40,
    "receiving_postal_code": 20,
    "receiving_country": 2,
    "receiving_phone": 40,
}
COURIER = {"courier_name": 60, "courier_email": 200}


@page.get("/app/settings")
def choose() -> str:
    """Everything a merchant chooses about parcels, money and the house's name."""
    caller = visiting()
    with begin() as session:
        shop, policy = shop_of(session, caller), rmas.policy_of(session, caller.shop_id)
        return show(
            "settings.html",
            steps=setup(session, shop),
            policy=policy,
            places=_places(session, caller.shop_id),
            talks=talks_of(session, shop_id=caller.shop_id),
            talk_fields=TALKS,
            room_choices=room_choices(),
            two_people=Money(policy.two_people_cents, shop.currency).amount,
            collects_in=countries_in_words(policy.collects_in),
            rights=RIGHTS if shop.scopes else (),
            missing=missing_rights(shop),
            grant_page=partial(grant_page, shop, settings().shopify_api_key),
        )


@page.post("/app/settings")
def change() -> Response:
    """Save all of the form or none of it."""
    caller = merchant()
    with begin() as session:
        values, fields = read_form(request.form, _places(session, caller.shop_id))
        room, more = read_room(request.form)
        receiving, still_more = read_receiving(request.form, shop_of(session, caller).currency)
        talks, about_talks = read_talks(request.form)
        if wrongs := fields | more | still_more | about_talks:
            return wrong(wrongs)
        if room:
            choose_room(session, shop_id=caller.shop_id, **room)
        if talks:
            set_policy(session, shop_id=caller.shop_id, **talks)
        shop, policy = shop_of(session, caller), rmas.policy_of(session, caller.shop_id)
        for name, value in (values | receiving).items():
            setattr(shop if name in HOUSE else policy, name, value)
        session.add_all([shop, policy])
        wake(session, shop_id=caller.shop_id, now=now())  # a label may have waited for the address
    return go("", "Saved.")


@page.post("/app/settings/rights")
def rights() -> Response:
    """Somebody gave a right: read at once what the app may do, as Shopify's own word of it may lag."""
    caller = merchant()
    try:
        learn_scopes(running().database.begin, api=admin_api(), shop_id=caller.shop_id)
    except (OutsideError, Waiting):
        with begin() as session:
            jobs.publish(session, ScopesChanged(caller.shop_id))  # tried until Shopify answers
        return go("", "Shopify does not answer just now. What was given shows here in a moment.")
    return go("", "What the app may do was read again.")


def read_form(form: Mapping[str, str], places: dict[str, str]) -> tuple[dict[str, str | bool], dict[str, str]]:
    """What the form holds, as columns of the shop and of its policy, and a sentence for each field to correct."""
    texts = {name: form.get(name, "").strip() for name in (*HOUSE, *ADDRESS, *COURIER)}
    texts["receiving_country"] = texts["receiving_country"].upper()
    wrongs = {
        name: f"At most {most} letters fit here."
        for name, most in (HOUSE | ADDRESS | COURIER).items()
        if len(texts[name]) > most
    }
    if texts["courier_email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", texts["courier_email"]):
        wrongs["courier_email"] = "Write the address collections are asked for at, for example desk@courier.example."
    if texts["telephone"] and len(re.findall(r"\d", texts["telephone"])) < 5:
        wrongs["telephone"] = "Write the number clients can ring, for example +33 1 84 88 00 00."
    wrongs |= _missing_of_address(texts)
    location = form.get("restock_location_gid", "")
    if location and location not in places:
        wrongs["restock_location_gid"] = "Choose one of your boutiques."
    return {**texts, "restock_location_gid": location, "pay_without_click": "pay_without_click" in form}, wrongs


def _missing_of_address(texts: dict[str, str]) -> dict[str, str]:
    """An address is whole or absent: half of one would stop labels without saying so."""
    if not any(texts[name] for name in ADDRESS):
        return {}
    needed = {
        "receiving_name": "Write a neutral name; it is read by whoever sees the box.",
        "receiving_street1": "Write the street and number.",
        "receiving_city": "Write the town.",
    }
    wrongs = {name: sentence for name, sentence in needed.items() if not texts[name]}
    if texts["receiving_country"] not in country_names():
        wrongs["receiving_country"] = "Write the country as two letters, for example FR."
    return wrongs


def _places(session: Session, shop_id: int) -> dict[str, str]:
    return {p.location_gid: p.name for p in advisors.boutiques(session, shop_id=shop_id) if p.location_gid}
