"""Issue 7, the page in a browser: light, still, narrow, by keyboard, and readable to everybody."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect
from sqlmodel import Session, select

from consults.briefs.briefs import keep_brief
from consults.briefs.facts import LABELS, Fact
from consults.gestures.gestures import give
from consults.models import Case
from consults.pieces import stock
from consults.pieces.holds import hold_piece
from consults.pieces.kinds import Piece
from logistics.models import RmaLine
from notifications.models import Message
from tests import cast
from tests.acceptance.callers_under_test import Everywhere
from tests.pages.admin_world import Admin
from tests.pages.page_checks import axe_at_every_size, findings
from tests.pages.test_every_page import prepared
from tests.pages.test_every_page import served as served

PHONE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
MOST_BYTES = 120 * 1024
MEASURE = """
window.shifts = 0;
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifts += e.value; })
  .observe({type: 'layout-shift', buffered: true});
"""


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with cast.clock():
        yield


@pytest.fixture
def alice(served: Admin) -> Everywhere:
    """Cleo's case with everything a page can show: a full brief, pieces, one put aside, a gesture that waits."""
    with served.database.begin() as session:
        furnish_desk(session, served.world)
    return Everywhere(served, served.alice, served.world)


def furnish_desk(session: Session, world: cast.World) -> None:
    case = session.get_one(Case, world.case.id)
    line = session.exec(select(RmaLine).where(RmaLine.rma_id == world.rma.id)).one()
    facts = [
        Fact(key, f"What is known of {label.lower()}", ("gid://shopify/Customer/9#note",)) for key, label in LABELS
    ]
    keep_brief(session, case, facts[:-3], now=cast.NOW)
    own = Piece("v0", "p0", "Meridian ring", "ring", "emerald", "52", 1_480_000, "USD", {"material": "platinum"},
                Decimal("6.1"), None, 1, (("Paris", 1),), sku=line.sku)  # fmt: skip
    lower = [
        Piece(f"v{n}", f"p{n}", f"Lower Meridian {n}", "ring", "emerald", "52", 1_500_000 + n, "USD",
              {"material": "platinum"}, Decimal("3.8"), None, 1, (("Paris", 1),)) for n in (1, 2, 3)
    ]  # fmt: skip
    stock.keep_pieces(session, shop_id=world.shop_id, pieces=[own, *lower], now=cast.NOW)
    about: dict[str, Any] = {"advisor_id": cast.number(world.bob.id), "now": cast.NOW}
    hold_piece(session, shop_id=world.shop_id, case_id=cast.number(case.id), variant_gid="v1", **about)
    give(session, case, what="An engraving", why="Ten years", cents=9_000, once="one", **about)


@pytest.fixture
def page(served: Admin, alice: Everywhere, browser_context: Callable[..., Any]) -> Page:
    return prepared(served, alice, browser_context, viewport={"width": 390, "height": 800})


def paths(alice: Everywhere) -> list[str]:
    case = f"/desk/cases/{alice.ids['case_id']}"
    return ["/desk", case, f"{case}/write", f"{case}/outcome"]


def base(served: Admin) -> str:
    return served.config.app_url


def test_today_and_a_case_are_light_and_nothing_on_them_moves(served: Admin, alice: Everywhere, page: Page) -> None:
    """On a phone's line and a slow processor, with a cold cache; pictures do not count."""
    page.add_init_script(MEASURE)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", PHONE)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    for path in paths(alice)[:2]:
        got = loaded(page, base(served) + path)
        counted = [answer for answer in got if answer.request.resource_type != "image"]
        weight = sum(len(answer.body()) for answer in counted)
        shifts = page.evaluate("() => window.shifts")
        assert counted and weight < MOST_BYTES, (path, weight)
        assert shifts < 0.02, (path, shifts)
        assert all(answer.url.startswith(base(served)) for answer in got), "nothing comes from elsewhere"


def test_nothing_scrolls_sideways_at_320_and_axe_finds_nothing_at_both_widths_and_in_dark(
    served: Admin, alice: Everywhere, page: Page
) -> None:
    found: list[str] = []
    for path in paths(alice):
        page.goto(base(served) + path)
        found += findings(page, path, sizes=(320,))
        found += axe_at_every_size(page, path)
    assert found == []


def test_by_keyboard_alone_a_phrase_is_marked_as_it_is_typed_mended_and_sent_on_the_second_tap(
    served: Admin, alice: Everywhere, page: Page
) -> None:
    page.goto(f"{base(served)}{paths(alice)[2]}")
    reach(page, "textarea")
    page.keyboard.type("Unfortunately, Thursday it is.")
    page.locator("#unsaid s.no").wait_for()
    expect(page.locator("#unsaid s.no")).to_have_text("“Unfortunately”")
    reach(page, "#unsaid button")
    page.keyboard.press("Enter")
    page.locator("#unsaid s.no").wait_for(state="detached")
    expect(page.locator("textarea")).to_have_value("Here is what I can do, and by when., Thursday it is.")
    reach(page, "form button:not([type=button])")
    page.keyboard.press("Enter")
    page.get_by_text("A second tap sends it.").wait_for()
    assert sent(served) == []
    assert (
        "cleo@example.com" in page.locator("main").inner_text() and "Nobody else." in page.locator("main").inner_text()
    )
    reach(page, "form button:not([type=button])")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{paths(alice)[1]}#facts")
    assert [(message.channel, message.recipient) for message in sent(served)] == [("email", "cleo@example.com")]


def loaded(page: Page, url: str) -> list[Response]:
    """Everything a page brought."""
    got: list[Response] = []

    def note(answer: Response) -> None:
        got.append(answer)

    page.on("response", note)
    page.goto(url, wait_until="load")
    page.remove_listener("response", note)
    return got


def reach(page: Page, selector: str) -> None:
    """Tab until the focus is there."""
    for _ in range(60):
        if page.evaluate("selector => !!document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key reaches {selector}")


def sent(served: Admin) -> list[Message]:
    with served.database.begin() as session:
        return list(session.exec(select(Message).where(Message.name == "advisor_note")))
