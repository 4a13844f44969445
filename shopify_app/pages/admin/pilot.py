"""/app/pilot: the plan, the switch, what is watched each week, and the one result."""

from typing import Any

from flask import Blueprint, Response, request
from sqlmodel import Session

from kit.amounts import read_amount
from kit.money import Money
from measures import pilot_showed, pilots
from measures.arms import Arm
from measures.pilot_models import Pilot, PilotMode
from measures.pilot_past import past
from measures.pilot_result import DAYS, Result, look_at
from shopify_app.asked import whole
from shopify_app.auth import merchant
from shopify_app.pages.admin import figure_words as words
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting, wrong
from shopify_app.pages.admin.pilot_words import apart, mean
from shopify_app.web import begin, now

page = Blueprint("admin_pilot", __name__)

FIELDS = ("limit", "before", "hoped")


@page.get("/app/pilot")
def index() -> str:
    """The plan before the start; the pilot while it runs; the report after its one look."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        pilot = pilots.latest(session, shop_id=caller.shop_id)
        about: dict[str, Any] = {"pilot": pilot, "running": False, "weeks": [], "result": None, "arms": Arm}
        if pilot is not None:
            found = pilot_showed.result_of(session, pilot, now=now())
            about |= {
                "running": pilots.current(session, shop_id=caller.shop_id, now=now()) is not None,
                "weeks": pilot_showed.weeks_of(session, pilot),
                "rows": pilots.newest(session, pilot),
                "result": found,
                "cells": cells(found) if found else None,
                "worth": worth_cells(session, pilot, found) if found else None,
                "look_at": look_at(pilot.ends_at),
            }
        limit = Money(pilot.from_cents, pilot.currency) if pilot else Money(0, shop.currency)
        history = past(session, shop=shop, limit=limit, now=now())
        return show("pilot.html", **about, days=DAYS, words=words, history=history, money=Money)


@page.post("/app/pilot")
def register() -> Response:
    """Write the plan down and begin."""
    caller = merchant()
    form = {name: request.form.get(name, "").strip() for name in (*FIELDS, "mode")}
    with begin() as session:
        shop = shop_of(session, caller)
        given, unclear = read_plan(form, shop.currency)
        if unclear:
            return wrong(unclear)
        try:
            pilots.register(
                session,
                shop_id=caller.shop_id,
                mode=PilotMode.OBSERVE if form["mode"] == "observe" else PilotMode.COMPARE,
                expected=past(session, shop=shop, limit=given["limit"], now=now()).expected,
                by=staff(caller),
                now=now(),
                **given,
            )
        except pilots.PlanUnclear as problem:
            return wrong({problem.field: problem.message})
    return go("", "The plan is written down, and the pilot has begun.")


@page.post("/app/pilot/off")
def switch_off() -> Response:
    """The house's own flow for everybody, with the next return."""
    caller = merchant()
    with begin() as session:
        pilots.switch_off(session, shop_id=caller.shop_id, by=staff(caller), now=now())
    return go("", "Switched off. The next return has the house's own flow.")


@page.post("/app/pilot/end")
def end() -> Response:
    """The rules alone decide from now on."""
    caller = merchant()
    with begin() as session:
        pilots.end(session, shop_id=caller.shop_id, by=staff(caller), now=now())
    return go("", "The pilot is ended. The rules alone decide who is invited.")


@page.post("/app/pilot/returns/<int:row_id>/complaint")
def complaint(row_id: int) -> Response:
    """A client of the pilot complained."""
    caller = merchant()
    with begin() as session:
        pilots.complain(session, shop_id=caller.shop_id, row_id=row_id, now=now())
    return go("", "Written down, in the week of the return.")


def read_plan(form: dict[str, str], currency: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The plan in numbers, and a sentence for each field that is not clear."""
    unclear: dict[str, str] = {}
    given: dict[str, Any] = {}
    for name, key in (("before", "before_share"), ("hoped", "hoped_share")):
        given[key] = whole(form[name], 1, 99)
        if given[key] is None:
            unclear[name] = "A whole number of per cent between 1 and 99 is needed."
    try:
        given["limit"] = read_amount(form["limit"].strip() or "0", currency)
    except ValueError:
        unclear["limit"] = "An amount in figures is needed."
    return given, unclear


def worth_cells(session: Session, pilot: Pilot, found: Result) -> dict[str, Any]:
    """Net relationship value of a household in both arms and the difference, as shown."""
    told = pilot_showed.worth_of(session, pilot)
    return {
        "words": told.words(found.difference.verdict),
        "invited": mean(told.invited, pilot.currency),
        "today": mean(told.today, pilot.currency),
        "difference": apart(told, pilot.currency),
    }


def cells(found: Result) -> dict[str, Any]:
    """Both arms and the difference, as shown."""
    low, high = found.difference.low * 100, found.difference.high * 100
    return {
        "invited": words.share(found.invited.exchanged),
        "today": words.share(found.today.exchanged),
        "difference": "no figure" if found.difference.value is None else f"{found.difference.value * 100:+.0f} points",
        "span": f"between {low:+.0f} and {high:+.0f} points",
    }
