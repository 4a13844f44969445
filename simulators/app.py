"""All stand-ins as one Flask app: Shopify, Twilio, the carrier, the mail that was sent, and the pages around them."""

from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, Response, render_template, send_from_directory

from simulators.callbacks import Callbacks
from simulators.carrier.parcels import Parcels
from simulators.carrier.rest import carrier_doors
from simulators.config import Config
from simulators.doors import Doors
from simulators.frames.admin import admin_pages
from simulators.frames.house import House
from simulators.frames.outbox import outbox_pages
from simulators.frames.parcels import parcel_pages
from simulators.frames.proxy import proxy_doors
from simulators.frames.storefront import storefront_pages
from simulators.frames.wording import add_filters
from simulators.later import Later
from simulators.mail.letters import Letters
from simulators.shelf import Shelf
from simulators.shopify import ShopifyConfig, Store
from simulators.shopify import bp as shopify_doors
from simulators.twilio.codes import Codes
from simulators.twilio.outcomes import MAGIC
from simulators.twilio.rest import twilio_doors
from simulators.twilio.texts import Texts

HERE = Path(__file__).parent
PRODUCT_STATIC = HERE.parent / "shopify_app" / "static"
DOORS = (
    ("/admin", "Admin", "The merchant's side: install the app, see what waits, settle."),
    ("/store", "Storefront", "The client's side: sign in as someone, and give a piece back."),
    ("/outbox", "Outbox", "Every text and e-mail that was sent: the advisor's telephone and the client's."),
    ("/carrier", "Parcels", "Labels that were bought. Move a parcel on, as the carrier would."),
)
CONTROLS = (
    ("GET /control/shopify/log", "every query and mutation the app has sent"),
    ("GET /control/shopify/returns, /orders, /deliveries", "what the store holds, and the webhooks it sent"),
    ("POST /control/shopify/account-keys, /account-tokens", "new signing keys; how many seconds a token lasts"),
    ("POST /control/shopify/install, /returns, /orders, /faults", "install, a return, an order, a bad day"),
    ("GET /control/twilio/messages", "every text, with the callbacks made for it"),
    ("GET /control/twilio/verifications", "codes sent through Verify"),
    ("POST /control/twilio/inbound", "a text from a telephone: from, body, to; whatsapp:+… or whatsapp:US.ABC as well"),
    ("POST /control/twilio/messages/<sid>/read", "they opened it, on WhatsApp"),
    ("POST /control/twilio/calls", "ring one of our numbers: from, to, end (completed, no-answer, busy)"),
    ("POST /control/twilio/faults", "kind 500, timeout, late, slow, lost, 21610 or none; times or rate, seconds"),
    ("GET /control/carrier/shipments", "every shipment, and what was bought"),
    ("POST /control/carrier/parcels/<number>/move", "status"),
    ("POST /control/carrier/faults", "kind 500, timeout, late, slow, lost or none; times or rate, seconds"),
    ("GET /control/mail/messages", "every e-mail, its parts and calendar"),
)


@dataclass
class Parts:
    """What a test may want to reach: `app.extensions["simulators"]`."""

    config: Config
    store: Store
    shelf: Shelf
    later: Later
    callbacks: Callbacks
    texts: Texts
    codes: Codes
    parcels: Parcels
    letters: Letters
    doors: Doors = field(default_factory=Doors)

    def close(self) -> None:
        self.later.stop()
        self.store.close()
        self.shelf.close()


def create_app(config: Config | None = None, *, store: Store | None = None) -> Flask:
    """The app, with its background threads running. Without `store` the seeded demo store is opened.

    Close it with `app.extensions["simulators"].close()`.
    """
    config = config or Config()
    parts = _make(config, store or open_store(config))
    house = House(config, parts.store)
    app = Flask(__name__, template_folder="frames/templates", static_folder=None)
    app.extensions["simulators"] = parts
    app.json.sort_keys = False  # type: ignore[attr-defined]  # providers' key order is nicer to read
    add_filters(app)
    parts.doors.watch(app)
    for doors in (
        shopify_doors(parts.store),
        twilio_doors(parts.texts, parts.codes),
        carrier_doors(parts.parcels),
        outbox_pages(parts.texts, parts.letters, house.names),
        parcel_pages(parts.parcels),
        admin_pages(config, house),
        storefront_pages(config, house),
        proxy_doors(config, house),
    ):
        app.register_blueprint(doors)
    _add_own(app, config)
    parts.store.webhooks.start()
    return app


def open_store(config: Config) -> Store:
    """The demo store at `config.state_path`, seeded the first time."""
    from simulators.world import generate  # kept here: a test with a store of its own needs no world

    shopify = ShopifyConfig(
        app_url=config.app_url,
        api_key=config.api_key,
        api_secret=config.api_secret,
        public_base=config.public_base,
        clock=config.clock,
    )
    store = Store(shopify, config.state_path)
    if not store.meta["seeded"]:
        store.seed(generate(seed=7, base=config.clock()))
    return store


def _make(config: Config, store) -> Parts:
    # Beside the store's file and not in it: the store writes its whole seed in one transaction.
    path = config.state_path and config.state_path.with_name(config.state_path.stem + "-post.db")
    shelf, later = Shelf(path), Later()
    callbacks = Callbacks(shelf, later, config.pace)
    texts = Texts(config, shelf, later, callbacks)
    parcels, letters = Parcels(config, shelf, callbacks), Letters(config, shelf)
    return Parts(config, store, shelf, later, callbacks, texts, Codes(texts), parcels, letters)


def _add_own(app: Flask, config: Config) -> None:
    @app.get("/")
    def index():
        return render_template("index.html", doors=DOORS, magic=MAGIC, controls=CONTROLS)

    @app.get("/healthz")
    def healthz():
        return {"ok": True}

    @app.get("/static/<path:name>")
    def static(name):
        folder = PRODUCT_STATIC if name == "face.css" else HERE / "frames" / "static"
        return send_from_directory(folder, name, max_age=0)

    @app.after_request
    def only_our_own(answer: Response) -> Response:
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        if answer.mimetype == "text/html":
            answer.headers.setdefault("Content-Security-Policy", _policy(config))
        return answer


def _policy(config: Config) -> str:
    """The app's own files are let in too, for a proxied page in the store's layout."""
    own = f"'self' {config.app_url}"
    return (
        f"default-src 'self'; script-src {own}; style-src {own}; img-src {own} data:; font-src {own};"
        f" connect-src {own}; frame-src {own}; media-src {own};"
        " object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
