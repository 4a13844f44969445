"""/app/advisors/staff: the shop's staff as Shopify has it, beside the directory; what a person ticks is taken over."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from routing.directory_merge import Merge, compare, take_over
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, visiting
from shopify_app.reaching import shopify_orders
from shopify_app.web import begin

page = Blueprint("admin_staff", __name__)


@page.get("/app/advisors/staff")
def index() -> ResponseReturnValue:
    """Who is new, who left, who is the same; or why Shopify does not tell."""
    caller = visiting()
    merge = _read(caller.shop_id)
    with begin() as session:
        shop_of(session, caller)
    return show("staff.html", merge=merge)


@page.post("/app/advisors/staff")
def change() -> Response:
    """Take over what was ticked. Shopify is read again: only its own word is written, never the form's."""
    caller = merchant()
    merge = _read(caller.shop_id)
    chosen = set(request.form.getlist("staff"))
    with begin() as session:
        done = take_over(session, shop_id=caller.shop_id, merge=merge, chosen=chosen) if merge else 0
    words = f"{done} advisor{'' if done == 1 else 's'} taken over." if done else "Nobody was ticked; nothing changed."
    return go("/app/advisors" if done else "", words)


def _read(shop_id: int) -> Merge | None:
    found = shopify_orders().everyone(shop_id)
    if found is None:
        return None
    with begin() as session:
        return compare(session, shop_id=shop_id, found=found)
