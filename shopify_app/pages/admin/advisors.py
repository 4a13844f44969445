"""/app/advisors: who helps, where, in which languages, how much and when; pages to add somebody and to correct it."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from sqlmodel import Session

from consults import advisors, feeds
from consults.absences import away_now, time_off
from consults.cases import open_cases
from consults.lines import NO_LINE, TAKEN, line_at, own_line, set_line
from consults.models import Advisor, WorkingHours
from consults.rights import WORDS
from kit.errors import Conflict, NotFound
from kit.phones import dialled
from notifications import messages
from routing.commissions import rule_in_words
from routing.credits import rule
from routing.leaving import DeputyUnclear, check_named
from shopify_app.asked import row_id
from shopify_app.auth import merchant
from shopify_app.pages.admin.advisor_forms import (
    hours_by_day,
    hours_in_words,
    languages_in_words,
    read_form,
    read_hours,
)
from shopify_app.pages.admin.calling import go, shop_of, show, visiting, wrong
from shopify_app.web import begin, now

page = Blueprint("admin_advisors", __name__)

FIELD_OF = {"staff_gid": "staff"}
"""Where the form calls a column otherwise."""


@page.get("/app/advisors")
def index() -> str:
    """Everyone, active or not, and what holds them from answering."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        people = advisors.advisors(session, shop_id=caller.shop_id)
        away = away_now(session, shop_id=caller.shop_id, now=now())
        stated = rule(session, caller.shop_id)
        return show(
            "advisors.html",
            people=people,
            places={place.id: place for place in advisors.boutiques(session, shop_id=caller.shop_id)},
            hours={p.id: hours_in_words(_hours(session, p)) for p in people},
            languages={p.id: languages_in_words(p.languages) for p in people},
            standing={p.id: standing(p, p.id in away) for p in people},
            rule=rule_in_words(stated) if stated else "",
            month=f"{now():%Y-%m}",
        )


@page.get("/app/advisors/new")
def new() -> str:
    """An empty form: somebody whom Shopify's list of staff does not tell of."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        places = advisors.boutiques(session, shop_id=caller.shop_id)
        nobody = {"shop_id": caller.shop_id, "advisor_id": 0}
        hours = [WorkingHours(**nobody, weekday=d, start_minute=a, end_minute=b) for d, a, b in advisors.OFFICE_HOURS]
        empty = Advisor(shop_id=caller.shop_id, name="", zone=places[0].zone if len(places) == 1 else shop.zone)
        return show("advisor_new.html", advisor=empty, places=places, hours=hours_by_day(hours))


@page.post("/app/advisors")
def add() -> Response:
    """Add them, or say what to put right under its field; nothing is saved half."""
    caller = merchant()
    with begin() as session:
        values, hours, fields = _asked(session, caller.shop_id)
        if fields:
            return wrong(fields)
        try:
            advisor = advisors.add_advisor(session, shop_id=caller.shop_id, values=values, hours=hours or ())
        except Conflict as taken:
            return wrong({FIELD_OF.get(taken.code, taken.code): taken.message})
        _keep_line(session, advisor)
    return go(f"/app/advisors/{advisor.id}", f"{advisor.name} is added.")


@page.get("/app/advisors/<int:advisor_id>")
def one(advisor_id: int) -> str:
    """One advisor: to correct, to note as away, to hand over from, to let leave."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        advisor = advisors.get_advisor(session, shop_id=caller.shop_id, advisor_id=advisor_id)
        return show("advisor.html", **_about(session, advisor))


@page.post("/app/advisors/<int:advisor_id>")
def change(advisor_id: int) -> Response:
    """Save what was corrected, or say what to put right under its field; nothing is saved half."""
    caller = merchant()
    with begin() as session:
        advisor = advisors.get_advisor(session, shop_id=caller.shop_id, advisor_id=advisor_id)
        values, hours, fields = _asked(session, caller.shop_id, advisor_id, stopped_at=advisor.texts_stopped_at)
        fields |= _deputy(session, advisor, values)
        if fields:
            return wrong(fields)
        try:
            advisors.check_own(session, shop_id=caller.shop_id, advisor_id=advisor_id, values=values)
        except Conflict as taken:
            return wrong({FIELD_OF.get(taken.code, taken.code): taken.message})
        _keep_line(session, advisor)
        if advisor.left_on is not None:
            values["active"] = False  # whoever left comes back by the button for it
        before = {"sms": advisor.phone, "email": advisor.email}
        for name, value in values.items():
            setattr(advisor, name, value)
        session.add(advisor)
        if hours is not None:
            advisors.set_hours(session, shop_id=caller.shop_id, advisor_id=advisor_id, hours=hours)
        follow = sum(
            messages.readdress(session, shop_id=caller.shop_id, channel=channel, before=before[channel], after=after)
            for channel, after in (("sms", advisor.phone), ("email", advisor.email))
        )
    sent = " What did not reach them is being sent." if follow else ""
    return go("/app/advisors", f"{advisor.name} is saved.{sent}")


