"""/admin: the page around the app's iframe, in place of the Shopify admin. Installs the app and mints ID tokens."""

import base64
import hashlib
import hmac
import secrets
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, render_template, request

from simulators.config import Config
from simulators.frames.house import House

HERE = Path(__file__).parent
# Files the product itself ships; read by path, because the stand-ins import nothing of it.
ADMIN_FILES = HERE.parents[1] / "shopify_app" / "static" / "admin"
SCOPE_WORDS = {
    "orders": "orders",
    "returns": "returns",
    "fulfillments": "fulfilments",
    "products": "products",
    "inventory": "stock",
    "locations": "boutiques and other locations",
    "customers": "clients",
    "draft_orders": "draft orders",
    "merchant_managed_fulfillment_orders": "fulfilment orders",
    "store_credit_account_transactions": "store credit",
    "store_credit_accounts": "store credit accounts",
    "gift_cards": "gift cards",
    "all_orders": "orders older than 60 days",
    "users": "staff",
}


def admin_pages(config: Config, house: House) -> Blueprint:
    pages = Blueprint("admin", __name__)

    @pages.get("/admin")
    def admin():
        shop = _shop()
        staff = house.staff(shop)
        user = _user(staff)
        return render_template(
            "admin.html",
            shop=shop,
            host=_host(shop),
            app_url=config.app_url,
            installed=house.installed(shop),
            scopes=in_words(house.scopes()),
            staff=staff,
            user=user,
            frame_url=_frame_url(shop, user, _path(request.args.get("path", "/app"))),
        )

    @pages.post("/admin/install")
    def install():
        house.install(_shop())
        return redirect(f"/admin?{urlencode({'shop': _shop()})}", 303)

    @pages.post("/admin/uninstall")
    def uninstall():
        house.uninstall(_shop())
        return redirect(f"/admin?{urlencode({'shop': _shop()})}", 303)

    @pages.post("/admin/session-token")
    def session_token():
        shop = request.form.get("shop") or config.shop
        if not house.installed(shop):
            abort(403, "The app isn't installed on this shop.")
        user = request.form.get("user_id") or _user(house.staff(shop))
        return {"id_token": house.id_token(shop, user)}

    @pages.post("/admin/scopes")
    def scopes():
        """What the grant window's button does; the app hears of it as app/scopes_update."""
        shop = request.form.get("shop") or config.shop
        if not house.installed(shop):
            abort(403, "The app isn't installed on this shop.")
        house.grant(shop, request.form["scopes"].split(","))
        return "", 204

    @pages.get("/cdn/app-bridge.js")
    def app_bridge():
        return Response((HERE / "static" / "app-bridge.js").read_text(), mimetype="text/javascript")

    @pages.get("/cdn/polaris.js")
    def polaris():
        return Response((ADMIN_FILES / "polaris-lite.js").read_text(), mimetype="text/javascript")

    def _shop() -> str:
        shop = request.args.get("shop") or config.shop
        return shop if house.knows(shop) else abort(404, "No such shop here.")

    def _user(staff: list[dict]) -> str:
        asked = request.args.get("user") or request.form.get("user_id") or ""
        numbers = [person["number"] for person in staff]
        return asked if asked in numbers else (numbers or ["1"])[0]

    def _frame_url(shop: str, user: str, path: str) -> str:
        if not house.installed(shop):
            return ""
        query = {
            "embedded": "1",
            "host": _host(shop),
            "id_token": house.id_token(shop, user),
            "locale": "en",
            "session": secrets.token_hex(32),
            "shop": shop,
            "timestamp": str(int(config.clock().timestamp())),
        }
        query["hmac"] = oauth_hmac(config.api_secret, query)
        return f"{config.app_url}{path}{'&' if '?' in path else '?'}{urlencode(query)}"

    return pages


def oauth_hmac(secret: str, query: dict[str, str]) -> str:
    """The hmac of a document load: sorted pairs joined with &, SHA-256, hex. Not the app proxy's signature."""
    text = "&".join(f"{name}={query[name]}" for name in sorted(query))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _host(shop: str) -> str:
    handle = shop.removesuffix(".myshopify.com")
    return base64.urlsafe_b64encode(f"admin.shopify.com/store/{handle}".encode()).decode().rstrip("=")


def _path(asked: str) -> str:
    """A path of the app, never another host; the hash can't travel to the server anyway."""
    path = asked.split("#")[0]
    return path if path.startswith("/") and not path.startswith("//") and "\\" not in path else "/app"


def in_words(scopes: list[str]) -> list[str]:
    """What the grant screen says, a thing a line: "See and change returns"."""
    verbs: dict[str, set[str]] = {}
    for scope in scopes:
        verb, _, thing = scope.partition("_")
        verbs.setdefault(thing, set()).add(verb)
    lines = []
    for thing, asked in verbs.items():
        if thing == "app_proxy":
            lines.append("Answer at an address of your store")
            continue
        verb = "See and change" if len(asked) > 1 else "Change" if "write" in asked else "See"
        lines.append(f"{verb} {SCOPE_WORDS.get(thing, thing.replace('_', ' '))}")
    return lines
