"""A page that waits for Shopify follows by itself, without loading anew, and says how to look again without script."""

from typing import Any

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
        assert "Shopify is being asked." in page.inner_text("main")
        pages.append(page)
    followed, plain = pages
    followed.evaluate("window.sameDocument = true")

    def refused(session: Any) -> None:
        row = session.get_one(OpenedReturn, opened_id)
        row.state, row.problem = OpeningState.REFUSED, "The order is archived."

    made(refused)
    followed.get_by_role("alert").filter(has_text="Shopify did not take it: The order is archived.").wait_for()
    assert followed.evaluate("window.sameDocument") is True
    assert followed.locator("[data-follow]").count() == 0, "and it asks no more"
    assert "Shopify is being asked." in plain.inner_text("main")
    plain.locator("noscript a").click()
    assert "The order is archived." in plain.inner_text("main")
