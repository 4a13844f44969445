"""Verdane beside a Shopify stand-in with customer accounts, on loopback ports, and browsers that walk between the two.

with open_house(database) as house:
    browser = house.browser()
    browser.sign_in("Amara Whitlock")       begins here, chooses a name there, comes back
    browser.get("/return/verdane/orders")
"""

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import requests
from flask import Flask
from werkzeug.test import TestResponse

from kit import clock as kit_clock
from kit.db import Database
from shopify_app.app import create_app
from simulators.shopify import ShopifyConfig
from simulators.shopify.serving import ShopifyServer
from simulators.shopify.tokens import new_pair
from simulators.world import World
from tests import cast
from tests.simulators.small_shop import BOUGHT_AT, documents

VERDANE, DANAS = "verdane.myshopify.com", "dana.myshopify.com"
BEGIN, ORDERS, CALLBACK = "/return/verdane/sign-in", "/return/verdane/orders", "/return/sign-in/callback"
OURS = "http://127.0.0.1:8000"
LATELY = "2026-11-10T10:00:00Z"


@dataclass
class House:
    """`times["now"]` is the time of both."""

    app: Flask
    database: Database
    shopify: ShopifyServer
    world: cast.World
    times: dict[str, datetime] = field(default_factory=dict)

    def browser(self) -> "Browser":
        return Browser(self)

    def pass_by(self, **span: float) -> None:
        self.times["now"] += timedelta(**span)

    def control(self, path: str, body: Any = None) -> Any:
        answer = requests.post(f"{self.shopify.base}/control/shopify/{path}", json=body, timeout=10)
        assert answer.status_code < 300, answer.text
        return answer.json()


class Browser:
    """Ours by Flask's client, Shopify's by HTTP; it follows nothing by itself."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ours = house.app.test_client()

    def get(self, path: str) -> TestResponse:
        return self.ours.get(path)

    def begin(self, path: str = BEGIN) -> str:
        """Press the button; the address at Shopify it leads to."""
        answer = self.ours.post(path)
        assert answer.status_code == 200, answer.text
        return html.unescape(re.search(r'content="0;url=([^"]+)"', answer.text)[1])  # type: ignore[index]

    def choose(self, there: str, name: str) -> str:
        """Say at Shopify who one is; our address, with what Shopify sends back."""
        page = requests.get(there, timeout=10)
        assert page.status_code == 200, page.text
        fields = {n: html.unescape(v) for n, v in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)}
        people = {
            shown: gid for gid, shown in re.findall(r'value="([^"]*)"><strong[^>]*>Continue as ([^<]+)', page.text)
        }
        sent = requests.post(there.split("?")[0], data=fields | {"client": people.get(name, "")},
                             allow_redirects=False, timeout=10)  # fmt: skip
        assert sent.status_code == 302
        parts = urlsplit(sent.headers["Location"])
        assert f"{parts.scheme}://{parts.netloc}" == self.house.app.extensions["returns"].settings.app_url
        return f"{parts.path}?{parts.query}"

    def sign_in(self, name: str = "Amara Whitlock", path: str = BEGIN) -> TestResponse:
        """The whole way; what our address answers."""
        return self.get(self.choose(self.begin(path), name))


@contextmanager
def open_house(database: Database, world: World | None = None, *, app_url: str = OURS) -> Iterator[House]:
    """Alice's shop with Amara's order in it, and Dana's beside it, both with customer accounts."""
    times = {"now": cast.NOW}
    shops = {VERDANE: lately(documents(installed=True)), DANAS: lately(documents(installed=True))}
    config = ShopifyConfig(
        app_url=app_url,
        api_key="test-key",
        api_secret="test-secret",
        clock=lambda: times["now"],
        webhook_workers=0,
    )
    with (
        patch.object(kit_clock, "now", lambda: times["now"]),
        ShopifyServer(config, world=world or World(shops, [])) as shopify,
        patch("shopify_app.customer_accounts.keeping.clock_now", lambda: times["now"]),
    ):
        settings = cast.settings(
            database.url,
            shopify_admin_base_url=f"{shopify.base}/shopify",
            app_url=app_url,
        )
        app = create_app(settings, database)
        with database.begin() as session:
            there, hers = cast.everyone(session), cast.dana(session)
            for shop in (there.shop, hers.shop):
                shop.access_token = new_pair(shopify.store, shop.domain, expiring=False)["access_token"]
        yield House(app, database, shopify, there, times)


def lately(made: list[dict]) -> list[dict]:
    """The same, bought two weeks ago: older orders are hidden from the app."""
    bought: list[dict] = json.loads(json.dumps(made).replace(BOUGHT_AT, LATELY))
    return bought
