"""Every page there is, found by the routes themselves, as whoever may see it opens it: portal, desk, admin, room, slip.

At 320, 390 and 1280 pixels, light and dark: nothing scrolls sideways, every control has a name, headings are in order,
focus can be seen, text has a contrast of 4.5, no script complains, axe finds nothing. Portal and desk also without
script.
"""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route
from werkzeug.serving import WSGIRequestHandler, make_server

from logistics.reverse_deliveries import receive_by_hand
from tests import cast
from tests.acceptance.callers_under_test import Address, Everywhere, addresses, furnish
from tests.pages.admin_caller import ALICE, id_token
from tests.pages.admin_world import Admin, open_admin
from tests.pages.page_checks import LOOKS, axe_findings, findings

AREAS = {"admin": ("/app",), "desk": ("/desk",), "portal": ("/consult", "/r", "/proxy", "/return", "/export")}
WITHOUT_FORM = ("/room",)
ALL_SIZES = (320, 390, 1280)
STATIC = Path(__file__).parents[2] / "shopify_app" / "static"
BRIDGE = "window.shopify = {idToken: async () => 'x', toast: {show: () => {}}, saveBar: {show() {}, hide() {}}};"


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """The test says what went wrong."""


@pytest.fixture
def served(sqlite_url: str, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> Iterator[Admin]:
    from shopify_app.pages.portal import storefront_codes

    monkeypatch.setattr(storefront_codes, "SLOW_SECONDS", 0.0)
    port = free_port()
    local = {
        "app_url": f"http://127.0.0.1:{port}",
        "app_bridge_url": "/bridge.js",
        "polaris_url": "/static/admin/polaris-lite.js",
    }
    with open_admin(sqlite_url, **local) as admin:
        furnish(admin)
        server = make_server("127.0.0.1", port, admin.app, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield admin
        server.shutdown()
        thread.join()


def area_of(address: Address) -> str:
    first = "/" + address.rule.split("/")[1]
    return next((name for name, starts in AREAS.items() if first in starts), "")


def pages(admin: Admin, alice: Everywhere, area: str | None = None) -> list[Address]:
    """Addresses that answer a GET with a page, each asked once by Alice's people; those of one area, if it is told."""
    found = []
    for address in addresses(admin.app, alice.ids, alice.tokens):
        if address.method != "GET" or address.rule.startswith("/static") or "bounce" in address.rule:
            continue
        if area is not None and area_of(address) != area:
            continue
        answer = alice.ask(address)
        if answer.status_code == 200 and answer.mimetype in ("text/html", "application/liquid"):
            found.append(address)
    return found


def sign(context: BrowserContext, admin: Admin, desk_cookie: str) -> None:
    """What the Shopify admin and the advisor's cookie do for a page."""
    base = admin.config.app_url

    def signed(route: Route) -> None:
        joint = "&" if "?" in route.request.url else "?"
        url = f"{route.request.url}{joint}id_token={id_token(admin.config, ALICE)}"
        route.fulfill(response=route.fetch(url=url))

    context.route(lambda url: url.startswith(f"{base}/app"), signed)

    def in_the_theme(route: Route) -> None:
        answer = route.fetch()
        body = f"<!doctype html><html lang=en><title>The house</title><main>{answer.text()}</main>"
        route.fulfill(status=answer.status, content_type="text/html", body=body)

    context.route(lambda url: url.startswith(f"{base}/proxy"), in_the_theme)
    context.route("**/bridge.js", lambda route: route.fulfill(content_type="text/javascript", body=BRIDGE))
    context.add_cookies([{"name": "desk", "value": desk_cookie, "url": f"{base}/desk"}])


def prepared(admin: Admin, alice: Everywhere, browser_context: Any, **options: Any) -> Page:
    cookie = alice.desk.get_cookie("desk", path="/desk")
    assert cookie is not None
    context = browser_context(**options)
    sign(context, admin, cookie.value)
    page: Page = context.new_page()
    page.set_default_timeout(60_000)  # a slow machine shows everything, late
    return page


def url_of(alice: Everywhere, address: Address) -> str:
    path = alice.through_the_shop(address.path) if address.path.startswith("/proxy") else address.path
    return alice.admin.config.app_url + path


@pytest.mark.parametrize("area", sorted(AREAS))
def test_every_page_can_be_read_and_used(area: str, served: Admin, browser_context) -> None:
    alice = Everywhere(served, served.alice, served.world)
    page = prepared(served, alice, browser_context, viewport={"width": 390, "height": 800})
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", complain)
    walked = [*pages(served, alice, area), *(more_of_the_admin(served) if area == "admin" else [])]
    found: list[str] = []
    for address in walked:
        page.goto(url_of(alice, address))
        if address.rule.endswith("/slip"):
            page.emulate_media(media="print")
            found += findings(page, f"{address.rule} printed", sizes=(560,))
            page.emulate_media(media="screen")
        found += findings(page, address.rule, sizes=ALL_SIZES)
        found += axe_findings(page, f"{address.rule} at {ALL_SIZES[-1]} in dark")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 390, "height": 800})
        found += axe_findings(page, f"{address.rule} at 390 in light", LOOKS)
    assert found + complaints == []
    assert len(walked) >= {"admin": 15, "desk": 7, "portal": 7}[area], [address.rule for address in walked]


