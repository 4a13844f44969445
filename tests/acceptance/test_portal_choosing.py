"""A return asked for in the storefront, without script and without cookies: nothing before, exactly one after."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlmodel import select
from werkzeug.serving import make_server

import jobs.queue
import routing.jobs
from consults.models import Consult
from jobs.queue import use_events
from kit import clock as kit_clock
from kit.db import Database
from kit.settings import Settings
from logistics.statement_models import WithdrawalStatement
from routing.models import Decision, RoutingPolicy
from shopify_app.admin_api import tokens
from shopify_app.app import create_app
from shopify_app.locales import catalogue
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, write_order_pass
from shopify_app.wiring import AT_ONCE, EVENTS, jobs_table
from simulators.config import SHOP
from simulators.shopify.signatures import mint_id_token
from simulators.shopify.tokens import EXCHANGE, ID_TOKEN, OFFLINE, grant_token
from tests import cast
from tests.browser import PHONE
from tests.jobs_at_hand import Queue
from tests.simulators.shopify_calls import OWNER
from tests.simulators.small_shop import GID, ORDER, PENDANT, RING_SENT, TOO_LARGE
from tests.simulators.town import NOW, Town, living

STYLE = f"{GID}ReturnReasonDefinition/902"
PENDANT_SENT, WATCH, WATCH_SENT = (
    f"{GID}FulfillmentLineItem/502",
    f"{GID}LineItem/303",
    f"{GID}FulfillmentLineItem/503",
)
ASKED = {"routing.open_return", "routing.route_return"}


@dataclass
class House:
    """The stand-ins with their storefront, and our app beside them."""

    town: Town
    app: Flask
    database: Database
    settings: Settings
    queue: Queue
    shop_id: int

    def start(self, page: Page, acting: Acting = Acting.BUYER, language: str = "en") -> None:
        """As the ways in end: a form with the pass goes to the first page of choosing, inside the storefront."""
        who = OrderPass(self.shop_id, ORDER, acting, Proof.CODE, f"{GID}Customer/101")
        shown = write_order_pass(self.settings.secret_key, who, now=NOW)
        to = f"{self.town.base}/store/apps/assisted-returns/choose" + (f"?lang={language}" if language != "en" else "")
        form = f'<form method="post" action="{to}"><input name="pass" value="{shown}"><button>Go</button></form>'
        page.goto(f"data:text/html,{form}")
        page.get_by_role("button", name="Go").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(spoken(language, "Which piece brings you back?"))

    def made(self) -> list[dict[str, Any]]:
        """The stand-in's own record of returns."""
        with self.town.parts.store.lock:
            return list(self.town.parts.store.shops[SHOP].all("Return"))

    def written(self) -> list[str]:
        """The mutations the stand-in was sent."""
        return [call["operation"] for call in self.town.parts.store.calls if "eturnRequest" in str(call["operation"])]

    def work(self) -> None:
        self.queue.drain(self.database, jobs_table(self.settings, self.database), only=ASKED)

    def rows(self, kind: Any) -> list[Any]:
        with self.database.begin() as session:
            return list(session.exec(select(kind)))


def furnish(town: Town) -> None:
    """Three pieces in one order, all delivered, and two reasons."""
    shop = town.parts.store.shops[SHOP]
    shop.save({"id": STYLE, "name": "Style", "handle": "style", "enum": "STYLE", "deleted": False})
    shop.save(shop.get(TOO_LARGE) | {"deleted": False})
    order = shop.get(ORDER) | dict.fromkeys(("createdAt", "processedAt", "updatedAt"), "2026-02-20T10:00:00Z")
    order["lineItems"].append(
        order["lineItems"][1] | {"id": WATCH, "title": "Solstice watch <b>x</b>", "name": "Solstice watch"}
    )
    order["fulfillments"][0]["lines"] += [
        {"id": PENDANT_SENT, "lineItemId": PENDANT, "quantity": 1},
        {"id": WATCH_SENT, "lineItemId": WATCH, "quantity": 1},
    ]
    shop.save(order)


def token_of(town: Town) -> str:
    store = town.parts.store
    form = {
        "client_id": store.config.api_key,
        "client_secret": store.config.api_secret,
        "grant_type": EXCHANGE,
        "subject_token": mint_id_token(store.config, SHOP, OWNER, store.now()),
        "subject_token_type": ID_TOKEN,
        "requested_token_type": OFFLINE,
    }
    with store.lock:
        return str(grant_token(store, SHOP, form)["access_token"])


