"""Somebody answers in the place of whoever sold the piece: who, why, until when; and the choice to wait for them."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor
from consults.booking import next_consult
from consults.cases import find_case
from consults.history import CLIENT
from consults.kinds import WhyNot
from consults.models import Advisor, Case
from consults.states import CaseState
from consults.zones import show_day
from kit.errors import NotFound
from routing.waiting import see_somebody_sooner, wait_for_owner
from shopify_app.pages.portal.clients import with_case, with_return
from shopify_app.pages.portal.tongue import N_, _, tongue
from shopify_app.web import begin, now

page = Blueprint("standing_in", __name__)
Choice = Callable[..., Case]
WHY = {
    WhyNot.LEFT: N_("%(owner)s is no longer with us. %(advisor)s looks after you now."),
    WhyNot.AWAY: N_(
        "%(owner)s is away. %(advisor)s looks after you meanwhile; %(owner)s reads along, and is there for you again "
        "then."
    ),
    WhyNot.OFF_SHIFT: N_(
        "%(owner)s is not at work just now. %(advisor)s looks after you meanwhile; %(owner)s reads along, and is there "
        "for you again then."
    ),
    WhyNot.FULL: N_(
        "%(owner)s is with other clients. %(advisor)s looks after you meanwhile; %(owner)s reads along, and is there "
        "for you again then."
    ),
    WhyNot.NO_TEXTS: N_(
        "%(owner)s is on the floor and can't be reached quickly. %(advisor)s looks after you meanwhile; %(owner)s "
        "reads along, and is there for you again then."
    ),
}
NO_RETURNS = N_("%(advisor)s looks after you now.")
UNTIL = {
    WhyNot.AWAY: N_(
        "%(owner)s is away until %(day)s. %(advisor)s looks after you meanwhile; %(owner)s reads along, and is there "
        "for you again then."
    ),
    WhyNot.OFF_SHIFT: N_(
        "%(owner)s is back at work on %(day)s. %(advisor)s looks after you meanwhile; %(owner)s reads along, and is "
        "there for you again then."
    ),
}


@dataclass(frozen=True)
class StandIn:
    """What the client is told, in whole sentences. `day`: when the owner is back; `waiting`: they chose to wait for it.

    `may_choose`: the button of the other choice is shown.
    """

    words: str
    owner: str
    day: str
    waiting: bool
    may_choose: bool


def standing_in(session: Session, case: Case, advisor: Advisor) -> StandIn | None:
    """Who answers, why and until when; None where the seller does."""
    if case.waits_since is None and not (case.is_stood_in and case.why_not is not None):
        return None
    assert case.id is not None
    owner = get_advisor(session, shop_id=case.shop_id, advisor_id=case.owner_id or case.advisor_id)
    back = case.owner_back_at if case.owner_back_at and case.owner_back_at > now() else None
    day = show_day(back, case.client_zone, tongue().locale) if back else ""
    is_free = next_consult(session, shop_id=case.shop_id, case_id=case.id) is None
    may = is_free and owner.active and case.state is CaseState.OPEN and case.outcome is None
    waiting = case.waits_since is not None
    why = case.why_not or WhyNot.AWAY
    if waiting:
        sentence = _waiting_for(day)
    elif why is WhyNot.LEFT and owner.left_on is None:
        sentence = NO_RETURNS  # takes none any more, and may well be of the house
    else:
        sentence = _introduction(why, day)
    words = _(sentence, owner=owner.first_name, advisor=advisor.first_name, day=day)
    return StandIn(words, owner.first_name, day, waiting, may)


def _introduction(why: WhyNot, day: str) -> str:
    return UNTIL.get(why, WHY[why]) if day else WHY[why]


def _waiting_for(day: str) -> str:
    return N_("You are waiting for %(owner)s, who is back on %(day)s.") if day else N_("You are waiting for %(owner)s.")


@page.post("/r/<token>/wait")
def wait_from_return(token: str) -> ResponseReturnValue:
    """The client would rather wait for the one they know."""
    return _from_return(token, wait_for_owner)


@page.post("/r/<token>/sooner")
def sooner_from_return(token: str) -> ResponseReturnValue:
    """The client would rather not wait after all."""
    return _from_return(token, see_somebody_sooner)


@page.post("/consult/<token>/wait")
def wait_from_times(token: str) -> ResponseReturnValue:
    """The client would rather wait for the one they know."""
    return _from_times(token, wait_for_owner)


@page.post("/consult/<token>/sooner")
def sooner_from_times(token: str) -> ResponseReturnValue:
    """The client would rather not wait after all."""
    return _from_times(token, see_somebody_sooner)


def _from_return(token: str, choose: Choice) -> ResponseReturnValue:
    with begin() as session:
        rma = with_return(session, token)
        case = find_case(session, shop_id=rma.shop_id, return_gid=rma.return_gid)
        if case is None or case.id is None:
            raise NotFound(_("There is nothing at this address."))
        _choose(session, case, choose)
    return redirect(f"/r/{token}", 303)


def _from_times(token: str, choose: Choice) -> ResponseReturnValue:
    with begin() as session:
        caller = with_case(session, token)
        if caller.guest_id is not None:
            raise NotFound(_("There is nothing at this address."))
        _choose(session, caller.case, choose)
    return redirect(f"/consult/{token}", 303)


def _choose(session: Session, case: Case, choose: Choice) -> None:
    """A time that is reserved is changed or given back on its own page first; then nothing happens here."""
    assert case.id is not None
    if next_consult(session, shop_id=case.shop_id, case_id=case.id) is None:
        choose(session, shop_id=case.shop_id, case_id=case.id, by=CLIENT, now=now())
