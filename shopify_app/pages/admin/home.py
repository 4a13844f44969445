"""/app: what waits for someone, and whether things work."""

from typing import Any

from flask import Blueprint

from measures import home as lists
from measures import reading
from shopify_app.mending import Look, needs_of
from shopify_app.pages.admin.calling import shop_of, show, visiting
from shopify_app.pages.admin.figure_words import chart, gap, main_rows
from shopify_app.pages.admin.past import past_of
from shopify_app.pages.admin.standing import up_and_running
from shopify_app.web import begin, now, settings

page = Blueprint("admin_home", __name__)

MONTHS = 6
FIRST = 6
"""Rows of what waits: the link beside them leads to all, and the measures stay in sight."""


@page.get("/app")
def home() -> str:
    """What needs attention first; figures that are true today."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        about: dict[str, Any] = {"shop_id": caller.shop_id, "zone": shop.zone, "now": now()}
        view = reading.view(session, shop=shop, months=MONTHS, now=now())
        return show(
            "home.html",
            rows=lists.waiting(session, **about, limit=FIRST),
            promises=lists.promises_due(session, **about),
            cohorts=lists.cohorts(session, shop_id=caller.shop_id),
            view=view,
            main=main_rows(view),
            chart=chart(view.months),
            gap=gap(view),
            past=past_of(session, shop),
            standing=up_and_running(session, shop, settings(), now()),
            needs=needs_of(Look(session, shop, settings(), now())),
        )
