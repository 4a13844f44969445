"""Into the desk, by the single-use link of a text message. Looking at it changes nothing; the button uses it up."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults import ladder
from consults.advisors import allowed_to, get_advisor
from consults.cases import get_case
from consults.first_answers import owner_id, waits
from consults.models import Case
from consults.rights import NotAllowed, Right
from kit.errors import Conflict, NotFound
from notifications import messages
from routing.hand_overs import next_in_turn
from shopify_app.auth import DESK_COOKIE, SHIFT, NotSignedIn, sign_in_to_desk
from shopify_app.web import addresses, begin, now, settings
from shops.links import DESK, LinkDone, Opened, issue_link, known_link, open_link, use_link
from shops.shops import get_shop

page = Blueprint("signing_in", __name__)


@page.get("/in/<token>")
def look(token: str) -> ResponseReturnValue:
    """A button, so that a program that previews links does not use this one up."""
    with begin() as session:
        opened = open_link(session, token, purpose=DESK, now=now())
        g.shop = get_shop(session, opened.shop_id)
        case = find_offer(session, opened)
        return render_template("desk/sign_in.html", token=token, case=case, zone=_zone(session, opened), now=now())


@page.post("/in/<token>")
def sign_in(token: str) -> ResponseReturnValue:
    """Use the link up, open the desk for a shift, and go to the client's page."""
    with begin() as session:
        opened = use_link(session, token, purpose=DESK, now=now())
        cookie = sign_in_to_desk(session, shop_id=opened.shop_id, advisor_id=_advisor(session, opened))
    to = f"/desk/cases/{opened.subject_id}" if opened.subject_id else "/desk"
    return with_cookie(make_response(redirect(to, 303)), cookie)


@page.post("/in/<token>/take")
def take(token: str) -> ResponseReturnValue:
    """Take what the text was about in hand, and open the desk at it. Where a colleague was quicker, say so."""
    with begin() as session:
        opened = use_link(session, token, purpose=DESK, now=now())
        advisor = _advisor(session, opened)
        cookie = sign_in_to_desk(session, shop_id=opened.shop_id, advisor_id=advisor)
        try:
            ladder.take_offer(session, **_offered(opened, advisor))
        except Conflict as moved:
            g.shop = get_shop(session, opened.shop_id)
            return with_cookie(make_response(render_template("desk/noted.html", words=moved.message)), cookie)
    return with_cookie(make_response(redirect(f"/desk/cases/{opened.subject_id}", 303)), cookie)


@page.post("/in/<token>/not-today")
def not_today(token: str) -> ResponseReturnValue:
    """Not today: the next colleague is asked at once. The link has done its work; nobody is signed in by it."""
    with begin() as session:
        opened = use_link(session, token, purpose=DESK, now=now())
        g.shop = get_shop(session, opened.shop_id)
        try:
            offered = _offered(opened, _advisor(session, opened))
            advisor = get_advisor(session, shop_id=opened.shop_id, advisor_id=offered["advisor_id"])
            allowed_to(advisor).must(Right.HAND_OVER)
            asked = ladder.not_today(session, colleague=next_in_turn, **offered)
            words = f"{asked.name} is asked now." if asked else "Nobody else is free, so it stays with you."
        except (Conflict, NotAllowed) as refused:
            words = refused.message
    return render_template("desk/noted.html", words=words)


@page.post("/in/<token>/fresh")
def send_fresh(token: str) -> ResponseReturnValue:
    """Text a new link to the advisor the old one was made for. The answer is the same for any link."""
    with begin() as session:
        opened = known_link(session, token, purpose=DESK)
        key = f"desk:{opened.link_id}:{now():%Y-%m-%dT%H}" if opened else ""
        if (
            opened
            and opened.person_id
            and not messages.was_written(session, shop_id=opened.shop_id, key=key, channel="sms")
        ):
            g.shop = get_shop(session, opened.shop_id)
            advisor = get_advisor(session, shop_id=opened.shop_id, advisor_id=opened.person_id)
            if advisor.active and advisor.phone:
                fresh = issue_link(
                    session,
                    shop_id=opened.shop_id,
                    purpose=DESK,
                    subject_id=opened.subject_id,
                    person_id=opened.person_id,
                    now=now(),
                )
                messages.send(
                    session,
                    shop_id=opened.shop_id,
                    message="desk_link",
                    channel="sms",
                    to=advisor.phone,
                    values={"house": g.shop.shown_name, "link": addresses().desk_link(fresh)},
                    key=key,
                    now=now(),
                )
    return render_template("desk/link_sent.html")


@page.get("/signed-out")
def show_signed_out() -> ResponseReturnValue:
    """Where one is without a session."""
    return render_template("desk/signed_out.html", message="")


def find_offer(session: Session, opened: Opened) -> Case | None:
    """The case a link asks about, while it waits for an answer of theirs."""
    if not opened.subject_id:
        return None
    case = get_case(session, shop_id=opened.shop_id, case_id=opened.subject_id)
    return case if waits(case) and opened.person_id in (case.advisor_id, owner_id(session, case)) else None


def _advisor(session: Session, opened: Opened) -> int:
    """Whose link it is. Raises NotFound, or NotSignedIn for somebody whose desk is closed."""
    if opened.person_id is None:
        raise NotFound("This link is not one of ours.")
    if not get_advisor(session, shop_id=opened.shop_id, advisor_id=opened.person_id).active:
        raise NotSignedIn("Your desk is closed. Your boutique can open it again.", "desk")
    return opened.person_id


def _zone(session: Session, opened: Opened) -> str:
    if opened.person_id is None:
        return "UTC"
    return get_advisor(session, shop_id=opened.shop_id, advisor_id=opened.person_id).zone


def _offered(opened: Opened, advisor_id: int) -> dict[str, Any]:
    return {"shop_id": opened.shop_id, "case_id": opened.subject_id, "advisor_id": advisor_id, "now": now()}


def with_cookie(response: Response, cookie: str) -> Response:
    """Strict: a request that another site starts never carries it. The button is on our own page, so it may be."""
    response.set_cookie(
        DESK_COOKIE,
        cookie,
        max_age=int(SHIFT.total_seconds()),
        path="/desk",
        secure=not settings().is_local,
        httponly=True,
        samesite="Strict",
    )
    return response


def done(error: LinkDone) -> ResponseReturnValue:
    """The page of a link that was used up or ran out."""
    token = request.path.split("/")[3]
    with begin() as session:
        opened = known_link(session, token, purpose=DESK)
        if opened is not None:
            g.shop = get_shop(session, opened.shop_id)
    return render_template("desk/link_done.html", token=token), error.status


def signed_out(error: NotSignedIn) -> ResponseReturnValue:
    """For a page a page, for the room's script JSON."""
    if request.is_json:
        return jsonify({"error": {"code": error.code, "message": error.message}}), error.status
    return render_template("desk/signed_out.html", message=error.message), error.status
