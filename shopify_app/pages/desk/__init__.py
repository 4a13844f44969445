"""Pages of the desk: what an advisor opens from a text message, on a phone."""

from flask import Blueprint

from kit.errors import AppError
from shopify_app.auth import NotSignedIn
from shopify_app.pages.desk import (
    again,
    caring,
    cases,
    choosing,
    giving,
    my_times,
    opening,
    outcomes,
    pieces,
    practice,
    promises,
    proposing,
    radar,
    room,
    rounds,
    scanning,
    showing,
    signing_in,
    threads,
    today,
    ways,
    writing,
)
from shopify_app.pages.wording import add_filters
from shops.links import LinkDone

desk = Blueprint("desk", __name__, url_prefix="/desk")
PARTS = (signing_in, today, cases, choosing, opening, outcomes, promises, proposing)
for part in (
    *PARTS,
    giving,
    showing,
    writing,
    threads,
    my_times,
    radar,
    room,
    scanning,
    pieces,
    ways,
    rounds,
    caring,
    practice,
):
    desk.register_blueprint(part.page)
desk.record(add_filters)
desk.register_error_handler(AppError, again.answer_slip)
desk.register_error_handler(LinkDone, signing_in.done)
desk.register_error_handler(NotSignedIn, signing_in.signed_out)

PAGES: tuple[Blueprint, ...] = (desk,)
