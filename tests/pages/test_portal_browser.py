"""Portal and desk in a browser: without script, by keyboard, on the narrowest screen, and two people in the room."""

import re
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import expect
from werkzeug.serving import make_server

from consults.booking import next_consult
from kit.db import Database
from shopify_app.app import create_app
from tests import cast
from tests.pages.page_checks import axe_findings, axe_in_both_schemes
from tests.pages.test_desk_answering import made_stood_in
from tests.pages.test_desk_pages import promise
from tests.pages.test_portal_pages import booked, labelled

NARROW = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """SQLite is enough here: what differs between the two is tested without a browser."""
    database = Database(sqlite_url, pool_size=10)
    yield database
    database.close()


@pytest.fixture
def app(database: Database, free_port: Callable[[], int]) -> Iterator[Flask]:
    port = free_port()
    app = create_app(cast.settings(database.url, app_url=f"http://127.0.0.1:{port}"), database)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app
    server.shutdown()
    thread.join()


@pytest.fixture
def base(app: Flask) -> str:
    return app.extensions["returns"].settings.app_url


def test_a_client_reserves_and_gives_back_a_time_without_script(world, made, base, browser_context) -> None:
    link = made(lambda s: cast.consult_link(s, world.case))
    page = browser_context(java_script_enabled=False, **NARROW).new_page()
    page.goto(f"{base}/consult/{link}")
    page.get_by_role("radio", name="13:00").first.check()
    page.get_by_role("button", name="Reserve this time").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bob will see you on Tuesday 24 November, 13:00")
    page.get_by_role("link", name="Choose another time").click()
    page.get_by_role("radio", name="15:30").first.check()
    page.get_by_role("button", name="Move it to this time").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("15:30")
    page.get_by_role("button", name="Cancel this time").click()
    page.get_by_role("button", name="Return it without a conversation").click()
    expect(page.get_by_text("A simple return, as you wished.")).to_be_visible()
    expect(page).to_have_url(re.compile("/r/"))


def test_an_advisor_goes_from_the_text_to_the_outcome_without_script(world, made, base, browser_context) -> None:
    link = made(lambda s: cast.desk_link(s, world.bob, world.case))
    page = browser_context(java_script_enabled=False, **NARROW).new_page()
    page.goto(f"{base}/desk/in/{link}")
    page.get_by_role("button", name="Open the desk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mrs Cleo Whitlock")
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("radio", name="Proportion").check()
    page.get_by_role("radio", name="Refund, $14,800").check()
    page.get_by_role("button", name="Record this").click()
    page.get_by_role("radio", name="None").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#offer .ar-panel")).to_contain_text(re.compile(r"^\s*Refund\. Recorded today\."))
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_text("Outcome recorded; the parcel is under way.")).to_be_visible()


def test_pages_fit_the_narrowest_screen_and_axe_finds_nothing(world, made, base, browser_context) -> None:
    links = made(lambda s: (cast.consult_link(s, world.case), cast.return_link(s, world.rma)))
    consult, returned = links
    cookie = made(lambda s: cast.desk_cookie(s, world.bob))
    made(lambda s: labelled(s, world))
    made(lambda s: promise(s, world))
    context = browser_context(**NARROW)
    context.add_cookies([{"name": "desk", "value": cookie, "url": f"{base}/desk"}])
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    found: list[str] = []
    for path in (f"/consult/{consult}", f"/desk/cases/{world.case.id}"):
        page.goto(base + path)
        found += axe_in_both_schemes(page, f"{path}, nothing booked")
    talk = made(lambda s: booked(s, world))
    for path in (
        f"/consult/{consult}",
        f"/consult/{consult}/move",
        f"/consult/{consult}/room",
        f"/r/{returned}",
        f"/r/{returned}/slip",
        "/r/never",
        "/desk",
        "/desk/signed-out",
        f"/desk/cases/{world.case.id}",
        f"/desk/cases/{world.case.id}/outcome",
        f"/desk/consults/{talk.id}/room",
    ):
        page.goto(base + path)
        found += axe_in_both_schemes(page, path)
    assert all(url.startswith((base, "blob:", "data:")) for url in asked)
    assert found == []


def test_the_keyboard_meets_things_in_the_order_they_are_read(world, made, base, browser_context) -> None:
    link = made(lambda s: cast.consult_link(s, world.case))
    page = browser_context().new_page()
    page.goto(f"{base}/consult/{link}")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))
    assert reached[:4] == ["Keep Bob's card", "kind", "Choose another time zone", "at"]
    order = ["phone", "texts", "Reserve this time", "Return it without a conversation", "zone"]
    assert [name for name in reached if name in order] == order


def test_client_and_advisor_meet_in_the_room(world, made, base, browser_context) -> None:
    consult_link = made(lambda s: cast.consult_link(s, world.case))
    cookie = made(lambda s: cast.desk_cookie(s, world.bob))
    talk = made(lambda s: booked(s, world))
    with cast.clock(talk.starts_at):
        client = browser_context().new_page()
        desk = browser_context()
        desk.add_cookies([{"name": "desk", "value": cookie, "url": f"{base}/desk"}])
        advisor = desk.new_page()
        client.goto(f"{base}/consult/{consult_link}")
        client.get_by_role("link", name="Open the room").click()
        advisor.goto(f"{base}/desk/consults/{talk.id}/room")
        for page in (client, advisor):
            page.get_by_role("button", name="Join").click()
        for page in (client, advisor):
            page.wait_for_selector("[data-room-state=connected]")
        advisor.get_by_role("button", name="Leave").click()
        client.get_by_role("button", name="Leave").click()
        client.get_by_text("Bob has what you said.").wait_for()
        end = time.monotonic() + 60
        while made(lambda s: next_consult(s, shop_id=world.shop_id, case_id=world.case.id)) is not None:
            assert time.monotonic() < end, "the conversation is not over"
            client.wait_for_timeout(50)
        client.goto(f"{base}/consult/{consult_link}")
        expect(client.get_by_role("heading", level=1)).to_have_text("Thank you. It was good to talk with you")


def test_who_answers_for_whom_reads_without_findings_and_waiting_needs_no_script(
    world, made, base, browser_context
) -> None:
    link = made(lambda s: cast.consult_link(s, made_stood_in(s, world)[1]))
    page = browser_context(viewport={"width": 320, "height": 800}).new_page()
    page.goto(f"{base}/consult/{link}")
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe_findings(page, f"stood in at {width}") == []
    plain = browser_context(java_script_enabled=False, **NARROW).new_page()
    plain.goto(f"{base}/consult/{link}")
    plain.get_by_role("button", name="Wait for Bob, from Tuesday 1 December").click()
    expect(plain.get_by_text("You are waiting for Bob, who is back on Tuesday 1 December.")).to_be_visible()
    plain.get_by_role("button", name="See a colleague sooner").click()
    expect(plain.get_by_text("Hugo looks after you meanwhile")).to_be_visible()