def more_of_the_admin(admin: Admin) -> list[Address]:
    """Pages that look otherwise for another row, or when more is asked."""
    with admin.database.begin() as session:
        receive_by_hand(session, shop_id=admin.world.shop_id, rma_id=admin.simple_id, by="test", now=cast.NOW)
    return [
        Address(f"{path}, more", "GET", path, owned=False)
        for path in (f"/app/returns/{admin.simple_id}", "/app/routing?changes=1", "/app/routing/rules/r1")
    ]


def test_no_width_and_no_scheme_shows_or_hides_anything() -> None:
    """So what axe finds by its other rules at one width and in one scheme is what there is."""
    sheets = [*STATIC.rglob("*.css"), STATIC / "admin" / "polaris-lite.js"]
    asked = r"@media ?\([^)]*(?:width|prefers-color-scheme)[^)]*\)\{((?:[^{}]*\{[^{}]*\})*)"
    found = [block for sheet in sheets for block in re.findall(asked, sheet.read_text())]
    assert len(found) > 4 and not [block for block in found if re.search("display: ?none|visibility", block)]


@pytest.mark.parametrize("area", ["desk", "portal"])
def test_without_script_every_form_is_there_and_can_be_sent(area: str, served: Admin, browser_context) -> None:
    alice = Everywhere(served, served.alice, served.world)
    page = prepared(served, alice, browser_context, viewport={"width": 390, "height": 800}, java_script_enabled=False)
    for address in pages(served, alice, area):
        page.goto(url_of(alice, address))
        assert page.locator("h1").first.is_visible(), address
        for form in page.locator("form").all():
            outside = f"[form='{form.get_attribute('id')}']"
            buttons = [*form.locator("button").all(), *page.locator(f"button{outside}").all()]
            assert any(button.is_visible() for button in buttons) or hidden(form), (address, form.inner_html()[:200])
        if address.rule.endswith(WITHOUT_FORM):
            assert page.locator("a[href^='tel:']").first.is_visible(), address


def hidden(form: Any) -> bool:
    """Inside a fold that its summary opens without any script."""
    return bool(form.locator("xpath=ancestor::details[not(@open)]").count())


def test_a_page_that_says_no_can_be_read_too(served: Admin, browser_context) -> None:
    alice = Everywhere(served, served.alice, served.world)
    page = prepared(served, alice, browser_context, viewport={"width": 390, "height": 800})
    found = []
    for path in ("/r/never", "/consult/never", "/nothing", "/desk/cases/999", "/r/never/slip"):
        answer = page.goto(served.config.app_url + path)
        assert answer is not None and answer.status == 404
        found += findings(page, path)
    assert found == []


def test_the_checks_find_what_they_are_for(browser_context) -> None:
    """A page with each of the faults, and beside it one without."""
    page = browser_context(viewport={"width": 390, "height": 800}).new_page()
    page.set_content(
        "<h1>One</h1><h3>Skipped</h3><button></button><p style='color:#999'>Faint</p>"
        "<div style='width:600px'>Wide</div>"
        "<a href='#' style='outline:none'>Unseen</a>"
    )
    told = " ".join(findings(page, "faulty"))
    for fault in ("h3 after h1", "a button has no name", "contrast 2.8", "scrolls sideways", "focus cannot be seen: a"):
        assert fault in told, (fault, told)
    page.set_content("<h1>One</h1><h2>Two</h2><button>Go</button><p>Plain</p><a href='#'>Seen</a>")
    assert findings(page, "plain") == []
