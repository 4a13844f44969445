"""/app/routing: from which order value an advisor is offered, who answers for the house, and what was decided."""

import re

from flask import Blueprint, Response, request

from consults import advisors
from jobs.attempts import wake
from kit.errors import AppError, NotFound
from kit.money import Money
from measures import home as lists
from routing import policies
from shopify_app.asked import row_id
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, visiting, wrong
from shopify_app.web import begin, now

page = Blueprint("admin_routing", __name__)

FIGURES = re.compile(r"[\d.,]{1,12}")


@page.get("/app/routing")
def rule() -> str:
    """The rule, beside what it decided lately."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        row = policies.policy_row(session, caller.shop_id)
        return show(
            "routing.html",
            rule=row,
            limit=Money(row.limit_cents, row.currency),
            people=advisors.advisors(session, shop_id=caller.shop_id, active=True),
            stands_in=policies.directory(session, caller.shop_id).default,
            decisions=lists.recent_decisions(session, shop_id=caller.shop_id),
        )


@page.post("/app/routing")
def change() -> Response:
    """Save the rule; it holds for returns from now on."""
    caller, form = merchant(), request.form
    if not FIGURES.fullmatch(form.get("limit", "").strip()):
        return wrong({"limit": "Write the limit in figures, for example 5000."})
    chosen = form.get("default_advisor", "")
    try:
        with begin() as session:
            policies.change_policy(
                session,
                shop_id=caller.shop_id,
                limit=form.get("limit", ""),
                default_advisor_id=row_id(chosen),
            )
            wake(session, shop_id=caller.shop_id, now=now())  # a return may have waited for a limit in its currency
    except NotFound:
        return wrong({"default_advisor": "Choose somebody who works here."})
    except AppError as error:
        return wrong({"limit": error.message})
    return go("", "Saved. It holds for returns from now on.")
