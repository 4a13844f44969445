"""The admin in a browser, with static/admin/polaris-lite.js for Shopify's library and a bridge of three lines."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from jobs.attempts import failed_jobs, run_attempt
from jobs.models import TroubleState
from jobs.rows import depth
from kit.errors import Waiting
from logistics.reverse_deliveries import receive_by_hand
from measures.models import HistoryRead, ReadState
from tests import cast
from tests.cast import NOW
from tests.pages.admin_caller import ALICE, id_token
from tests.pages.admin_world import Admin, bring_to_payment, open_admin
from webhooks import inbox
from webhooks.inbox import pump
from webhooks.models import Delivery, DeliveryState

BRIDGE = """
  window.said = [];
  window.shopify = {idToken: async () => 'x', toast: {show: (text, how) => said.push([text, !!how?.isError])}};
"""


PATIENCE = 60_000  # milliseconds: what is waited for comes, on a slow machine late
expect.set_options(timeout=PATIENCE)


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
    opened.set_default_timeout(PATIENCE)
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
    expect(page.get_by_text("$14,800.00 goes to Shopify now.")).to_be_visible()


def test_the_desk_opens_in_a_tab_of_its_own_and_nothing_can_be_pressed_before_the_script_listens(
    served: Admin, page: Page
):
    held: list[Route] = []
    page.route("**/admin.js", lambda route: held.append(route))
    page.goto(f"{served.config.app_url}/app", wait_until="commit")
    for _ in range(PATIENCE // 100):
        page.wait_for_timeout(100)
        if held:
            break
    page.wait_for_timeout(200)
    assert page.locator("s-page").count() == 0, "a button pressed now would be sent without a token"
    held[0].continue_()
    wait_until_true(page, "!!customElements.get('s-page')")
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
    body = '{"toast": "Heard.", "open": "https://evil.example/", "redirect": "https://evil.example/"}'
    page.route("**/app/desk-link", lambda route: route.fulfill(content_type="application/json", body=body))
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Open advisor desk").click()
    wait_until_true(page, "said.length == 1")  # all three are obeyed, or not, at once
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert page.url == f"{served.config.app_url}/app" and len(page.context.pages) == 1
    assert not [url for url in asked if "evil" in url]


def wait_until_true(page: Page, expression: str) -> None:
    """Asked from here, again and again: a waiting script evaluates text in the page, which its policy forbids."""
    for _ in range(PATIENCE // 100):
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


def test_what_failed_is_read_again_tried_again_given_up_and_put_aside_by_pressing(served: Admin, page: Page):
    """The list of steps and of what Shopify sent, end to end: engine rows and all."""
    shop_id = served.world.shop_id
    failed: dict[str, Any] = {"source": "shopify", "shop_domain": ALICE, "topic": "returns/request", "received_at": NOW}
    waiting = {"job": "w", "root": "w", "attempt": 0, "key": "", "args": {"shop_id": shop_id}}

    def waits(_begin: object, **_args: object) -> None:
        raise Waiting("The label waits for an address.", cause="sender_address")

    with served.database.begin() as session:
        session.add(Delivery(external_id="f", body=b"{}", state=DeliveryState.FAILED, **failed))
        session.add(Delivery(external_id="g", body=b"", body_gone_at=NOW, state=DeliveryState.HANDLED, **failed))
    run_attempt(served.database.begin, {"logistics.get_label": waits}, "logistics.get_label", waiting)

    go(page, served, "/app")
    entry = page.locator("#need-unread")
    expect(entry).to_contain_text("Something Shopify sent could not be read")
    entry.get_by_role("link", name="See what Shopify sent").click()
    page.wait_for_url("**/app/activity#delivery-*")
    row = page.locator("s-table-row", has_text="Could not be read")
    row.get_by_role("button", name="Read again").click()
    expect(page.locator("#need-unread")).to_have_count(0)
    expect(page.get_by_text("What it said is kept for 30 days and is gone.")).to_be_visible()
    pump(served.database.begin)
    with served.database.begin() as session:
        states = {d.external_id: d.state for d in inbox.recent(session, domain=ALICE)}
    assert states["f"] is DeliveryState.IGNORED, "read again, and it named no return"

    step = page.locator("s-table-row", has_text="The label waits for an address.")
    step.get_by_role("button", name="Give up").click()
    expect(step.get_by_role("button", name="Put aside")).to_be_visible()
    step.get_by_role("button", name="Try again").click()
    expect(step.get_by_text("Tried again at")).to_be_visible()
    other = page.locator("s-table-row", has_text="was not sold")
    other.get_by_role("button", name="Put aside").click()
    expect(other).to_have_count(0)
    with served.database.begin() as session:
        (left,) = failed_jobs(session, shop_id=shop_id)
        assert (left.root_id, left.state) == ("w", TroubleState.RETRYING)
        assert depth(session)["DELAYED"] == 0, "the attempt that was given up does not come back"


def test_a_person_watches_the_orders_being_read_without_loading_the_page(served: Admin, page: Page):
    row = HistoryRead(
        shop_id=served.world.shop_id, hash_key="k", state=ReadState.READING, lines_read=10, lines_total=400
    )
    with served.database.begin() as session:
        session.add(row)
    go(page, served, "/app")
    expect(page.get_by_text("Reading your orders: 10 of 400 records.")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Done so far")).to_have_attribute("value", "2")
    page.evaluate("window.sameDocument = true")
    with served.database.begin() as session:
        session.get_one(HistoryRead, served.world.shop_id).lines_read = 300
    expect(page.get_by_text("Reading your orders: 300 of 400 records.")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Done so far")).to_have_attribute("value", "75")
    with served.database.begin() as session:
        done = session.get_one(HistoryRead, served.world.shop_id)
        done.state, done.complete_at, done.reaches_back_to, done.read_rights = (
            ReadState.IDLE,
            NOW,
            NOW,
            "read_all_orders",
        )
    expect(page.get_by_text("Orders since 24 November 2026 are read.")).to_be_visible()
    expect(page.locator("[data-refresh]")).to_have_count(0)
    assert page.evaluate("window.sameDocument") is True


def test_a_client_book_is_brought_looked_at_and_saved(served: Admin, page: Page):
    go(page, served, "/app/advisors/client-book")
    choose = page.get_by_label("File", exact=True)
    choose.set_input_files({"name": "b.csv", "mimeType": "text/csv", "buffer": b"name;seller\nCleo;Bob\n"})
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_text("It needs a column “advisor” and one of")).to_be_visible()
    text = "email;advisor\ncleo@example.com;Bob Laurent\nedda@example.com;Nobody\n".encode("utf-16")
    choose.set_input_files({"name": "b.csv", "mimeType": "text/csv", "buffer": text})
    page.get_by_role("button", name="Look at the file").click()
    page.wait_for_url("**/app/advisors/client-book/1")
    expect(page.get_by_text("“Nobody” is nobody's code or name.")).to_be_visible()
    page.get_by_role("button", name="Save 1 client").click()
    page.wait_for_url("**/app/advisors/client-book")
    expect(page.locator("s-table-row", has_text="Bob Laurent")).to_contain_text("1")


def test_another_advisor_is_chosen_with_a_reason(served: Admin, page: Page):
    with served.database.begin() as session:
        shop = session.merge(served.world.shop)
        cast.bob(session, shop, name="Inès Aubry", staff_gid="gid://shopify/StaffMember/8")
    go(page, served, f"/app/cases/{served.world.case.id}")
    page.get_by_label("Advisor", exact=True).select_option(label="Inès Aubry")
    page.get_by_role("button", name="Give the case").click()
    expect(page.get_by_text("Write a few words on why; they stay with the case.")).to_be_visible()
    page.get_by_role("textbox", name="Why").fill("They have known each other for years.")
    page.get_by_role("button", name="Give the case").click()
    expect(page.get_by_text("“They have known each other for years.”")).to_be_visible()
    expect(page.get_by_role("link", name="Inès Aubry")).to_have_count(1)
