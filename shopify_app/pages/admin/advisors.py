"""/app/advisors: who helps, where, in which languages and when; and a page to correct it."""

import re
from collections.abc import Mapping
from typing import Any

from babel.core import Locale, UnknownLocaleError
from flask import Blueprint, Response, request
from sqlmodel import Session

from consults import advisors
from consults.models import Advisor, WorkingHours
from notifications import messages
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, visiting, wrong
from shopify_app.web import begin

page = Blueprint("admin_advisors", __name__)

E164 = re.compile(r"\+[1-9]\d{6,14}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@page.get("/app/advisors")
def index() -> str:
    """Everyone, active or not."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        people = advisors.advisors(session, shop_id=caller.shop_id)
        places = {place.id: place for place in advisors.boutiques(session, shop_id=caller.shop_id)}
        hours = {p.id: hours_in_words(_hours(session, p)) for p in people}
        languages = {p.id: languages_in_words(p.languages) for p in people}
        return show("advisors.html", people=people, places=places, hours=hours, languages=languages)


@page.get("/app/advisors/<int:advisor_id>")
def one(advisor_id: int) -> str:
    """One advisor, to correct."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        advisor = advisors.get_advisor(session, shop_id=caller.shop_id, advisor_id=advisor_id)
        places = {place.id: place for place in advisors.boutiques(session, shop_id=caller.shop_id)}
        place = places.get(advisor.boutique_id)
        return show("advisor.html", advisor=advisor, place=place, hours=hours_in_words(_hours(session, advisor)))


@page.post("/app/advisors/<int:advisor_id>")
def change(advisor_id: int) -> Response:
    """Save what was corrected, or say what to put right under its field."""
    caller = merchant()
    with begin() as session:
        advisor = advisors.get_advisor(session, shop_id=caller.shop_id, advisor_id=advisor_id)
        values, fields = read_form(request.form)
        if fields:
            return wrong(fields)
        before = {"sms": advisor.phone, "email": advisor.email}
        for name, value in values.items():
            setattr(advisor, name, value)
        session.add(advisor)
        follow = sum(
            messages.readdress(session, shop_id=caller.shop_id, channel=channel, before=before[channel], after=after)
            for channel, after in (("sms", advisor.phone), ("email", advisor.email))
        )
    sent = " What did not reach them is being sent." if follow else ""
    return go("/app/advisors", f"{advisor.name} is saved.{sent}")


def read_form(form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form holds, as columns, and a sentence for each field to correct."""
    phone = re.sub(r"[\s().\-\u2011\u00a0]", "", form.get("phone", ""))
    email, name = form.get("email", "").strip(), form.get("name", "").strip()
    codes = [code.strip().lower() for code in re.split(r"[,\s]+", form.get("languages", "")) if code.strip()]
    wrongs = {}
    if not name or len(name) > 200:
        wrongs["name"] = "Write the name clients read."
    if phone and not E164.fullmatch(phone):
        wrongs["phone"] = "Write the number with its country code, for example +33 6 12 34 56 78."
    if email and not ADDRESS.fullmatch(email):
        wrongs["email"] = "Write an e-mail address, for example ines@house.com."
    if not codes or not all(_language(code) for code in codes):
        wrongs["languages"] = "Write language codes with commas between them, for example fr, en."
    values = {
        "name": name,
        "phone": phone or None,
        "email": email or None,
        "languages": ",".join(codes),
        "active": "active" in form,
        "introduction": form.get("introduction", "").strip()[:400],
    }
    return values, wrongs


def languages_in_words(codes: str) -> str:
    """ "French, English" of "fr,en"."""
    return ", ".join(_language(code.strip()) or code for code in codes.split(",") if code.strip())


def hours_in_words(rules: list[WorkingHours]) -> str:
    """ "Mon to Fri 10:00–18:00, Sat 10:00–14:00": neighbouring days with the same hours are drawn together."""
    runs: list[tuple[int, int, str]] = []
    for rule in rules:
        span = f"{_clock(rule.start_minute)}–{_clock(rule.end_minute)}"
        if runs and runs[-1][2] == span and runs[-1][1] == rule.weekday - 1:
            runs[-1] = (runs[-1][0], rule.weekday, span)
        else:
            runs.append((rule.weekday, rule.weekday, span))
    return ", ".join(f"{DAYS[a]} {span}" if a == b else f"{DAYS[a]} to {DAYS[b]} {span}" for a, b, span in runs)


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _language(code: str) -> str:
    try:
        return str(Locale.parse(code, sep="-").get_display_name("en") or "")
    except (ValueError, UnknownLocaleError):
        return ""


def _hours(session: Session, advisor: Advisor) -> list[WorkingHours]:
    assert advisor.id is not None
    return advisors.working_hours(session, shop_id=advisor.shop_id, advisor_id=advisor.id)
