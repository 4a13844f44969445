"""/app/bounce: fetches an ID token for a document that came without one, and returns to it.

App Bridge reads `shopify-reload` from the address of the page it is loaded in and goes there with a fresh `id_token`
(reference/shopify.md 5.2). The page without a token only leads here; it may be reached by any address of ours.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request

from shopify_app.web import addresses

page = Blueprint("admin_bounce", __name__)

SPENT = ("id_token", "hmac", "session", "timestamp", "shopify-reload")
KEPT = ("shop", "host", "embedded", "locale")
HOME = "/app"


@page.get("/app/bounce")
def bounce() -> Response:
    """The page that App Bridge returns from. A target that is not one of the merchant's pages becomes home."""
    asked = request.args.get("shopify-reload", "")
    if reload_target(asked) != asked:
        return make_response(redirect(reload_address(asked.removeprefix(addresses().app_url)), 302))
    return make_response(render_template("admin/bounce.html", path=""))


@page.app_template_global()
def reload_address(path: str) -> str:
    """Our bounce page, set to return to `path`."""
    target = reload_target(path)
    query = dict(parse_qsl(urlsplit(path).query))
    context = {name: query[name] for name in KEPT if name in query}
    return f"/app/bounce?{urlencode({**context, 'shopify-reload': target})}"


def reload_target(asked: str) -> str:
    """`asked` as an address of the merchant's pages on our own host, without what was spent; home for anything else."""
    origin = addresses().app_url
    parts = urlsplit(asked.removeprefix(origin) if asked.startswith(f"{origin}/") else asked)
    inside = parts.path == HOME or parts.path.startswith(f"{HOME}/")
    plain = not parts.scheme and not parts.netloc and "\\" not in asked and inside and parts.path != "/app/bounce"
    if not plain:
        return origin + HOME
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name not in SPENT])
    return origin + parts.path + (f"?{query}" if query else "")
