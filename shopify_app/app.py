"""create_app(settings): the pages, one error handler, headers on everything."""

from typing import Any

from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from consults.rooms.provider import TWILIO_VIDEO
from kit import log
from kit.addresses import Addresses
from kit.db import Database
from kit.errors import AppError, OutsideError, Waiting
from kit.settings import Settings
from shopify_app.adapters import make_pictures, make_rooms, make_verifier
from shopify_app.asked import listen_carefully
from shopify_app.auth import NotSignedIn
from shopify_app.pages import PAGES
from shopify_app.pages.admin.moved import Moved
from shopify_app.sizes import MOST_BYTES, most_bytes
from shopify_app.starting import start
from shopify_app.web import Running
from shopify_app.wiring import wire

logger = log.get_logger("web")


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The web application. `database` is given by tests; otherwise made from the settings."""
    start(settings)
    database = database or Database(settings.database_url, pool_size=20)
    wire(settings, database)
    app = Flask(__name__, static_folder="static", template_folder="templates")
    listen_carefully(app)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_PARTS=200)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["returns"] = Running(
        settings,
        database,
        Addresses(settings.app_url),
        make_pictures(settings),
        make_rooms(settings),
        make_verifier(settings),
    )
    for page in PAGES:
        app.register_blueprint(page)
    app.wsgi_app = Moved(app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.before_request(refuse_too_large)
    app.register_error_handler(Exception, answer_error)
    app.after_request(set_headers)
    app.jinja_env.globals.update(app_bridge_url=settings.app_bridge_url, polaris_url=settings.polaris_url)
    app.jinja_env.globals.update(api_key=settings.shopify_api_key)
    return app


TWILIO_ROOMS = "https://*.twilio.com wss://*.twilio.com"


def refuse_too_large() -> None:
    """By its length, on every page alike: Flask itself looks only where a form is read, after the work."""
    # Not request.content_length, which is None for what comes in chunks; behind.py has counted those.
    length = request.environ.get("CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) > most_bytes(request.path):
        raise RequestEntityTooLarge


AWAY = {
    "shopify": "Shopify does not answer just now. Nothing was lost or changed; please load this page again in a moment."
}


def answer_error(error: Exception) -> Response:
    """A page for a person, JSON for a program; never a trace, never an id of another shop."""
    if isinstance(error, NotSignedIn) and error.kind == "document":
        return make_response(render_template("admin/bounce.html", path=request.full_path), 200)
    status, code, message = _told(error)
    if status == 500:
        logger.exception("request.crashed", path=request.path)
    if _wants_json():
        response = make_response({"error": {"code": code, "message": message}}, status)
    else:
        response = make_response(render_template("errors/error.html", status=status, message=message), status)
    if isinstance(error, NotSignedIn) and error.kind == "fetch":
        response.headers["X-Shopify-Retry-Invalid-Session-Request"] = "1"
    return response


def _told(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, AppError):
        return error.status, error.code, error.message
    if isinstance(error, Waiting):
        return 503, "waiting", error.reason
    if isinstance(error, OutsideError):
        logger.warning("request.outside_error", provider=error.provider, path=request.path)
        return 503, "provider_away", AWAY.get(error.provider, "A service we need does not answer just now.")
    if isinstance(error, HTTPException):
        words = {404: "There is nothing at this address.", 405: "That cannot be done here.", 413: "That is too large."}
        return (
            error.code or 500,
            (error.name or "error").lower().replace(" ", "_"),
            words.get(error.code or 500, "That could not be understood."),
        )
    return 500, "internal", "That did not work, and the fault is ours. It has been noted; please try again."


def _wants_json() -> bool:
    if "Authorization" in request.headers or request.is_json or request.path.startswith("/extension/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def set_headers(response: Response) -> Response:
    """A content security policy on every page; frames only where the shop's admin shows us."""
    if request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "public, max-age=3600")
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
    response.headers.setdefault("Content-Security-Policy", policy(response))
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "no-store")
    allowed = "(self)" if request.path.endswith("/room") else "()"
    response.headers["Permissions-Policy"] = f"camera={allowed}, microphone={allowed}, display-capture={allowed}"
    return response


def policy(response: Response) -> str:
    """Nothing from elsewhere, nothing inline; the admin also loads Shopify's two scripts and its own styles."""
    from shopify_app.web import settings

    config = settings()
    if not request.path.startswith("/app"):
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data: blob:{local}; "
            "media-src 'self' blob: mediastream:; connect-src 'self'{room}; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        ).format(
            local=f" {config.admin_frame_origin}" if config.admin_frame_origin else "",
            room=f" {TWILIO_ROOMS}" if g.get("room_provider") == TWILIO_VIDEO else "",
        )
    local = config.admin_frame_origin
    caller: Any = g.get("merchant")
    shop = f"https://{caller.shop_domain} " if caller else ""
    # Without a verified shop only Shopify's own admin may frame the page; an unverified ?shop is never reflected.
    frames = f"{shop}https://admin.shopify.com {local}".strip()
    scripts = f"'self' https://cdn.shopify.com {local}".strip()
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' https://cdn.shopify.com 'unsafe-inline'; "
        f"img-src 'self' https: data: {local}; font-src https://cdn.shopify.com; "
        f"connect-src 'self' https://cdn.shopify.com https://*.shopify.com {local}; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
    )
