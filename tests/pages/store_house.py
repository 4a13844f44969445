"""Alice's shop as a storefront of its own on this machine: the stand-ins beside our app, both at cast.NOW.

with open_store(database) as house:
    page.goto(f"{house.store}/apps/assisted-returns")    through the shop's proxy, signed, cookies stripped
    page.goto(f"{house.ours}/return/verdane")            our own address
    house.work()                                         what was asked for by then is looked up at the stand-in
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import Flask
from sqlmodel import select

from kit.db import Database
from notifications.code_models import CodeAsked
from notifications.models import Message
from routing.finding import look_up_order
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.finding import ShopifyFinding
from shopify_app.app import create_app
from shops.models import Shop
from simulators.shopify.tokens import new_pair
from tests import cast, faults
from tests.simulators.small_shop import documents
from tests.simulators.town import Town, living, serving

SHOP = "verdane.myshopify.com"
LATELY = "2026-11-10T10:00:00Z"


@dataclass
class Store:
    """`looked_up` are the rows a job has seen to."""

    app: Flask
    database: Database
    town: Town
    ours: str
    looked_up: set[int] = field(default_factory=set)

    @property
    def store(self) -> str:
        return f"{self.town.base}/store"

    def orders(self) -> ShopifyFinding:
        return ShopifyFinding(AdminApi(self.app.extensions["returns"].settings, self.database))

    def work(self) -> None:
        with self.database.begin() as session:
            rows = [(row.shop_id, row.id) for row in session.exec(select(CodeAsked))]
        for shop_id, asked_id in rows:
            if asked_id is not None and asked_id not in self.looked_up:
                self.looked_up.add(asked_id)
                about: dict[str, Any] = {"by_verify": False, "secret": "test-secret-key", "asked_id": asked_id}
                look = partial(look_up_order, self.database.begin, orders=self.orders(), shop_id=shop_id, **about)
                faults.persist(look, lambda _seconds: None)

    def letters(self) -> list[Message]:
        with self.database.begin() as session:
            return list(session.exec(select(Message)))


@contextmanager
def open_store(database: Database) -> Iterator[Store]:
    """Amara has bought order 2001 there lately; Bruno has bought nothing."""
    late = Flask("late", static_folder=None)
    chosen: dict[str, Any] = {
        "shop": SHOP,
        "api_key": "test-key",
        "api_secret": "test-secret",
        "clock": lambda: cast.NOW,
    }
    with cast.clock(), serving(late) as ours, living(ours, **chosen) as town:
        _buy(town)
        settings = cast.settings(database.url, shopify_admin_base_url=f"{town.base}/shopify", app_url=ours)
        app = create_app(settings, database)
        late.wsgi_app = app.wsgi_app  # type: ignore[method-assign]
        with database.begin() as session:
            cast.everyone(session)
            cast.dana(session)
            shop = session.exec(select(Shop).where(Shop.domain == SHOP)).one()
            with town.parts.store.lock:
                shop.access_token = new_pair(town.parts.store, SHOP, expiring=False)["access_token"]
            session.add(shop)
        faults.spoil(parts=town.parts)
        yield Store(app, database, town, ours)


def _buy(town: Town) -> None:
    """Small_shop's order is of last year, which Shopify does not show; the same one, bought this month."""
    there = town.parts.store.shops[SHOP]
    order = next(document for document in documents(installed=True) if "/Order/" in document["id"])
    dates = {"createdAt": LATELY, "processedAt": LATELY, "updatedAt": LATELY}
    with town.parts.store.lock:
        there.save({**order, **dates})