@pytest.fixture
def house(
    sqlite_url: str, queue: Queue, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    monkeypatch.setattr(jobs.queue, "_events", {})
    monkeypatch.setattr(jobs.queue, "_at_once", {})
    use_events(EVENTS, AT_ONCE)
    for place, name in ((kit_clock, "now"), (tokens, "clock_now"), (routing.jobs, "clock_now")):
        monkeypatch.setattr(place, name, lambda: NOW)
    port, database = free_port(), Database(sqlite_url, pool_size=10)
    with living(f"http://127.0.0.1:{port}") as town:
        furnish(town)
        settings = cast.settings(
            sqlite_url,
            app_url=f"http://127.0.0.1:{port}",
            shopify_api_key=town.parts.config.api_key,
            shopify_api_secret=town.parts.config.api_secret,
            shopify_admin_base_url=f"{town.base}/shopify",
        )
        with database.begin() as session:
            shop = cast.alice(session, SHOP)
            shop.access_token, shop.installed_at = token_of(town), NOW
            shop_id, bob = cast.number(shop.id), cast.bob(session, shop)
            about: dict[str, Any] = {"limit_cents": 500_000, "currency": "USD", "default_advisor_id": bob.id}
            session.add(RoutingPolicy(shop_id=shop_id, **about))
        app = create_app(settings, database)
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield House(town, app, database, settings, queue, shop_id)
        server.shutdown()
        thread.join()
    database.close()


def test_a_three_piece_order_two_reasons_and_a_time_nothing_before_the_confirmation_and_exactly_one_return_after(
    house: House, browser_context: Any
) -> None:
    page = browser_context(java_script_enabled=False, **PHONE).new_page()
    house.start(page)
    ring, watch = page.locator(".ar-line", has_text="Meridian ring"), page.locator(".ar-line", has_text="Solstice")
    expect(page.get_by_text("Solstice watch <b>x</b>")).to_be_visible()
    ring.get_by_role("checkbox").check()
    ring.get_by_role("radio", name="Too large").check()
    ring.get_by_role("textbox").fill("It sits higher than I imagined. {{ 7 }}")
    watch.get_by_role("checkbox").check()
    watch.get_by_role("radio", name="The style, on me").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("would you like to talk it over with Bob?")
    page.locator('input[name="at"]').nth(1).check()
    chosen = page.locator('input[name="at"]').nth(1).get_attribute("value")
    page.get_by_role("button", name="Continue with this time").click()
    expect(page.get_by_text("It sits higher than I imagined. {{ 7 }}")).to_be_visible()
    expect(page.get_by_text("$16,280, to the way you paid")).to_be_visible()
    house.work()
    assert house.made() == [] and house.written() == [], "nothing before the client confirmed"
    page.get_by_role("button", name="Confirm, and reserve the time").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your return has reached us")
    page.reload()  # the same press once more
    expect(page.get_by_role("heading", level=1)).to_have_text("Your return has reached us")
    house.work()
    (made,) = house.made()
    assert {
        line["fulfillmentLineItemId"]: (line["reasonId"], line["customerNote"]) for line in made["returnLines"]
    } == {
        RING_SENT: (TOO_LARGE, "It sits higher than I imagined. {{ 7 }}"),
        WATCH_SENT: (STYLE, None),
    }
    assert len(house.written()) == 1
    (consult,) = house.rows(Consult)
    assert consult.starts_at.isoformat() == chosen, "the time is reserved with the return"
    page.get_by_role("link", name="Follow your return").click()
    expect(page).to_have_url(re.compile(r"/r/[\w-]+$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bob will be with you on")
    assert page.context.cookies() == []


def test_a_simple_return_from_the_same_page_and_nobody_is_invited(house: House, browser_context: Any) -> None:
    page = browser_context(java_script_enabled=False, **PHONE).new_page()
    house.start(page)
    page.locator(".ar-line", has_text="Meridian ring").get_by_role("checkbox").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Return it without a conversation").click()
    page.get_by_role("button", name="Change what comes back").click()
    expect(page.locator(".ar-line", has_text="Meridian ring").get_by_role("checkbox")).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Return it without a conversation").click()
    assert house.made() == []
    page.get_by_role("button", name="Confirm the return").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your return has reached us")
    page.get_by_role("link", name="Follow your return").click()
    expect(page.get_by_text("This page becomes the page of your return in a moment.")).to_be_visible()
    house.work()
    page.reload()
    expect(page.get_by_text("A simple return, as you wished.")).to_be_visible()
    assert len(house.made()) == 1 and len(house.rows(Decision)) == 1 and house.rows(Consult) == []
    assert page.context.cookies() == []


def test_the_same_in_arabic_at_390_pixels_and_with_script(house: House, browser_context: Any) -> None:
    page = browser_context(**PHONE).new_page()
    house.start(page, language="ar")
    expect(page.locator(".ar.is-in-theme")).to_have_attribute("dir", "rtl")
    page.locator(".ar-line").filter(has_text="Meridian ring").get_by_role("checkbox").check()
    for button in ("Continue", "Return it without a conversation", "Confirm the return"):
        pressed = page.get_by_role("button", name=spoken("ar", button), exact=True)
        pressed.wait_for()  # the page has come: before, there may be no document to measure
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert house.made() == []
        pressed.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(spoken("ar", "Your return has reached us"))
    house.work()
    assert len(house.made()) == 1


@pytest.mark.parametrize(("locale", "language"), [("en-GB", "en"), ("ar-AE", "ar")])
def test_a_withdrawal_in_the_storefront_without_script_and_without_cookies(
    house: House, browser_context: Any, locale: str, language: str
) -> None:
    page = browser_context(java_script_enabled=False, locale=locale, **PHONE).new_page()
    page.goto(f"{house.town.base}/store/apps/assisted-returns/withdraw")
    expect(page.get_by_role("heading", level=1)).to_have_text(spoken(language, "Withdraw from a purchase"))
    for field, typed in (("name", "Amara Whitlock"), ("order", "#1042"), ("email", "amara@example.com")):
        page.locator(f'input[name="{field}"]').fill(typed)
    page.get_by_role("button", name=spoken(language, "Continue"), exact=True).click()
    assert house.rows(WithdrawalStatement) == []
    page.get_by_role("button", name=spoken(language, "Confirm withdrawal"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(spoken(language, "Your withdrawal has reached us"))
    page.reload()  # the same press once more
    (row,) = house.rows(WithdrawalStatement)
    assert row.received_at == NOW and page.context.cookies() == []


def spoken(language: str, sentence: str) -> str:
    """As the catalogue of `language` has it."""
    return catalogue(language).gettext(sentence) if language != "en" else sentence
