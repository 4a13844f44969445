"""The shorter ways to a conversation, who comes along, and an advisor's own times, in a browser."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from consults import feeds
from consults.at_once import be_free
from consults.booking import free_times
from consults.day_plans import set_day
from consults.feed_words import FeedTrouble
from consults.guests import invite
from consults.kinds import Kind
from consults.models import Advisor, TimeOff
from consults.proposals import propose
from consults.time_models import BusyFeed
from tests import cast
from tests.browser import PHONE
from tests.pages.page_checks import axe_at_every_size
from tests.pages.test_portal_browser import app as app
from tests.pages.test_portal_browser import base as base
from tests.pages.test_portal_browser import database as database
from tests.pages.test_portal_pages import booked


@pytest.fixture(autouse=True)
def no_engine(queue) -> Iterator[None]:
    yield


def furnish(session, world) -> None:
    """Bob has proposed times, is free now, has a calendar that fails and a day that is otherwise."""
    mine = {"shop_id": world.shop_id, "advisor_id": world.bob.id}
    be_free(session, **mine, minutes=60, now=cast.NOW)
    starts = [slot.starts_at for slot in free_times(session, **mine, now=cast.NOW)][4:20:6]
    propose(session, shop_id=world.shop_id, case_id=world.case.id, starts=starts, kind=Kind.VIDEO,
            by=f"advisor:{world.bob.id}", now=cast.NOW)  # fmt: skip
    feed = feeds.add_feed(session, **mine, address="https://calendar.example.com/secret.ics", now=cast.NOW)
    feeds.note_trouble(session, feed, FeedTrouble.UNREACHABLE, now=cast.NOW)
    session.add(BusyFeed(**mine, address="https://calendar.example.com/2.ics", added_at=cast.NOW, read_at=cast.NOW))
    set_day(session, **mine, day=cast.NOW.date() + timedelta(days=2), ranges=[(600, 780), (840, 1080)])
    set_day(session, **mine, day=cast.NOW.date() + timedelta(days=3), ranges=[])


def looked_at(page, base: str, paths: list[str], said: str) -> list[str]:
    """Each at 390 and 1280 pixels, in light and in dark."""
    found: list[str] = []
    for path in paths:
        page.goto(base + path)
        found += axe_at_every_size(page, f"{said} {path}")
    return found


def test_pages_of_times_fit_and_axe_finds_nothing(world, made: Callable, base: str, browser_context) -> None:
    link = made(lambda s: cast.consult_link(s, world.case))
    made(lambda s: furnish(s, world))
    cookie = made(lambda s: cast.desk_cookie(s, world.bob))
    context = browser_context(**PHONE)
    context.add_cookies([{"name": "desk", "value": cookie, "url": f"{base}/desk"}])
    page = context.new_page()
    found = looked_at(page, base, [f"/consult/{link}", "/desk/times", f"/desk/cases/{world.case.id}/times"], "before")
    talk = made(lambda s: booked(s, world))
    about: dict[str, Any] = {"shop_id": world.shop_id, "consult_id": talk.id, "now": cast.NOW}
    guest = made(lambda s: invite(s, **about, name="Anna", relation="sister", email="anna@example.com"))
    theirs = made(lambda s: cast.consult_link(s, world.case, person_id=guest.id))
    found += looked_at(page, base, [f"/consult/{link}", f"/consult/{theirs}", f"/desk/cases/{world.case.id}"], "after")
    assert found == []


def test_a_colleague_who_is_offered_fits_the_screen_too(world, made: Callable, base: str, browser_context) -> None:
    def away(session) -> None:
        shop = session.merge(world.shop)
        hugo = cast.bob(session, shop, name="Hugo Marchand", staff_gid="gid://shopify/StaffMember/8")
        hugo.boutique_id = session.get(Advisor, world.bob.id).boutique_id
        ends = cast.NOW + timedelta(days=9)
        session.add(TimeOff(shop_id=world.shop_id, advisor_id=world.bob.id, starts_at=cast.NOW, ends_at=ends))
        session.add(hugo)

    made(away)
    link = made(lambda s: cast.consult_link(s, world.case))
    page = browser_context(**PHONE).new_page()
    assert looked_at(page, base, [f"/consult/{link}"], "away") == []
    page.get_by_role("button", name="See Hugo instead").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hugo")


@pytest.mark.parametrize(
    ("device", "offered"),
    [
        ("America/New_York", "New York"),
        ("Asia/Calcutta", "Kolkata"),  # as browsers still call it
        ("Europe/Paris", ""),  # where the times are
        ("Europe/Brussels", ""),  # another place, the same clock
        ("UTC", ""),  # nobody's place
    ],
)
def test_a_device_of_another_time_is_offered_its_own(
    world, made: Callable, base: str, browser_context, device: str, offered: str
) -> None:
    link = made(lambda s: cast.consult_link(s, world.case))
    page = browser_context(**PHONE | {"timezone_id": device}).new_page()
    page.goto(f"{base}/consult/{link}")
    line = page.locator("[data-device-zone]")
    if not offered:
        expect(page.get_by_text("Your time, Paris (UTC+1)")).to_be_visible()
        expect(line).to_be_hidden()
        assert page.locator("#zone select").input_value() == "Europe/Paris"
        return
    expect(line).to_contain_text(f"Your device shows another time: {offered}.")
    line.get_by_role("button", name="Show the times there").click()
    expect(page.get_by_text(f"Your time, {offered} (UTC")).to_be_visible()
    expect(line).to_be_hidden()


def test_one_tap_takes_a_time_and_somebody_comes_along_without_script(
    world, made: Callable, base: str, browser_context
) -> None:
    made(lambda s: furnish(s, world))
    link = made(lambda s: cast.consult_link(s, world.case))
    page = browser_context(java_script_enabled=False, **PHONE).new_page()
    page.goto(f"{base}/consult/{link}")
    page.locator("#proposed button").nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bob will see you on")
    page.get_by_label("Name").fill("Anna")
    page.get_by_label("Email").fill("anna@example.com")
    page.get_by_role("button", name="Send the invitation").click()
    out = page.locator("#along li").filter(has_text="Anna").get_by_role("button", name="Take out")
    expect(out).to_have_count(1)
    out.click()
    expect(page.locator("#along li")).to_have_count(0)
