"""The portal on a phone: 390 pixels, a processor four times as slow, 1.6 Mbit/s, 150 ms away; each page opened anew.

portal.<page>.lcp_ms is the median of several openings without a cache, which may be 1000 while the machine is otherwise
idle; .cls, which may be 0.02, and .kb without pictures, which may be 80, do not depend on the machine. As the page is
served: by the real web process, as big as it is there. portal.floor.lcp_ms is a page of one sentence on that phone.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright
from sqlmodel import Session

from benchmarks.door import OURS, environment, say, serving
from consults.booking import book_consult, free_times
from kit.db import Database
from shops import crypt
from tests import cast
from tests.browser import FLAGS, PHONE, find_chromium

TIMES = 5
MOST_LCP_MS, MOST_CLS, MOST_KB = 1000.0, 0.02, 80.0
WIRE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SLOWER = 4
PAINTS = """
  window.painted = 0; window.shifted = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) window.painted = one.startTime; })
    .observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shifted += one.value; })
    .observe({type: "layout-shift", buffered: true});
"""
SETTLED = "() => new Promise((done) => setTimeout(done, 400))"
FLOOR = "data:text/html,<!doctype html><title>x</title><h1>One sentence</h1>"


@dataclass(frozen=True)
class Opened:
    """What one opening of a page came to."""

    lcp_ms: float
    cls: float
    kb: float


def run() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        url = f"sqlite:///{folder}/portal.db"
        subprocess.run([sys.executable, "-m", "shopify_app", "migrate"], env=environment(url), check=True, stdout=2)
        paths = furnish(url)
        with serving(OURS, url) as server, phone() as page:
            here = f"http://127.0.0.1:{server.port}"
            for path in paths.values():
                answer = page.goto(
                    here + path
                )  # once for the templates, which a web process reads with its first caller
                assert answer is not None and answer.status == 200, f"{path} does not open"
            tell("floor", [opened(page, FLOOR) for _ in range(TIMES)])
            for name, path in paths.items():
                tell(name, [opened(page, here + path) for _ in range(TIMES)])


def tell(name: str, found: list[Opened]) -> None:
    """A page's three figures."""
    lcp, cls, kb = (median(getattr(one, field) for one in found) for field in ("lcp_ms", "cls", "kb"))
    for what, value, most, unit in (
        ("lcp_ms", lcp, MOST_LCP_MS, "ms"),
        ("cls", cls, MOST_CLS, ""),
        ("kb", kb, MOST_KB, "KB"),
    ):
        say(f"portal.{name}.{what}", value, f"{unit} {'pass' if value < most else 'miss'}".strip())


@contextmanager
def phone() -> Iterator[Page]:
    """A browser on that phone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        context = browser.new_context(**PHONE)
        context.add_init_script(PAINTS)
        try:
            yield context.new_page()
        finally:
            browser.close()


def opened(page: Page, url: str) -> Opened:
    """Open it without a cache, over a connection of its own."""
    wire, sizes = page.context.new_cdp_session(page), []
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.send("Network.emulateNetworkConditions", WIRE)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    pictures: set[str] = set()

    def note(event: dict[str, Any]) -> None:
        if event["type"] == "Image":
            pictures.add(event["requestId"])

    wire.on("Network.responseReceived", note)
    wire.on("Network.loadingFinished", lambda event: sizes.append((event["requestId"], event["encodedDataLength"])))
    try:
        page.goto(url, wait_until="load")
        page.evaluate(SETTLED)
        lcp, cls = page.evaluate("() => [window.painted, window.shifted]")
        kb = sum(size for request, size in sizes if request not in pictures) / 1024
        return Opened(float(lcp), float(cls), kb)
    finally:
        page.goto("about:blank")
        wire.detach()


def furnish(url: str) -> dict[str, str]:
    """A house with a return and a conversation; where each page is."""
    crypt.use_keys(environment(url)["TOKEN_KEYS"])
    database, now = Database(url), datetime.now(UTC)
    with database.begin() as session:
        world = cast.everyone(session)
        links = _links(session, world, now)
    database.close()
    return links


def _links(session: Session, world: cast.World, now: datetime) -> dict[str, str]:
    back = cast.return_link(session, world.rma, now=now)
    talk = cast.consult_link(session, world.case, now=now)
    gid = "gid://shopify/Return/4888"
    booked = cast.cleos_case(session, world.shop, world.bob, return_gid=gid, now=now)
    about: dict[str, Any] = {"shop_id": world.shop_id, "now": now}
    slot = free_times(session, advisor_id=cast.number(world.bob.id), **about)[0]
    book_consult(
        session,
        case_id=cast.number(booked.id),
        starts_at=slot.starts_at,
        kind="video",
        client_zone="Europe/Paris",
        idempotency_key="bench",
        **about,
    )
    house = world.shop.domain.removesuffix(".myshopify.com")
    return {
        "find": f"/return/{house}",
        "withdraw": f"/return/{house}/withdraw",
        "return": f"/r/{back}",
        "times": f"/consult/{talk}",
        "reserved": f"/consult/{cast.consult_link(session, booked, now=now)}",
        "slip": f"/r/{back}/slip",
    }
