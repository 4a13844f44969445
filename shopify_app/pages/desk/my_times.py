"""An advisor's own time: calendars that say when they are busy, days that are otherwise, being free just now."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults import feeds
from consults.advisors import get_advisor
from consults.at_once import be_free
from consults.day_plans import days_otherwise, drop_day, set_day
from kit.errors import AppError
from shopify_app.auth import DeskCaller, desk
from shopify_app.pages.admin.advisor_forms import stretches
from shopify_app.web import addresses, begin, now
from shops.links import CALENDAR, issue_link, revoke_links

page = Blueprint("my_times", __name__, url_prefix="/times")


@page.get("")
def show() -> ResponseReturnValue:
    """All of it on one page."""
    caller = desk()
    with begin() as session:
        return _page(session, caller)


@page.post("/calendars")
def add_calendar() -> ResponseReturnValue:
    """Read that calendar from now on; what is wrong with its address is said beside the field."""
    caller = desk()
    with begin() as session:
        given = request.form.get("address", "")
        try:
            feeds.add_feed(session, **_mine(caller), address=given, now=now())
        except feeds.FeedUnclear as unclear:
            return _page(session, caller, problem=unclear.message, given=given[:2000]), 422
    return redirect("/desk/times#calendars", 303)


@page.post("/calendars/<int:feed_id>/drop")
def drop_calendar(feed_id: int) -> ResponseReturnValue:
    """Read it no more."""
    caller = desk()
    with begin() as session:
        feeds.drop_feed(session, **_mine(caller), feed_id=feed_id)
    return redirect("/desk/times#calendars", 303)


@page.post("/calendars/<int:feed_id>/needed")
def need_calendar(feed_id: int) -> ResponseReturnValue:
    """Offer times without it, or not."""
    caller = desk()
    with begin() as session:
        feeds.need_feed(session, **_mine(caller), feed_id=feed_id, needed=request.form.get("needed") == "yes")
    return redirect("/desk/times#calendars", 303)


@page.post("/days")
def plan_day() -> ResponseReturnValue:
    """One day otherwise: its hours, or none."""
    caller, day, hours = desk(), request.form.get("day", ""), request.form.get("hours", "")
    with begin() as session:
        try:
            set_day(session, **_mine(caller), day=_day(day), ranges=_ranges(hours))
        except AppError as unclear:
            typed = {"day": day[:10], "hours": hours[:120]}
            return _page(session, caller, day_problem=unclear.message, **typed), unclear.status
    return redirect("/desk/times#days", 303)


@page.post("/days/<int:override_id>/drop")
def forget_day(override_id: int) -> ResponseReturnValue:
    """Like every week again."""
    caller = desk()
    with begin() as session:
        drop_day(session, **_mine(caller), override_id=override_id)
    return redirect("/desk/times#days", 303)


@page.post("/free")
def free_now() -> ResponseReturnValue:
    """Clients may come in for an hour, or no more."""
    caller = desk()
    minutes = 60 if request.form.get("free") == "yes" else 0
    with begin() as session:
        be_free(session, **_mine(caller), minutes=minutes, now=now())
    return redirect("/desk/times", 303)


@page.post("/feed")
def own_feed() -> ResponseReturnValue:
    """A new address for the advisor's own calendar to read, shown once; the one before ends."""
    caller = desk()
    with begin() as session:
        about: dict[str, Any] = {"shop_id": caller.shop_id, "purpose": CALENDAR, "subject_id": caller.advisor_id}
        revoke_links(session, **about, now=now())
        token = issue_link(session, **about, person_id=caller.advisor_id, now=now())
        return _page(session, caller, feed=f"{addresses().app_url}/cal/{token}.ics")


def _page(session: Session, caller: DeskCaller, **shown: str) -> str:
    me = get_advisor(session, **_mine(caller))
    today = now().astimezone(ZoneInfo(me.zone)).date()
    return render_template(
        "desk/times.html",
        caller=caller,
        me=me,
        now=now(),
        today=today,
        calendars=[(feed, feeds.in_words(feed, now=now())) for feed in feeds.feeds_of(session, **_mine(caller))],
        days=days_otherwise(session, **_mine(caller), since=today),
        is_free=me.free_until is not None and me.free_until > now(),
        **{"problem": "", "given": "", "feed": "", "day_problem": "", "day": "", "hours": ""} | shown,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise AppError("Please name the day.") from None


def _ranges(text: str) -> list[tuple[int, int]]:
    found = stretches(text)
    if found is None:
        raise AppError("Write from and to, for example 10:00–13:00, 14:00–18:00. Leave it empty for a day off.")
    return found


def _mine(caller: DeskCaller) -> dict[str, Any]:
    return {"shop_id": caller.shop_id, "advisor_id": caller.advisor_id}
