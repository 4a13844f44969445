"""The shorter ways to a conversation: a time the advisor proposed, a colleague with time, or now."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor
from consults.at_once import is_free_now, talk_now
from consults.cells import SlotTaken
from consults.colleagues import Sooner, see_colleague, somebody_sooner
from consults.kinds import Kind
from consults.models import Advisor
from consults.proposals import proposed, take_proposed
from consults.time_models import ProposedTime
from consults.zones import is_zone, show_times
from kit.errors import AppError, NotFound
from shopify_app.asked import MOST_ROW_ID
from shopify_app.pages.portal.clients import Invited, with_case
from shopify_app.pages.portal.told import told
from shopify_app.pages.portal.tongue import _, tongue
from shopify_app.web import begin, now

page = Blueprint("sooner", __name__, url_prefix="/consult/<token>")


@dataclass(frozen=True)
class Ways:
    """What a page shows of them. `proposed` are (row, the time in words); `sooner_at` is the colleague's first time."""

    proposed: tuple[tuple[ProposedTime, str], ...] = ()
    now: bool = False
    sooner: Sooner | None = None
    sooner_at: str = ""


def ways(session: Session, caller: Invited, *, zone: str) -> Ways:
    """The shorter ways there are for the client just now; none for whoever comes along."""
    if caller.guest_id is not None:
        return Ways()
    case, locale = caller.case, tongue().locale
    rows = tuple((row, show_times(row.starts_at, zone, locale)) for row in proposed(session, case, now=now()))
    sooner = somebody_sooner(session, case, now=now()) if case.waits_since is None else None
    at = show_times(sooner.slot.starts_at, zone, locale) if sooner else ""
    return Ways(rows, is_free_now(session, case, now=now()), sooner, at)


@page.post("/proposed/<int:proposal_id>")
def take(token: str, proposal_id: int) -> ResponseReturnValue:
    """One tap: that time is theirs."""
    with begin() as session:
        caller = _client(session, token)
        try:
            take_proposed(
                session,
                shop_id=caller.shop_id,
                case_id=caller.case_id,
                proposal_id=proposal_id,
                client_zone=_zone(caller),
                now=now(),
            )
        except SlotTaken as gone:
            return _gone(session, token, caller, gone)
    return redirect(f"/consult/{token}", 303)


@page.post("/now")
def at_once(token: str) -> ResponseReturnValue:
    """A conversation that begins now: by video straight to the room."""
    with begin() as session:
        caller = _client(session, token)
        kind = Kind.TELEPHONE if request.form.get("kind") == Kind.TELEPHONE.value else Kind.VIDEO
        if kind is Kind.TELEPHONE and not caller.case.client_phone:
            raise AppError(_("Please choose a time below, and add the number to ring you on."))
        try:
            talk_now(
                session,
                shop_id=caller.shop_id,
                case_id=caller.case_id,
                kind=kind,
                client_zone=_zone(caller),
                idempotency_key=f"now:{now():%Y-%m-%dT%H}:{now().minute // 5}",
                now=now(),
            )
        except SlotTaken as gone:
            return _gone(session, token, caller, gone)
    return redirect(f"/consult/{token}/room" if kind is Kind.VIDEO else f"/consult/{token}", 303)


@page.post("/colleague")
def colleague(token: str) -> ResponseReturnValue:
    """The client would rather see the colleague who was offered by name, and chooses a time with them."""
    wanted = request.form.get("advisor", "")
    with begin() as session:
        caller = _client(session, token)
        advisor_id = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0
        if not 0 < advisor_id <= MOST_ROW_ID:
            raise NotFound(_("That colleague is not known here."))
        see_colleague(session, shop_id=caller.shop_id, case_id=caller.case_id, advisor_id=advisor_id, now=now())
    return redirect(f"/consult/{token}#times", 303)


def _client(session: Session, token: str) -> Invited:
    caller = with_case(session, token)
    if caller.guest_id is not None:
        raise NotFound(_("There is nothing at this address."))
    return caller


def _zone(caller: Invited) -> str:
    asked = request.form.get("zone", "")
    return asked if is_zone(asked) else caller.case.client_zone


def _gone(session: Session, token: str, caller: Invited, gone: SlotTaken) -> ResponseReturnValue:
    advisor: Advisor = get_advisor(session, shop_id=caller.shop_id, advisor_id=caller.case.advisor_id)
    return render_template("portal/gone.html", token=token, words=told(gone.message), advisor=advisor), 409
