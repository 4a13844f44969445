"""Ways forward of the merchant's own catalogue: a place in a week, promised from the client's page."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor
from consults.catalogue.kinds import WORDS
from consults.catalogue.takings import let_go, offers_for, take_way, takings_of
from consults.models import Case
from kit.errors import AppError
from shopify_app.asked import row_id
from shopify_app.auth import DeskCaller, desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.web import begin, now

page = Blueprint("ways", __name__, url_prefix="/cases/<int:case_id>/ways")


@page.post("")
def take(case_id: int) -> ResponseReturnValue:
    """Within the budget it is promised; beyond it somebody is asked, and the place is kept meanwhile."""
    caller, form = desk(), request.form
    way_id = row_id(form.get("way", ""))
    with begin() as session:
        case = case_of(session, caller, case_id)
        about: dict[str, Any] = {"way_id": way_id or 0, "week_on": _week(form.get("week_on", ""))}
        about["why"] = form.get("why", "")
        about |= {"advisor_id": caller.advisor_id, "boutique_ids": _boutiques(session, case)}
        take_way(session, case, once=form.get("once", ""), now=now(), **about)
    return redirect(f"/desk/cases/{case_id}#offer", 303)


@page.post("/<int:taken_id>/let-go")
def give_back(case_id: int, taken_id: int) -> ResponseReturnValue:
    """They decided otherwise: the place is somebody else's to have."""
    caller = desk()
    with begin() as session:
        case = case_of(session, caller, case_id)
        let_go(session, case, taken_id=taken_id, advisor_id=caller.advisor_id, now=now())
    return redirect(f"/desk/cases/{case_id}#offer", 303)


def ways_forward(session: Session, caller: DeskCaller, case: Case) -> dict[str, Any]:
    """What _ways.html needs. Only what can be had is there."""
    return {
        "way_offers": offers_for(session, case, boutique_ids=_boutiques(session, case), now=now()),
        "way_kinds": WORDS,
        "ways_taken": takings_of(session, case),
    }


def _week(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise AppError("Choose the week.") from None


def _boutiques(session: Session, case: Case) -> frozenset[int]:
    return get_advisor(session, shop_id=case.shop_id, advisor_id=case.advisor_id).boutique_ids