def _asked(
    session: Session, shop_id: int, advisor_id: int | None = None, *, stopped_at: datetime | None = None
) -> tuple[dict[str, Any], list[tuple[int, int, int]] | None, dict[str, str]]:
    """Columns, hours, and a sentence for each field to correct."""
    places = [place.id for place in advisors.boutiques(session, shop_id=shop_id) if place.id is not None]
    values, fields = read_form(request.form, places, now=stopped_at or now())
    hours, wrong_hours = read_hours(request.form)
    return values, hours, fields | wrong_hours | _wrong_line(session, advisor_id)


def standing(advisor: Advisor, away: bool) -> tuple[str, str]:
    """Words and tone: whether new returns reach them."""
    if advisor.left_on is not None:
        return "Left", ""
    if not advisor.active:
        return "Takes no returns", ""
    if away:
        return "Away", "info"
    if not advisor.phone:
        return "No number", "warning"
    return ("Asked for no texts", "warning") if advisor.texts_stopped_at else ("Answers", "success")


def _deputy(session: Session, advisor: Advisor, values: dict[str, Any]) -> dict[str, str]:
    """Add the chosen deputy to `values`; a sentence where it can't be."""
    chosen = request.form.get("deputy")
    if chosen is None:
        return {}
    values["deputy_id"] = None
    if not chosen:
        return {}
    try:
        deputy_id = row_id(chosen) or 0
        check_named(session, advisor, deputy_id)
    except DeputyUnclear as unclear:
        return {"deputy": unclear.message}
    except NotFound:
        return {"deputy": "Choose somebody of your house."}
    values["deputy_id"] = deputy_id
    return {}


def _about(session: Session, advisor: Advisor) -> dict[str, Any]:
    assert advisor.id is not None
    shop_id = advisor.shop_id
    places = advisors.boutiques(session, shop_id=shop_id)
    colleagues = [p for p in advisors.advisors(session, shop_id=shop_id, active=True) if p.id != advisor.id]
    mine = open_cases(session, shop_id=shop_id, advisor_id=advisor.id)
    away = away_now(session, shop_id=shop_id, now=now())
    return {
        "advisor": advisor,
        "line": own_line(session, shop_id=shop_id, advisor_id=advisor.id),
        "places": places,
        "hours": hours_by_day(_hours(session, advisor)),
        "colleagues": colleagues,
        "successor": next((p for p in colleagues if p.id == advisor.successor_id), None),
        "away": time_off(session, shop_id=shop_id, advisor_id=advisor.id, now=now()),
        "standing": standing(advisor, advisor.id in away),
        "own": [case for case in mine if not case.is_stood_in],
        "for_others": [case for case in mine if case.is_stood_in],
        "rights": [(str(right), words, advisors.allowed_to(advisor).may(right)) for right, words in WORDS.items()],
        "today": now().date().isoformat(),
        "calendars": [
            words
            for feed in feeds.feeds_of(session, shop_id=shop_id, advisor_id=advisor.id)
            if (words := feeds.in_words(feed, now=now()))
        ],
    }


def _wrong_line(session: Session, advisor_id: int | None) -> dict[str, str]:
    """A sentence where the direct line is no number, or is somebody else's."""
    number = dialled(request.form.get("line", ""))
    if number is None:
        return {"line": NO_LINE}
    there = line_at(session, number) if number else None
    return {"line": TAKEN} if there is not None and (advisor_id is None or there.advisor_id != advisor_id) else {}


def _keep_line(session: Session, advisor: Advisor) -> None:
    """The direct line, where the form has one. Raises Conflict."""
    if "line" in request.form:
        number = dialled(request.form["line"]) or ""
        set_line(session, shop_id=advisor.shop_id, advisor_id=advisor.id, number=number)


def _hours(session: Session, advisor: Advisor) -> list[WorkingHours]:
    assert advisor.id is not None
    return advisors.working_hours(session, shop_id=advisor.shop_id, advisor_id=advisor.id)
