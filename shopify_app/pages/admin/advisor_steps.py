"""What is done with an advisor, a button each: away, back, hand over, a link to sign in, leaving and coming back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from sqlmodel import Session

from consults import absences, advisors
from kit.errors import AppError
from notifications import messages
from routing import client_book, leaving
from routing.leaving import DeputyUnclear, HandOver
from shopify_app.asked import row_id
from shopify_app.auth import merchant
from shopify_app.pages.admin.advisor_forms import read_away
from shopify_app.pages.admin.calling import go, staff, wrong
from shopify_app.web import addresses, begin, now
from shops.links import DESK, issue_link
from shops.shops import get_shop

page = Blueprint("admin_advisor_steps", __name__, url_prefix="/app/advisors/<int:advisor_id>")


def _book(session: Session, shop_id: int, from_id: int, to_id: int | None, by: str, at: datetime) -> int:
    """Their page of the client book, to their successor; without one it stays as it is."""
    return client_book.hand_over(session, shop_id, from_id, to_id, now=at) if to_id is not None else 0


HAND_OVERS: Sequence[HandOver] = (_book,)
"""What goes with a person who leaves, besides their cases: the client book."""
NO_CASE = 0
"""What a desk link is about when it opens the desk itself."""


@page.post("/away")
def note_away(advisor_id: int) -> Response:
    """Days on which they are away, both included; what is theirs then goes to somebody else by itself."""
    caller = merchant()
    with begin() as session:
        advisor = advisors.get_advisor(session, shop_id=caller.shop_id, advisor_id=advisor_id)
        days, fields = read_away(request.form, advisor, now=now())
        if days is None:
            return wrong(fields)
        about = {"shop_id": caller.shop_id, "advisor_id": advisor_id}
        absences.note_away(session, **about, starts_at=days[0], ends_at=days[1])
    return go("", f"{advisor.name} is noted as away.")


@page.post("/away/<int:time_off_id>/strike")
def strike(advisor_id: int, time_off_id: int) -> Response:
    """They are not away then after all."""
    caller = merchant()
    with begin() as session:
        absences.not_away(session, shop_id=caller.shop_id, advisor_id=advisor_id, time_off_id=time_off_id)
    return go("", "Struck.")


@page.post("/hand-over")
def hand_over(advisor_id: int) -> Response:
    """Route their open cases again, by the full rules."""
    caller = merchant()
    with begin() as session:
        count = leaving.hand_over_now(
            session, shop_id=caller.shop_id, advisor_id=advisor_id, by=staff(caller)[:40], now=now()
        )
    return go("", f"{count} open case{'' if count == 1 else 's'} being routed again." if count else "No open case.")


@page.post("/sign-in-link")
def send_link(advisor_id: int) -> Response:
    """Text them a link that opens their desk once; at most one a minute."""
    caller = merchant()
    with begin() as session:
        advisor = advisors.get_advisor(session, shop_id=caller.shop_id, advisor_id=advisor_id)
        if not advisor.active:
            raise AppError(f"{advisor.name}'s desk is closed.")
        if not advisor.takes_texts or advisor.phone is None:
            raise AppError(f"{advisor.name} can't be texted. Open the desk for them from here instead.")
        key = f"desk:advisor:{advisor_id}:{now():%Y-%m-%dT%H:%M}"
        if messages.was_written(session, shop_id=caller.shop_id, key=key, channel="sms"):
            return go("", "A link is on its way already.")
        where = {"shop_id": caller.shop_id, "subject_id": NO_CASE, "person_id": advisor_id}
        link = addresses().desk_link(issue_link(session, purpose=DESK, now=now(), **where))
        values = {"house": get_shop(session, caller.shop_id).shown_name, "link": link}
        about: dict[str, Any] = {"shop_id": caller.shop_id, "message": "desk_link", "channel": "sms", "key": key}
        messages.send(session, to=advisor.phone, values=values, now=now(), **about)
    return go("", f"A link was texted to {advisor.name}.")


@page.post("/leave")
def leave(advisor_id: int) -> Response:
    """They left: the desk closes, and everything of theirs goes to others."""
    caller = merchant()
    chosen = request.form.get("successor", "")
    successor_id = row_id(chosen)
    if chosen and successor_id is None:
        return wrong({"successor": "Choose somebody of your house."})
    with begin() as session:
        advisor = advisors.get_advisor(session, shop_id=caller.shop_id, advisor_id=advisor_id)
        try:
            left = leaving.leave(
                session,
                shop_id=caller.shop_id,
                advisor_id=advisor_id,
                successor_id=successor_id,
                on=now().date(),
                by=staff(caller)[:40],
                hand_overs=HAND_OVERS,
                now=now(),
            )
        except DeputyUnclear as unclear:
            return wrong({"successor": unclear.message})
    return go("", f"{advisor.name} has left. {left.cases} open case{'' if left.cases == 1 else 's'} handed over.")


@page.post("/return")
def come_back(advisor_id: int) -> Response:
    """They are of the house again."""
    caller = merchant()
    with begin() as session:
        advisor = leaving.come_back(session, shop_id=caller.shop_id, advisor_id=advisor_id)
    return go("", f"{advisor.name} is back.")
