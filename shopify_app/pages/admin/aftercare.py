"""/app/settings/aftercare: how often an advisor writes to a client after a return, and what rests while one is open."""

from typing import Any

from flask import Blueprint, Response, request

from consults.marketing.letters import key_of, set_key
from consults.policy import policy_of, set_policy
from kit.errors import AppError
from shopify_app.admin_api.scopes import is_granted
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting, wrong
from shopify_app.web import begin, now

page = Blueprint("admin_aftercare", __name__, url_prefix="/app/settings/aftercare")

BOUNDS = {"contact_most": (0, 20), "contact_days": (1, 365)}


@page.get("")
def index() -> str:
    """What is chosen; a key is never shown again."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        return show(
            "aftercare.html",
            policy=policy_of(session, shop_id=caller.shop_id),
            has_key=bool(key_of(session, caller.shop_id)),
            may_tag=is_granted("write_customers", shop.scopes),
        )


@page.post("")
def change() -> Response:
    """Save all of it or none."""
    caller, form = merchant(), request.form
    values, wrongs = {}, {}
    for name, (least, most) in BOUNDS.items():
        text = form.get(name, "").strip()
        values[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
        if not least <= values[name] <= most:
            wrongs[name] = f"A whole number from {least} to {most}."
    if wrongs:
        return wrong(wrongs)
    key, drop = form.get("klaviyo_key", "").strip(), "klaviyo_off" in form
    about: dict[str, Any] = {"shop_id": caller.shop_id, "by": staff(caller), "now": now()}
    try:
        with begin() as session:
            set_policy(session, shop_id=caller.shop_id, **values)
            if key or drop:
                set_key(session, key="" if drop else key, **about)
    except AppError as error:
        return wrong({error.code: error.message})
    return go("", "Saved.")
