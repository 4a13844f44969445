"""/app/settings/rules: law by country, the house's own policy, kinds of pieces, protected materials, carriers."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from jobs.attempts import wake
from kit.errors import AppError
from logistics import packs
from logistics.covering import today_of
from logistics.pack_files import SCHEMAS
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting, wrong
from shopify_app.web import begin, now
from shops.links import PACK, issue_link, open_link

page = Blueprint("admin_rule_packs", __name__)

NAMES = tuple(SCHEMAS)
MOST_BYTES = 1024 * 1024


@page.get("/app/settings/rules")
def index() -> str:
    """Every list of rules, with its day and its owner."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        lists = [(name, SCHEMAS[name], packs.pack(session, caller.shop_id, name)) for name in NAMES]
        return show("rule_packs.html", lists=lists)


@page.get("/app/settings/rules/<any(categories, classes, species, countries, policy, carriers, credit):name>")
def one(name: str) -> str:
    """One list, and the entry asked for by `?entry=` in a form; an empty form for a new one."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        kept = packs.pack(session, caller.shop_id, name)
        asked = kept.entry(request.args.get("entry", ""))
        return show("rule_pack.html", name=name, schema=SCHEMAS[name], pack=kept, asked=asked)


@page.post("/app/settings/rules/<any(categories, classes, species, countries, policy, carriers, credit):name>")
def change(name: str) -> Response:
    """Write one entry, or a new one. What waits for a rule is tried at once."""
    caller, form = merchant(), request.form
    values: dict[str, Any] = {field.name: form.get(field.name, "") for field in SCHEMAS[name].fields}
    with begin() as session:
        about: dict[str, Any] = {
            "shop_id": caller.shop_id,
            "name": name,
            "key": form.get("key", ""),
            "by": staff(caller),
            "now": now(),
        }
        today = today_of(session, caller.shop_id, now())
        try:
            packs.change_entry(session, values=values | {"source": form.get("source", "")}, today=today, **about)
        except AppError as unclear:
            if unclear.status != 400:
                raise
            return wrong({"key": unclear.message})
        wake(session, shop_id=caller.shop_id, now=now())
    return go(f"/app/settings/rules/{name}", "Saved as a new version.")


@page.post("/app/settings/rules/<any(categories, classes, species, countries, policy, carriers, credit):name>/drop")
def drop(name: str) -> Response:
    """Leave one entry out."""
    caller = merchant()
    with begin() as session:
        about: dict[str, Any] = {"shop_id": caller.shop_id, "name": name, "by": staff(caller), "now": now()}
        today = today_of(session, caller.shop_id, now())
        packs.drop_entry(session, key=request.form.get("key", ""), today=today, **about)
        wake(session, shop_id=caller.shop_id, now=now())
    return go(f"/app/settings/rules/{name}", "Left out. Older versions are kept.")


@page.post("/app/settings/rules/<any(categories, classes, species, countries, policy, carriers, credit):name>/file")
def bring(name: str) -> Response:
    """Take over a whole list from a file, or none of it."""
    caller, given = merchant(), request.files.get("file")
    raw = given.stream.read(MOST_BYTES + 1) if given else b""
    if not raw or len(raw) > MOST_BYTES:
        return wrong({"file": "Choose a file of at most 1 MB."})
    with begin() as session:
        try:
            packs.bring_file(session, shop_id=caller.shop_id, name=name, raw=raw, by=staff(caller), now=now())
        except AppError as unclear:
            if unclear.status != 400:
                raise
            return wrong({"file": unclear.message})
        wake(session, shop_id=caller.shop_id, now=now())
    return go(f"/app/settings/rules/{name}", "The file is taken over as a new version.")


@page.post("/app/settings/rules/<any(categories, classes, species, countries, policy, carriers, credit):name>/export")
def open_file(name: str) -> Response:
    """An address for ten minutes, in a tab of its own: a frame can't keep a file."""
    caller = merchant()
    with begin() as session:
        subject = NAMES.index(name) + 1
        token = issue_link(session, shop_id=caller.shop_id, purpose=PACK, subject_id=subject, now=now())
    return jsonify({"open": f"/rules/{token}.json"})


@page.get("/rules/<token>.json")
def fetch(token: str) -> ResponseReturnValue:
    """The file of that address."""
    with begin() as session:
        opened = open_link(session, token, purpose=PACK, now=now())
        kept = packs.pack(session, opened.shop_id, NAMES[opened.subject_id - 1])
    answer = make_response(json.dumps(kept.as_json(), indent=2, ensure_ascii=False) + "\n")
    answer.headers["Content-Type"] = "application/json; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{kept.name}-{kept.dated}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
