"""The admin in a browser, with static/admin/polaris-lite.js for Shopify's library and a bridge of three lines."""

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Route, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from logistics.reverse_deliveries import receive_by_hand
from tests.cast import NOW
from tests.pages.admin_caller import ALICE, id_token
from tests.pages.admin_world import Admin, bring_to_payment, open_admin

BRIDGE = """
  window.said = [];
  window.shopify = {idToken: async () => 'x', toast: {show: (text, how) => said.push([text, !!how?.isError])}};
"""


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """The test says what went wrong."""


@pytest.fixture
def served(sqlite_url: str, free_port) -> Iterator[Admin]:
    port = free_port()
    local = {
        "app_url": f"http://127.0.0.1:{port}",
        "app_bridge_url": "/bridge.js",
        "polaris_url": "/static/admin/polaris-lite.js",
    }
    with open_admin(sqlite_url, **local) as admin:
        server = make_server("127.0.0.1", port, admin.app, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield admin
        server.shutdown()


def signing(context: BrowserContext, admin: Admin) -> None:
    """What App Bridge does for a page: documents and fetches carry a token."""

    def sign(route: Route) -> None:
        token = id_token(admin.config, ALICE)
        request = route.request
        if request.method == "GET":
            joint = "&" if "?" in request.url else "?"
            answer = route.fetch(url=f"{request.url}{joint}id_token={token}")
            route.fulfill(response=answer)
        else:
            route.continue_(headers={**request.headers, "authorization": f"Bearer {token}"})

    context.route(lambda url: "/app" in url, sign)
    context.route("**/bridge.js", lambda route: route.fulfill(content_type="text/javascript", body=""))


@pytest.fixture
def page(served: Admin, browser_context) -> Page:
    context = browser_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(BRIDGE)
    signing(context, served)
    opened = context.new_page()
    opened.set_default_timeout(8000)
    return opened


def go(page: Page, admin: Admin, path: str) -> None:
    page.goto(f"{admin.config.app_url}{path}")
    wait_until_true(page, "!!customElements.get('s-page')")


def said(page: Page) -> list[list[object]]:
    return page.evaluate("window.said")


def test_what_is_wrong_stands_under_its_field_and_goes_when_it_is_corrected(served: Admin, page: Page):
    go(page, served, f"/app/advisors/{served.world.bob.id}")
    phone = page.get_by_label("Mobile number")
    phone.fill("06 12")
    page.evaluate("document.querySelector('form').requestSubmit()")
    field = page.locator("s-text-field[name=phone]")
    expect(field).to_have_attribute("error", "Write the number with its country code, for example +33 6 12 34 56 78.")
    expect(page.get_by_role("alert").filter(has_text="Write the number")).to_be_visible()
    assert said(page) == [] and phone.input_value() == "06 12"
    phone.press_sequentially("34 56")
    expect(page.get_by_role("alert").filter(has_text="Write the number")).to_have_count(0)
    assert field.get_attribute("error") is None and phone.input_value().endswith("34 56"), "the focus stays"
    phone.fill("+33 6 12 34 56 78")
    page.evaluate("document.querySelector('form').requestSubmit()")
    page.wait_for_url("**/app/advisors")


def test_a_piece_is_inspected_and_paid_by_pressing_two_buttons(served: Admin, page: Page):
    with served.database.begin() as session:
        receive_by_hand(session, shop_id=served.world.shop_id, rma_id=served.simple_id, by="test", now=NOW)
        bring_to_payment(session, session.merge(served.world.rma))
    go(page, served, f"/app/returns/{served.simple_id}")
    page.get_by_role("button", name="Write down the finding").click()
    expect(page.locator("s-choice-list")).to_have_attribute("error", "Choose what you found.")
    expect(page.get_by_text("Choose what you found.")).to_be_visible()
    page.get_by_label("The piece as sold").check()
    page.get_by_role("button", name="Write down the finding").click()
    expect(page.get_by_text("Found The piece as sold")).to_be_visible()
    go(page, served, f"/app/cases/{served.world.case.id}")
    page.get_by_role("button", name="Pay $14,800.00 back").click()
    expect(page.get_by_text("$14,800.00 is being sent to Shopify.")).to_be_visible()


def test_the_desk_opens_in_a_tab_of_its_own(served: Admin, page: Page):
    go(page, served, "/app")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Open advisor desk").click()
    assert "/desk/in/" in opened.value.url or opened.value.url == "about:blank"


def test_a_held_back_tab_leaves_a_link_to_press(served: Admin, page: Page):
    page.add_init_script("window.open = () => null")
    go(page, served, "/app")
    page.get_by_role("button", name="Open advisor desk").click()
    link = page.locator("s-link", has_text="Open it here")
    expect(link).to_be_visible()
    assert "/desk/in/" in (link.get_attribute("href") or "")


def test_an_answer_that_leads_elsewhere_is_not_followed(served: Admin, page: Page):
    go(page, served, "/app")
    body = '{"redirect": "https://evil.example/", "open": "https://evil.example/"}'
    page.route("**/app/desk-link", lambda route: route.fulfill(content_type="application/json", body=body))
    page.get_by_role("button", name="Open advisor desk").click()
    page.wait_for_timeout(300)
    assert page.url == f"{served.config.app_url}/app" and len(page.context.pages) == 1


def wait_until_true(page: Page, expression: str) -> None:
    """Asked from here, again and again: a waiting script evaluates text in the page, which its policy forbids."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true: {expression}")


def test_a_refusal_without_a_field_is_said_and_a_crash_is_said(served: Admin, page: Page):
    go(page, served, "/app")
    refused = '{"error": {"code": "conflict", "message": "It moved on."}}'
    page.route("**/app/desk-link", lambda r: r.fulfill(status=409, content_type="application/json", body=refused))
    page.get_by_role("button", name="Open advisor desk").click()
    wait_until_true(page, "said.length == 1")
    page.route("**/app/desk-link", lambda route: route.abort())
    page.get_by_role("button", name="Open advisor desk").click()
    wait_until_true(page, "said.length == 2")
    assert said(page)[0] == ["It moved on.", True]
    assert "Nothing was saved" in str(said(page)[1][0])


def test_without_app_bridge_the_page_says_so_and_saves_nothing(served: Admin, browser_context):
    context = browser_context()
    signing(context, served)
    page = context.new_page()
    with served.database.begin() as session:
        bring_to_payment(session, session.merge(served.world.rma))
    go(page, served, f"/app/cases/{served.world.case.id}")
    expect(page.get_by_text("Shopify's own tools did not load. Reload this page.")).to_be_visible()
    expect(page.get_by_role("button", name="Pay $14,800.00 back")).to_be_disabled()


def test_with_the_library_away_the_guard_brings_ours(served: Admin, browser_context):
    context = browser_context()
    context.add_init_script(BRIDGE)
    signing(context, served)
    page, first = context.new_page(), []

    def away_once(route: Route) -> None:
        first.append(route.request.url)
        route.abort() if len(first) == 1 else route.continue_()

    page.route("**/polaris-lite.js", away_once)
    go(page, served, "/app")
    expect(page.get_by_role("heading", name="Waiting for someone")).to_be_visible()
    assert len(first) == 2


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_page_reads_without_sideways_scroll_and_without_findings(served: Admin, browser_context, width: int):
    context = browser_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    context.add_init_script(BRIDGE)
    signing(context, served)
    page = context.new_page()
    with served.database.begin() as session:
        bring_to_payment(session, session.merge(served.world.rma))
        receive_by_hand(session, shop_id=served.world.shop_id, rma_id=served.simple_id, by="test", now=NOW)
    paths = ["/app", "/app/cases", f"/app/cases/{served.world.case.id}", f"/app/returns/{served.simple_id}"]
    paths += [
        "/app/routing",
        "/app/advisors",
        "/app/advisors/commission",
        f"/app/advisors/{served.world.bob.id}",
        "/app/settings",
        "/app/activity",
    ]
    for path in paths:
        go(page, served, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if width != 320:
            rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
            found = Axe().run(page, options=rules)
            assert found.violations_count == 0, (path, found.generate_report())
