"""A page that waits for Shopify follows by itself, without loading anew, and says how to look again without script."""

from typing import Any

from playwright.sync_api import expect

from routing.models import OpenedReturn
from routing.states import OpeningState
from tests import cast
from tests.pages.test_portal_browser import app as app
from tests.pages.test_portal_browser import base as base
from tests.pages.test_portal_browser import database as database


def asked(made: Any, world: cast.World) -> int:
    row = OpenedReturn(
        shop_id=world.shop_id,
        key="k",
        order_gid=world.case.order_gid,
        order_name="#1042",
        lines=[],
        reason_gid="gid://shopify/ReturnReasonDefinition/1",
        advisor_id=cast.number(world.bob.id),
        asked_at=cast.NOW,
    )

    def keep(session: Any) -> int:
        session.add(row)
        session.flush()
        return cast.number(row.id)

    return made(keep)


def test_the_page_of_a_return_being_opened_follows_by_itself(world, made, base, browser_context) -> None:
    opened_id, cookie = asked(made, world), made(lambda s: cast.desk_cookie(s, world.bob))
    pages = []
    for script in (True, False):
        context = browser_context(java_script_enabled=script)
        context.add_cookies([{"name": "desk", "value": cookie, "url": f"{base}/desk"}])
        page = context.new_page()
        page.goto(f"{base}/desk/returns/opened/{opened_id}")
        expect(page.locator("main")).to_contain_text("Shopify is being asked.")
        pages.append(page)
    followed, plain = pages
    followed.evaluate("window.sameDocument = true")

    def refused(session: Any) -> None:
        row = session.get_one(OpenedReturn, opened_id)
        row.state, row.problem = OpeningState.REFUSED, "The order is archived."

    made(refused)
    followed.get_by_role("alert").filter(has_text="Shopify did not take it: The order is archived.").wait_for()
    assert followed.evaluate("window.sameDocument") is True
    expect(followed.locator("[data-follow]")).to_have_count(0)
    expect(plain.locator("main")).to_contain_text("Shopify is being asked.")
    plain.locator("noscript a").click()
    expect(plain.locator("main")).to_contain_text("The order is archived.")
