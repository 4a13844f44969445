"""A time with the advisor: chosen, reserved, moved, given back. GET changes nothing."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults import calendars
from consults.advisors import get_advisor, get_boutique
from consults.booking import (
    book_consult,
    cancel_consult,
    consults_of,
    free_times,
    move_consult,
    next_consult,
)
from consults.cells import SlotTaken
from consults.guests import guests_of
from consults.kinds import Kind
from consults.lines import number_to_ring
from consults.models import Advisor, Boutique, Case, Consult
from consults.promises import promises_of
from consults.reaching import SMS, WHATSAPP, agree, leave_whatsapp, on_whatsapp
from consults.slots import Slot
from consults.states import CaseState, ConsultState
from consults.wishes import PhoneUnclear, keep_number, prefer_simple_return
from consults.zones import is_zone, show_hour, show_times
from kit.clock import parse_instant
from kit.errors import AppError, NotFound
from kit.tokens import new_token
from logistics.rmas import find_rma
from routing.jobs import find_decision
from routing.rules import Outcome
from shopify_app.pages.portal import days
from shopify_app.pages.portal.clients import Invited, with_case
from shopify_app.pages.portal.consent import CONSENT
from shopify_app.pages.portal.sooner import ways
from shopify_app.pages.portal.standing_in import standing_in
from shopify_app.pages.portal.told import told
from shopify_app.pages.portal.tongue import N_, _, tongue
from shopify_app.web import addresses, begin, now, settings
from shops.links import RETURN, issue_link
from shops.shops import get_shop

page = Blueprint("times", __name__, url_prefix="/consult/<token>")
WINDOW_DAYS = 60  # the shop's own window is shorter
NEVER_OFFERED = timedelta(days=400)
ON_WHATSAPP = N_("Write to me by WhatsApp first. Nothing else is sent to this number.")


@dataclass(frozen=True)
class Problem:
    """What keeps a form from going on: the sentence, the field it belongs to, free times near the one wanted."""

    words: str
    name: str = ""
    near: tuple[days.Time, ...] = field(default=())


@page.get("")
def show(token: str) -> ResponseReturnValue:
    """The reservation where there is one, else the times."""
    with begin() as session:
        caller = with_case(session, token)
        consult = _current(session, caller)
        if consult is not None:
            return reserved_page(session, token, caller, consult)
        held = next((c for c in _past(session, caller) if c.state is ConsultState.COMPLETED), None)
        if held is not None and "again" not in request.args:
            return _afterwards(session, token, caller, held)
        return _times(session, token, caller)


@page.post("")
def reserve(token: str) -> ResponseReturnValue:
    """Reserve the chosen time. Taken meanwhile: 409, and the times beside it."""
    with begin() as session:
        caller = with_case(session, token)
        _only_the_client(caller)
        try:
            kind = _kind()
            keep_number(
                session,
                shop_id=caller.shop_id,
                case_id=caller.case_id,
                phone=request.form.get("phone", "")[:40],
                texts_ok=request.form.get("texts") == "yes",
                words=_(CONSENT),
                now=now(),
            )
            _agreed(session, caller.case)
            if kind is Kind.TELEPHONE and not caller.case.client_phone:
                raise PhoneUnclear(_("Please add the number to ring you on."))
            book_consult(
                session,
                shop_id=caller.shop_id,
                case_id=caller.case_id,
                starts_at=_chosen(),
                kind=kind,
                client_zone=_zone(caller),
                idempotency_key=f"{caller.case_id}:{request.form.get('key', new_token())[:64]}",
                now=now(),
            )
        except PhoneUnclear as problem:
            return _times(session, token, caller, Problem(told(problem.message), "phone")), 422
        except SlotTaken:
            return _taken(session, token, caller), 409
    return redirect(f"/consult/{token}", 303)


@page.post("/writing")
def writing(token: str) -> ResponseReturnValue:
    """By which channel they would like to be written to."""
    with begin() as session:
        caller = with_case(session, token)
        _only_the_client(caller)
        if request.form.get("whatsapp") == "no":
            leave_whatsapp(session, caller.case, now=now())
        else:
            _agreed(session, caller.case)
    return redirect(f"/consult/{token}", 303)


@page.get("/move")
def choose_another(token: str) -> ResponseReturnValue:
    """The times again, for a conversation that is reserved."""
    with begin() as session:
        caller = with_case(session, token)
        return _times(session, token, caller, moving=_booked(session, caller))


@page.post("/move")
def move(token: str) -> ResponseReturnValue:
    """Put it at another time; when that is taken, the old one stays."""
    with begin() as session:
        caller = with_case(session, token)
        consult = _booked(session, caller)
        assert consult.id is not None
        try:
            mine: dict[str, Any] = {"shop_id": caller.shop_id, "consult_id": consult.id}
            move_consult(session, **mine, starts_at=_chosen(), client_zone=_zone(caller, consult), now=now())
        except SlotTaken:
            return _taken(session, token, caller, moving=consult), 409
    return redirect(f"/consult/{token}", 303)


@page.post("/cancel")
def cancel(token: str) -> ResponseReturnValue:
    """Give the time back."""
    with begin() as session:
        caller = with_case(session, token)
        consult = _booked(session, caller)
        assert consult.id is not None
        cancel_consult(session, shop_id=caller.shop_id, consult_id=consult.id, now=now())
    return redirect(f"/consult/{token}", 303)


@page.post("/simple")
def prefer_simple(token: str) -> ResponseReturnValue:
    """The client would rather not talk: noted, and on to the page of the return, which goes on as it did."""
    with begin() as session:
        caller = with_case(session, token)
        _only_the_client(caller)
        prefer_simple_return(session, shop_id=caller.shop_id, case_id=caller.case_id, now=now())
        return _to_return(session, caller)


@page.post("/return")
def see_return(token: str) -> ResponseReturnValue:
    """On to the page of the return, with a link made for it."""
    with begin() as session:
        caller = with_case(session, token)
        _only_the_client(caller)
        return _to_return(session, caller)


@page.get("/calendar.ics")
def calendar(token: str) -> ResponseReturnValue:
    """The reservation as a calendar file."""
    with begin() as session:
        caller = with_case(session, token)
        consult = _booked(session, caller)
        shop = get_shop(session, caller.shop_id)
        advisor = get_advisor(session, shop_id=caller.shop_id, advisor_id=caller.case.advisor_id)
        content = calendars.invitation(
            consult,
            host=addresses().host,
            method=calendars.PUBLISH,
            organiser=(shop.shown_name, settings().mail_from or f"no-reply@{addresses().host}"),
            attendee=None,
            summary=f"{advisor.name}, {shop.shown_name}",
            description=_("About: %(piece)s", piece=caller.case.piece_title),
            location=addresses().consult_room(token) if consult.kind is Kind.VIDEO else "",
            url=addresses().consult(token),
            now=now(),
        )
    answer = make_response(content)
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8; method=PUBLISH"
    answer.headers["Content-Disposition"] = 'attachment; filename="conversation.ics"'
    return answer


# --- the pages


def _times(
    session: Session, token: str, caller: Invited, problem: Problem | None = None, moving: Consult | None = None
) -> str:
    slots = _free(session, caller, moving)
    zone, locale = _zone(caller, moving), tongue().locale
    decision = find_decision(session, shop_id=caller.shop_id, return_gid=caller.case.return_gid)
    return render_template(
        "portal/times.html",
        **_about(session, token, caller),
        offer=days.offer(slots, zone=zone, locale=locale, first=_first()),
        zone=zone,
        zone_words=days.zone_words(zone, slots[0].starts_at if slots else now()),
        zones=days.zone_choices(),
        kind=request.form.get("kind", Kind.VIDEO.value),
        phone=request.form.get("phone", caller.case.client_phone or ""),
        chosen=request.form.get("at", ""),
        key=request.form.get("key") or new_token(),
        problem=problem,
        moving=moving,
        cancelled="" if moving else _cancelled(session, caller, zone),
        may_reserve=caller.case.state is CaseState.OPEN and caller.guest_id is None,
        both=decision is not None and decision.outcome is Outcome.BOTH,
        ways=ways(session, caller, zone=zone),
        consent=_(CONSENT),
        whatsapp=bool(settings().twilio_whatsapp_from),
        whatsapp_words=_(ON_WHATSAPP),
    )


def _taken(session: Session, token: str, caller: Invited, moving: Consult | None = None) -> str:
    zone, locale = _zone(caller, moving), tongue().locale
    near = days.neighbours(_free(session, caller, moving), _chosen(), zone=zone, locale=locale)
    words = _("Someone chose %(hour)s a moment before you", hour=show_hour(_chosen(), zone, locale))
    return _times(session, token, caller, Problem(words, "at", near), moving)


def _agreed(session: Session, case: Case) -> None:
    """Keep what they ticked, with the words they read beside it."""
    about: dict[str, Any] = {"how": "page", "ip": request.remote_addr or "", "now": now()}
    if request.form.get("texts") == "yes":
        agree(session, case, SMS, words=_(CONSENT), **about)
    if request.form.get("whatsapp") == "yes":
        agree(session, case, WHATSAPP, words=_(ON_WHATSAPP), **about)


def reserved_page(session: Session, token: str, caller: Invited, consult: Consult, **slip: Any) -> str:
    """What is reserved. `slip`: the form about who comes along as it was `typed`, its `wrong` field and the `words`."""
    locale = tongue().locale
    ends = show_hour(consult.ends_at, consult.client_zone, locale)
    about = _about(session, token, caller)
    # No link of theirs goes to another company: what they add to their calendar leads to nothing but the hour.
    summary = f"{about['advisor'].name}, {get_shop(session, caller.shop_id).shown_name}"
    return render_template(
        "portal/reserved.html",
        **about,
        consult=consult,
        along=guests_of(session, consult),
        ways=ways(session, caller, zone=consult.client_zone),
        whatsapp=bool(settings().twilio_whatsapp_from),
        on_whatsapp=on_whatsapp(session, caller.case),
        whatsapp_words=_(ON_WHATSAPP),
        google=calendars.google_link(consult, summary=summary),
        outlook=calendars.outlook_link(consult, summary=summary),
        when=show_times(consult.starts_at, consult.client_zone, locale),
        until=ends,
        zone_words=days.zone_words(consult.client_zone, consult.starts_at),
        guest=caller.guest_id is not None,
        slip=slip,
    )


def _afterwards(session: Session, token: str, caller: Invited, consult: Consult) -> str:
    promised = promises_of(session, shop_id=caller.shop_id, case_id=caller.case_id)
    return render_template(
        "portal/afterwards.html",
        **_about(session, token, caller),
        consult=consult,
        promised=promised,
        guest=caller.guest_id is not None,
    )


def _about(session: Session, token: str, caller: Invited) -> dict[str, Any]:
    case = caller.case
    advisor = get_advisor(session, shop_id=caller.shop_id, advisor_id=case.advisor_id)
    return {
        "token": token,
        "case": case,
        "advisor": advisor,
        "boutique": _place(session, advisor),
        "ring": number_to_ring(session, advisor),
        "stand_in": standing_in(session, case, advisor) if caller.guest_id is None else None,
    }


def _to_return(session: Session, caller: Invited) -> ResponseReturnValue:
    rma = find_rma(session, shop_id=caller.shop_id, return_gid=caller.case.return_gid)
    if rma is None or rma.id is None:
        raise NotFound(_("Your return is being prepared. Its page comes by email."))
    token = issue_link(session, shop_id=caller.shop_id, purpose=RETURN, subject_id=rma.id, now=now())
    return redirect(f"/r/{token}", 303)


# --- what was asked


def _chosen() -> datetime:
    try:
        at = parse_instant(request.form.get("at", ""))
    except ValueError:
        raise AppError(_("Please choose one of the times.")) from None
    if abs(at - now()) > NEVER_OFFERED:
        raise AppError(_("Please choose one of the times."))
    return at


def _kind() -> Kind:
    try:
        return Kind(request.form.get("kind", ""))
    except ValueError:
        raise AppError(_("Please choose how we shall meet.")) from None


def _zone(caller: Invited, moving: Consult | None = None) -> str:
    asked = request.values.get("zone", "")
    zone = asked if is_zone(asked) else moving.client_zone if moving else caller.case.client_zone
    return days.todays_name(zone)


def _first() -> date | None:
    try:
        return date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return None


def _free(session: Session, caller: Invited, moving: Consult | None) -> list[Slot]:
    about: dict[str, Any] = {"shop_id": caller.shop_id, "advisor_id": caller.case.advisor_id, "instead_of": moving}
    return free_times(session, **about, now=now(), days=WINDOW_DAYS)


def _current(session: Session, caller: Invited) -> Consult | None:
    return next_consult(session, shop_id=caller.shop_id, case_id=caller.case_id)


def _past(session: Session, caller: Invited) -> list[Consult]:
    return consults_of(session, shop_id=caller.shop_id, case_id=caller.case_id)


def _cancelled(session: Session, caller: Invited, zone: str) -> str:
    """When the time was that is given up, while it is still to come and no other is reserved; else ""."""
    latest = next(iter(_past(session, caller)), None)
    if latest is None or latest.state is not ConsultState.CANCELLED or latest.starts_at <= now():
        return ""
    return show_times(latest.starts_at, zone, tongue().locale)


def _booked(session: Session, caller: Invited) -> Consult:
    _only_the_client(caller)
    consult = _current(session, caller)
    if consult is None:
        raise NotFound(_("There is no time reserved. You may choose one."))
    return consult


def _only_the_client(caller: Invited) -> None:
    if caller.guest_id is not None:
        raise NotFound(_("There is nothing at this address."))


def _place(session: Session, advisor: Advisor) -> Boutique | None:
    if advisor.boutique_id is None:
        return None
    return get_boutique(session, shop_id=advisor.shop_id, boutique_id=advisor.boutique_id)
