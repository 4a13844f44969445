"""The desk on a phone: from the link of a text to a brief that can be read, with a cold cache, on a slow line.

A browser at 390 px behind 150 ms and 1.6 Mbit/s with a processor a fourth as fast opens the link, taps "Take it", and
is told by the browser itself when the two pages were first painted: desk.brief_s is the middle of several, from asking
for the first page until the brief stands on the second, less the time a person would take to tap; it may be 1.5.
desk.floor_s is the same for two answers with one word in them. desk.weight_kb is what both pages bring without
pictures, of 120; desk.shift how much moved on it while it came, of 0.02; desk.thumb_px the lowest button, of 44.
"""

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, Response, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks.door import say
from shopify_app.migrate import upgrade
from tests import cast
from tests.acceptance.callers_under_test import furnish
from tests.acceptance.test_desk_browser import MEASURE, MOST_BYTES, PHONE, furnish_desk
from tests.browser import FLAGS, find_chromium
from tests.browser import PHONE as NARROW
from tests.pages.admin_world import Admin, open_admin

TIMES, MOST_SECONDS, MOST_SHIFT = 7, 1.5, 0.02
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  const painted = list.getEntriesByName('first-contentful-paint')[0];
  if (painted) done(painted.startTime / 1000);
}).observe({type: 'paint', buffered: true}))"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('main .ar-btn, .ar-act .ar-btn')]
  .filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect().height))"""


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """The figures say enough."""


def run() -> None:
    """One line a figure."""
    with (
        tempfile.TemporaryDirectory(prefix="desk-") as folder,
        served(f"sqlite:///{folder}/app.db") as admin,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        floors = [twice(browser, f"{admin.config.app_url}/healthz") for _ in range(TIMES)]
        found = [open_brief(browser, admin) for _ in range(TIMES)]
        browser.close()
    seconds = [one for one, _, _, _ in found]
    weight_kb, moved = (max(one[n] for one in found) for n in (1, 2))
    thumb = min(one[3] for one in found)
    say("desk.floor_s", median(floors), "s")
    say("desk.brief_s", median(seconds), verdict("s", median(seconds) < MOST_SECONDS))
    say("desk.brief_worst_s", max(seconds), "s")
    say("desk.weight_kb", weight_kb / 1024, verdict("KB", weight_kb < MOST_BYTES))
    say("desk.shift", moved, verdict("CLS", moved < MOST_SHIFT))
    say("desk.thumb_px", thumb, verdict("px", thumb >= 44))


def verdict(unit: str, is_met: bool) -> str:
    """The unit, and whether the bar is met."""
    return f"{unit} {'pass' if is_met else 'miss'}"


@contextmanager
def served(url: str) -> Iterator[Admin]:
    """Cleo's case with everything a page can show, on a port."""
    upgrade(url)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with open_admin(url, app_url=f"http://127.0.0.1:{port}") as admin:
        furnish(admin)
        with admin.database.begin() as session:
            furnish_desk(session, admin.world)
        server = make_server("127.0.0.1", port, admin.app, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield admin
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def phone(browser: Browser) -> Iterator[Page]:
    """A page on a slow line, nothing kept from before."""
    context = browser.new_context(**NARROW)
    page = context.new_page()
    page.add_init_script(MEASURE)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", PHONE)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    try:
        yield page
    finally:
        context.close()


def twice(browser: Browser, url: str) -> float:
    """Seconds of painting it two times."""
    with phone(browser) as page:
        total = 0.0
        for _ in range(2):
            page.goto(url, wait_until="load")
            total += float(page.evaluate(PAINTED))
        return total


def open_brief(browser: Browser, admin: Admin) -> tuple[float, int, float, float]:
    """Seconds, bytes without pictures, how much moved, the smallest button."""
    with admin.database.begin() as session:
        token = cast.desk_link(session, session.merge(admin.world.bob), session.merge(admin.world.case))
    with phone(browser) as page:
        got: list[Response] = []
        page.on("response", lambda answer: got.append(answer))
        page.goto(f"{admin.config.app_url}/desk/in/{token}", wait_until="load")
        seconds = float(page.evaluate(PAINTED))
        page.get_by_role("button").first.click()
        page.wait_for_url("**/desk/cases/*")
        page.wait_for_load_state("load")
        page.locator("#brief").wait_for()
        seconds += float(page.evaluate(PAINTED))
        weight = sum(size(one) for one in got if one.request.resource_type != "image")
        shift, thumb = float(page.evaluate("() => window.shifts")), float(page.evaluate(SMALLEST))
        return seconds, weight, shift, thumb


def size(answer: Any) -> int:
    """Bytes of an answer's body, as it says itself: of a page that was left the browser gives none."""
    return 0 if 300 <= answer.status < 400 else int(answer.headers["content-length"])
