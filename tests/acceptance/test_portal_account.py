"""Issue 8, the ways in through the shop's customer accounts."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from kit.db import Database
from simulators.shopify.serving import Quiet
from tests.browser import PHONE
from tests.pages.account_house import ORDERS, House, open_house
from tests.pages.page_checks import findings


@pytest.fixture
def served(sqlite_url: str, free_port: Callable[[], int]) -> Iterator[House]:
    """Our app on a port of its own beside the stand-in; both have the real time's place in the world of the cast."""
    port, database = free_port(), Database(sqlite_url, pool_size=10)
    with open_house(database, app_url=f"http://127.0.0.1:{port}") as house:
        server = make_server("127.0.0.1", port, house.app, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield house
        server.shutdown()
        thread.join()
    database.close()


@pytest.mark.browser
def test_in_a_real_browser_at_390_pixels_one_signs_in_and_stands_before_ones_orders(
    served: House, browser_context: Any
) -> None:
    base = served.app.extensions["returns"].settings.app_url
    page = browser_context(**PHONE).new_page()
    page.goto(f"{base}/return/verdane/sign-in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in with your account")
    page.get_by_role("button", name="Continue with your account").click()
    page.get_by_role("button", name="Continue as Amara Whitlock").click()
    expect(page).to_have_url(f"{base}{ORDERS}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which order is it about?")
    expect(page.get_by_role("heading", level=2, name="Meridian ring, Alba pendant")).to_be_visible()
    expect(page.get_by_role("button", name="Choose from order 2001")).to_be_visible()
    assert findings(page, "orders") == []
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out here")
    page.goto(f"{base}{ORDERS}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Please sign in once more")
    # Without script as well, and with the page that leads on doing so by itself or by its button.
    bare = browser_context(java_script_enabled=False, **PHONE).new_page()
    bare.goto(f"{base}/return/verdane/sign-in")
    bare.get_by_role("button", name="Continue with your account").click()
    bare.get_by_role("button", name="Continue as Amara Whitlock").click()
    expect(bare.get_by_role("button", name="Choose from order 2001")).to_be_visible()


def test_with_cookies_stripped_the_sign_in_is_refused_kindly_and_the_other_ways_are_named(served: House) -> None:
    browser = served.browser()
    address = browser.choose(browser.begin(), "Amara Whitlock")
    stripped = served.app.test_client(use_cookies=False).get(address)
    assert stripped.status_code == 400 and "Please sign in once more" in stripped.text
    assert "Use order number and email" in stripped.text
    assert browser.get(address).status_code == 303, "where they are kept, the same answer signs in"


def test_a_client_of_another_shop_gets_nothing_of_ones_orders(served: House) -> None:
    amara, stranger = served.browser(), served.browser()
    amara.sign_in()
    stranger.sign_in("Bruno Ek", "/return/dana/sign-in")
    assert "Meridian ring" in amara.get(ORDERS).text
    for browser, path in ((stranger, ORDERS), (amara, "/return/dana/orders"), (served.browser(), ORDERS)):
        refused = browser.get(path)
        assert refused.status_code == 401 and "Meridian ring" not in refused.text
    assert "Meridian ring" not in stranger.get("/return/dana/orders").text


def test_nothing_is_created_at_shopify_by_signing_in(served: House) -> None:
    browser = served.browser()
    browser.sign_in()
    browser.get(ORDERS)
    assert [call for call in served.shopify.store.log if call["kind"] == "mutation"] == []
    assert {call["operation"] for call in served.shopify.store.calls} == {"AccountOrders"}
