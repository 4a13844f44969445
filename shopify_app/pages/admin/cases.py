"""/app/cases: every return by kind, and the file of one."""

from flask import Blueprint, request

from consults import advisors, booking, history
from consults import cases as files
from logistics import rmas
from measures import home as lists
from notifications.chains import told
from routing.jobs import find_decision
from shopify_app.pages.admin.calling import shop_of, show, staff, visiting
from shopify_app.pages.admin.money_side import money_side
from shopify_app.pages.admin.parcel_side import parcel_side
from shopify_app.pages.first_answers import clock_of
from shopify_app.pages.why import why
from shopify_app.web import begin, now
from shops.accesses import CASE, note_access

page = Blueprint("admin_cases", __name__)

LISTS = {"open": lists.open_assisted, "closed": lists.closed_assisted, "simple": lists.simple}


@page.get("/app/cases")
def index() -> str:
    """Open cases, closed ones, or simple returns."""
    caller = visiting()
    kind = request.args.get("show", "open")
    kind = kind if kind in LISTS else "open"
    with begin() as session:
        shop = shop_of(session, caller)
        rows = LISTS[kind](session, shop_id=caller.shop_id, zone=shop.zone, now=now())
        return show("cases.html", rows=rows, kind=kind)


@page.get("/app/cases/<int:case_id>")
def case(case_id: int) -> str:
    """One case: facts, why this advisor, the conversation, the parcel, the money, and what happened."""
    caller = visiting()
    with begin() as session:
        shop, shop_id = shop_of(session, caller), caller.shop_id
        found = files.get_case(session, shop_id=shop_id, case_id=case_id)
        rma = rmas.find_rma(session, shop_id=shop_id, return_gid=found.return_gid)
        decision = find_decision(session, shop_id=shop_id, return_gid=found.return_gid)
        note_access(session, shop_id=shop_id, who=staff(caller), what=CASE, subject=f"case:{case_id}", now=now())
        return show(
            "case.html",
            case=found,
            step=lists.step_of_case(session, found, zone=shop.zone, now=now()),
            advisor=advisors.get_advisor(session, shop_id=shop_id, advisor_id=found.advisor_id),
            names={person.id: person.name for person in advisors.advisors(session, shop_id=shop_id)},
            clock=clock_of(session, found, zone=shop.zone, now=now()),
            why=why(session, shop_id=shop_id, decision=decision, case_id=case_id),
            people=advisors.advisors(session, shop_id=shop_id, active=True),
            consults=booking.consults_of(session, shop_id=shop_id, case_id=case_id),
            told=told(session, shop_id=shop_id, prefix=f"case:{case_id}:"),
            events=history.history(session, shop_id=shop_id, case_id=case_id),
            view=rmas.view(session, shop_id=shop_id, rma_id=rma.id) if rma and rma.id else None,
            **(parcel_side(session, rma) | money_side(session, rma, who=staff(caller)) if rma else {}),
        )
