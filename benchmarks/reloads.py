"""How long somebody is away who loads the room's page again in a conversation: two browsers with fake cameras.

From asking for the page until a picture of the other was decoded and shown, told by the browser itself.
"""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser import FLAGS, find_chromium

TIMES, PATIENCE_SECONDS = 7, 60.0
CALM_SECONDS = 4.0  # until both ask at leisure again, which is the harder beginning

SEEN = """
  window.seen = 0;
  new MutationObserver(() => {
    const video = document.querySelector(".ar-room-them video");
    if (!video || video.watched) return;
    video.watched = true;
    video.requestVideoFrameCallback(() => { window.seen = performance.timeOrigin + performance.now(); });
  }).observe(document, {subtree: true, childList: true});
"""


def seconds_of_reloads(rooms: list[str]) -> list[float]:
    """Of the first of two who meet in `rooms`, addresses of their pages; each reload finds both calm."""
    with sync_playwright() as playwright, contextlib.ExitStack() as both:
        pages = [both.enter_context(window(playwright)) for _ in rooms]
        for page, address in zip(pages, rooms, strict=True):
            page.goto(address)
            page.get_by_role("button", name="Join").click()
        for page in pages:
            picture(page)
        found = []
        for _ in range(TIMES):
            time.sleep(CALM_SECONDS)
            begun = time.time()
            pages[0].reload(wait_until="commit")
            found.append(picture(pages[0]) / 1000 - begun)
        return found


@contextlib.contextmanager
def window(playwright: Any) -> Iterator[Page]:
    """A browser of its own."""
    browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
    context = browser.new_context(permissions=["camera", "microphone"])
    context.add_init_script(SEEN)
    try:
        yield context.new_page()
    finally:
        browser.close()


def picture(page: Page) -> float:
    """When the first picture of the other was shown, in milliseconds since 1970."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        if seen := page.evaluate("window.seen"):
            return float(seen)
        time.sleep(0.02)
    raise AssertionError("they did not see one another")
