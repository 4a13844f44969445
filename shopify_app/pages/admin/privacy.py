"""/app/privacy: what clients asked to see, an export of it to hand over, and who of the house looked at whom."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from consults.advisors import advisors
from kit.errors import NotFound
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting
from shopify_app.privacy import show_client
from shopify_app.web import begin, now
from shops import accesses, data_requests, links
from shops.shops import get_shop

page = Blueprint("admin_privacy", __name__)

KINDS = ("json", "html")


@page.get("/app/privacy")
def index() -> str:
    """Requests that wait, those that were answered, and the last 200 looks at personal data."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        return show(
            "privacy.html",
            requests=data_requests.requests_of(session, shop_id=caller.shop_id),
            accesses=accesses.latest_accesses(session, shop_id=caller.shop_id),
            names={f"advisor:{person.id}": person.name for person in advisors(session, shop_id=caller.shop_id)},
            today=now().date(),
        )


@page.post("/app/privacy/<int:request_id>/<any(json, html):kind>")
def open_export(request_id: int, kind: str) -> Response:
    """An address for ten minutes, in a tab of its own: a frame can neither keep a file nor print well."""
    caller = merchant()
    with begin() as session:
        data_requests.get_request(session, shop_id=caller.shop_id, request_id=request_id)
        about: dict[str, Any] = {"shop_id": caller.shop_id, "now": now()}
        token = links.issue_link(session, purpose=links.EXPORT, subject_id=request_id, **about)
        subject = f"request:{request_id}"
        accesses.note_access(session, who=staff(caller), what=accesses.EXPORT, subject=subject, **about)
    return jsonify({"open": f"/export/{token}/{kind}"})


@page.post("/app/privacy/<int:request_id>/answered")
def answer(request_id: int) -> Response:
    """The export was handed over."""
    caller = merchant()
    with begin() as session:
        data_requests.mark_answered(session, shop_id=caller.shop_id, request_id=request_id, by=staff(caller), now=now())
    return go("", "Noted as handed over.")


@page.get("/export/<token>/<kind>")
def export(token: str, kind: str) -> ResponseReturnValue:
    """The file itself: JSON to keep, or a page to print."""
    if kind not in KINDS:
        raise NotFound("There is nothing at this address.")
    with begin() as session:
        opened = links.open_link(session, token, purpose=links.EXPORT, now=now())
        asked = data_requests.get_request(session, shop_id=opened.shop_id, request_id=opened.subject_id)
        shop = get_shop(session, opened.shop_id)
        kept = {
            "request": asked.request_id,
            "asked_at": asked.asked_at.isoformat(),
            "made_at": now().isoformat(),
            **show_client(
                session, shop_id=opened.shop_id, client_gid=asked.client_gid, order_gids=list(asked.order_gids)
            ),
        }
    if kind == "html":
        return render_template("export/client.html", shop=shop, kept=kept, request_id=asked.request_id)
    response = make_response(json.dumps(kept, indent=2, ensure_ascii=False))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="client-data-{asked.id}.json"'
    return response
