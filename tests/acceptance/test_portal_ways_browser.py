"""Issue 8, the ways in, in a real browser against the storefront stand-in; and who is signed in to the shop."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kit.db import Database
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, read_order_pass
from tests import cast
from tests.browser import PHONE
from tests.pages.finding_house import pass_in
from tests.pages.page_checks import axe_findings, findings
from tests.pages.store_house import Store, open_store
from tests.pages.test_portal_storefront import signed
from tests.pages.words import findings as said_wrong
from tests.pages.words import text
from tests.simulators.small_shop import AMARA, GID, ORDER

pytestmark = pytest.mark.calm("a browser waits for what a good day shows")


@pytest.fixture
def house(sqlite_url: str) -> Iterator[Store]:
    database = Database(sqlite_url, pool_size=10)
    with open_store(database) as made:
        yield made
    database.close()


def wrong_with(page: Page, where: str) -> list[str]:
    return axe_findings(page, where) + findings(page, where, sizes=(390,))


def find(page: Page, house: Store) -> None:
    """From the door to the code's page."""
    page.get_by_label("Order number").fill("2001")
    page.get_by_label("Email or mobile number used for the order").fill("amara@example.com")
    page.get_by_role("button", name="Find my order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please look at your messages")
    house.work()


def enter(page: Page, house: Store) -> None:
    found = re.search(r"\b\d{6}\b", house.letters()[-1].body)
    assert found
    page.get_by_label("Code").fill(found[0])
    page.get_by_role("button", name="Open my order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Order 2001")
    expect(page.get_by_role("button", name="Choose what to send back")).to_be_visible()


@pytest.mark.browser
def test_a_guest_with_a_code_at_390_pixels_without_script_and_without_cookies_in_both_places(
    house: Store, browser_context: Callable[..., Any]
) -> None:
    page: Page = browser_context(**PHONE).new_page()
    page.goto(f"{house.ours}/return/verdane")
    expect(page.get_by_role("heading", level=1)).to_have_text("Let us find your order")
    wrong = wrong_with(page, "door")
    find(page, house)
    wrong += wrong_with(page, "code")
    enter(page, house)
    wrong += wrong_with(page, "order")
    page.get_by_role("button", name="Let somebody else see to it").click()
    page.get_by_label("Their name").fill("Anna Berg")
    page.get_by_label("Their email, or mobile number with its country code").fill("anna@example.com")
    page.get_by_label("It was my gift to them. They see no price.").check()
    page.get_by_role("button", name="Send them the link").click()
    expect(page.get_by_role("heading", name="Anna Berg")).to_be_visible()
    wrong += wrong_with(page, "somebody")
    link = re.search(r"http\S+/order/\S+", house.letters()[-1].body)
    assert link
    hers: Page = browser_context(java_script_enabled=False, **PHONE).new_page()
    hers.goto(link[0])
    expect(hers.get_by_role("heading", level=1)).to_have_text("You have been asked to see to order 2001")
    page.get_by_role("button", name="Take back from Anna Berg").click()
    expect(page.get_by_role("heading", name="Anna Berg")).to_have_count(0)
    hers.reload()
    expect(hers.get_by_role("heading", level=1)).to_have_text("This link has done its work")
    assert wrong == []
    # In the theme no cookie passes the shop's proxy, in either direction; and no script runs here.
    bare: Page = browser_context(java_script_enabled=False, **PHONE).new_page()
    bare.goto(f"{house.store}/apps/assisted-returns")
    expect(bare.get_by_role("heading", level=1, name="Let us find your order")).to_be_visible()
    find(bare, house)
    enter(bare, house)
    assert bare.context.cookies() == [] and page.context.cookies() == []


def test_who_is_signed_in_to_the_shop_sees_their_own_orders_each_with_its_pass(house: Store) -> None:
    client = house.app.test_client(use_cookies=False)
    page = client.get(signed(customer=AMARA)).text
    assert "Which order is it about?" in page and "Meridian ring, Alba pendant" in page
    who = read_order_pass(["test-secret-key"], pass_in(page), shop_id=1, now=cast.NOW)
    assert who == OrderPass(1, ORDER, Acting.BUYER, Proof.ACCOUNT, f"{GID}Customer/{AMARA}")
    assert said_wrong("client", text(page)) == []
    for nobodys in ("102", "999"):  # of this shop, without an order; and of none
        other = client.get(signed(customer=nobodys)).text
        assert "Nothing to send back" in other and pass_in(other) == "" and "2001" not in other


def test_an_order_in_their_list_that_is_another_s_is_not_shown(house: Store) -> None:
    """A signature says who is signed in, and nothing of an order: each is read to be theirs."""
    mine = house.orders().of_client(1, f"{GID}Customer/{AMARA}")
    assert [(order.name, order.can_return) for order in mine] == [("#2001", True)]
    told = house.orders().api.read(1, "client_orders", {"id": f"{GID}Customer/{AMARA}"})
    told.data["customer"]["orders"]["nodes"][0]["customer"]["id"] = f"{GID}Customer/102"

    class Mixed:
        def read(self, *_about: Any) -> Any:
            return told

    orders: Any = house.orders()
    orders.api = Mixed()
    assert orders.of_client(1, f"{GID}Customer/{AMARA}") == ()


def test_an_order_that_never_left_the_house_is_not_offered(house: Store) -> None:
    there = house.town.parts.store.shops["verdane.myshopify.com"]
    with house.town.parts.store.lock:
        there.save({**there.get(ORDER), "fulfillments": []})
    page = house.app.test_client().get(signed(customer=AMARA)).text
    assert "Nothing to send back" in page and pass_in(page) == ""
