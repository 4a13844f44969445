"""The main job as a new user would try it: a browser, the demo's own pages, two windows in the room.

With PICTURES=folder the pages are pictured on the way, at 390 and 1280 pixels; with PICTURES_WHOLE=1 from top to foot.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulators.demo.places import Places, free_port
from simulators.demo.processes import Processes
from tests.browser import DESK, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

    from tests.browser import Contexts

ROOT = Path(__file__).parents[2]
PICTURES = os.environ.get("PICTURES")


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    monkeypatch.chdir(ROOT)
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    processes = Processes(Places(free_port(), free_port(), free_port(), folder), f"sqlite:///{folder}/app.db")
    try:
        processes.start_everything()
        yield processes
    finally:
        processes.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.xdist_group("many processes: two")
def test_a_new_user_takes_a_piece_from_the_return_button_to_the_closed_case(
    demo: Processes, browser_context: "Contexts"
) -> None:
    store = demo.places.store
    merchant = browser_context(**DESK).new_page()
    client = browser_context(**PHONE).new_page()
    advisor = browser_context(**PHONE).new_page()

    app = install(merchant, store)
    press_return(client, store)
    desk_link, consult_link = read_outbox(merchant, store)
    advisor.goto(desk_link)
    advisor.get_by_role("button", name="Open the desk").click()
    advisor.get_by_role("heading", name="Mrs Amara Whitlock").wait_for()
    picture(advisor, "desk")
    book(client, consult_link)
    meet(client, advisor)
    record_outcome(advisor)
    move_parcel_on(merchant, store)
    inspect_and_settle(merchant, store)
    client.goto(f"{store}/store/apps/assisted-returns")
    see_the_case_closed(merchant, advisor, store)
    assert app


def install(page: "Page", store: str) -> "FrameLocator":
    page.goto(f"{store}/admin")
    page.get_by_role("button", name="Install").click()
    app = page.frame_locator("iframe")
    app.get_by_role("heading", name="Assisted returns").wait_for()
    return app


def press_return(page: "Page", store: str) -> None:
    page.goto(f"{store}/store")
    page.get_by_role("button", name=re.compile("Amara Whitlock")).click()
    order = page.locator(".ar-order", has=page.get_by_role("heading", name="Order #1042"))
    order.get_by_text("Return", exact=True).click()
    order.get_by_label("Reason").select_option(index=1)
    order.get_by_label("Note, if you wish").fill("It sits higher on my hand than I imagined.")
    order.get_by_role("button", name="Request return").click()
    page.get_by_text("Your return has been requested").wait_for()
    picture(page, "storefront")


def read_outbox(page: "Page", store: str) -> tuple[str, str]:
    """The advisor's link from her text, and the client's from her invitation."""
    page.goto(f"{store}/outbox")
    text = page.locator("li", has_text=re.compile("Whitlock would like to talk"))
    text.first.wait_for(timeout=120_000)
    letter = page.locator("li", has_text="amara.whitlock@example.com").filter(has_text="/consult/")
    letter.first.wait_for(timeout=120_000)
    picture(page, "outbox")
    desk = text.first.locator('a[href*="/desk/in/"]').get_attribute("href")
    consult = letter.first.locator('a[href*="/consult/"]').first.get_attribute("href")
    assert desk and consult
    return desk, consult


def book(page: "Page", link: str) -> None:
    page.goto(link)
    page.get_by_role("heading", name=re.compile("talk it over with Inès")).wait_for()
    page.locator('input[name="at"]').first.check(force=True)
    picture(page, "portal-advisor")
    page.get_by_role("button", name="Reserve this time").click()
    page.get_by_text("Reserved", exact=True).wait_for()
    picture(page, "portal-reserved")


def meet(client: "Page", advisor: "Page") -> None:
    """Both open the room in a window each, and each sees the other's picture move."""
    client.get_by_role("link", name="Open the room").click()
    advisor.reload()
    with advisor.expect_popup() as opened:
        advisor.get_by_role("link", name=re.compile("Open the room")).click()
    room = opened.value
    for page in (client, room):
        page.get_by_role("button", name="Join").click()
    for page in (client, room):
        wait_for_pictures(page)
    picture(client, "room")
    picture(room, "desk-room")
    for page in (client, room):
        page.get_by_role("button", name="Leave").click()
    room.close()


def wait_for_pictures(page: "Page") -> None:
    """Two pictures move: one's own and the other's. Asked from here: the page's policy forbids a waiting script."""
    for _ in range(60):
        if page.evaluate("[...document.querySelectorAll('video')].filter(v => v.currentTime > 0.3).length") >= 2:
            return
        page.wait_for_timeout(250)
    raise AssertionError("the two did not see each other")


def record_outcome(page: "Page") -> None:
    page.goto(re.sub(r"[?#].*", "", page.url) + "/outcome")
    page.get_by_label(re.compile("^Refund")).check(force=True)
    page.get_by_label("Proportion").check(force=True)
    page.get_by_role("radio", name="None").check(force=True)
    picture(page, "desk-outcome")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Mrs Amara Whitlock").wait_for()


def move_parcel_on(page: "Page", store: str) -> None:
    page.goto(f"{store}/carrier")
    parcel = page.locator("li, section, article", has_text="Amara Whitlock").last
    for status in ("In transit", "Delivered"):
        parcel.get_by_role("button", name=re.compile(status, re.IGNORECASE)).first.click()
        page.wait_for_timeout(500)
    picture(page, "carrier")


def inspect_and_settle(page: "Page", store: str) -> None:
    page.goto(f"{store}/admin?path=/app/cases")
    app = page.frame_locator("iframe")
    picture(page, "admin-cases")
    app.get_by_text("Amara Whitlock").click()
    found = app.get_by_label("The piece as sold")
    found.wait_for()
    found.check()
    app.get_by_role("button", name="Write down the finding").click()
    pay = app.get_by_role("button", name="Pay $14,800.00 back")
    for _ in range(20):
        if pay.count():
            break
        page.wait_for_timeout(500)
        page.goto(page.url)
        app.get_by_text("Amara Whitlock").click()
        app.get_by_text("What happened to the parcel").first.wait_for()
    picture(page, "admin-case")
    pay.click()


def see_the_case_closed(merchant: "Page", advisor: "Page", store: str) -> None:
    for _ in range(40):
        advisor.reload()
        if advisor.get_by_text("Closed", exact=True).count():
            break
        advisor.wait_for_timeout(500)
    advisor.get_by_text("Closed", exact=True).first.wait_for()
    merchant.goto(f"{store}/admin")
    merchant.frame_locator("iframe").get_by_role("heading", name="Assisted returns").wait_for()
    picture(merchant, "admin-home")


def picture(page: "Page", name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(300)
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page="PICTURES_WHOLE" in os.environ)
