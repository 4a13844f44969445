"""Chromium for tests, by way of Playwright."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

expect.set_options(timeout=60_000)

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

# No sandbox: CI is root. A made-up camera that is granted unasked; no talk with anyone but the page.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
]

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


def find_chromium() -> str:
    """Path of the browser: CHROMIUM's, or the first found. Raises LookupError."""
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else NAMES:
        if path := shutil.which(name):
            return path
    raise LookupError("no Chromium was found; bin/test installs one, or name it in CHROMIUM")


class Chromium:
    """One browser for all tests of a process.

    Playwright's synchronous interface keeps an event loop marked as running in the main thread, where it would make
    asyncio.run() of any later test fail; so the mark is put up only while a test uses the browser.
    """

    def __init__(self) -> None:
        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        self.loop = asyncio._get_running_loop()
        asyncio._set_running_loop(None)

    @contextmanager
    def in_use(self) -> Iterator[Browser]:
        asyncio._set_running_loop(self.loop)
        try:
            yield self.browser
        finally:
            asyncio._set_running_loop(None)

    def close(self) -> None:
        asyncio._set_running_loop(self.loop)
        self.browser.close()
        self.playwright.stop()


class Contexts:
    """Browser contexts of one test, each with its own cookies. A script error on any page fails the test at its end."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.errors: list[str] = []
        self.opened: list[BrowserContext] = []

    def __call__(self, **options: Any) -> BrowserContext:
        """Takes Browser.new_context's options; the zone is UTC and the language en-US unless told."""
        context = self.browser.new_context(**{"timezone_id": "UTC", "locale": "en-US", **options})
        context.set_default_timeout(60_000)  # a machine may be slow; what never comes is a failure all the same
        context.on("weberror", lambda error: self.errors.append(f"{error.page and error.page.url}: {error.error}"))
        self.opened.append(context)
        return context

    def close(self) -> None:
        for context in self.opened:
            context.close()
