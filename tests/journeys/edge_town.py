"""The app beside a Shopify stand-in on a loopback port: real adapters, real HTTP, the queue in the test's hands."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
import requests
from sqlmodel import select

import jobs.queue
import routing.jobs
import webhooks.inbox
from consults.kinds import StaffRole
from consults.models import Case
from jobs.queue import use_events
from kit import clock as kit_clock
from kit.db import Database
from kit.settings import Settings
from logistics.models import Rma
from routing.models import Decision, Sweep
from shopify_app import installs
from shopify_app.admin_api import client, tokens
from shopify_app.senders import make_sources
from shopify_app.wiring import AT_ONCE, EVENTS, jobs_table
from simulators.shopify import ShopifyConfig
from simulators.shopify.serving import ShopifyServer
from simulators.world import World, generate
from tests import cast, faults
from tests.jobs_at_hand import Queue
from tests.simulators.shopify_calls import Calls
from tests.webhooks.posting import nowhere, post
from webhooks.commits import Committer
from webhooks.doors import Doors
from webhooks.inbox import pump

BASE = datetime(2026, 3, 2, 9, tzinfo=UTC)
DOMAIN = "verdane-demo.myshopify.com"
EDGE_JOBS = {
    "routing.route_return", "routing.follow_return", "routing.open_return", "reconcile.sweep_shop",
    "installs.learn_scopes", "logistics.authorise", "routing.carry_out_withdrawal",
}  # fmt: skip


@dataclass
class Town:
    """The stand-in, the app's database beside it, and the time both have."""

    database: Database
    queue: Queue
    settings: Settings
    shopify: ShopifyServer
    shop_id: int
    advisor_id: int
    jobs: dict[str, Any]
    times: dict[str, datetime] = field(default_factory=lambda: {"now": BASE})

    def control(self, method: str, path: str, body: Any = None, **params: str) -> Any:
        url = f"{self.shopify.base}/control/shopify/{path}"
        answer = requests.request(method, url, json=body, params={"shop": DOMAIN, **params}, timeout=60)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def pass_by(self, **span: float) -> None:
        self.times["now"] += timedelta(**span)

    def work(self) -> list[str]:
        return self.queue.drain(self.database, self.jobs, only=EDGE_JOBS)

    def run(self, name: str, **args: Any) -> None:
        faults.persist(partial(self.jobs[name], self.database.begin, **args), self.queue.pass_by)
        self.work()

    def deliver(self) -> int:
        """Post every webhook of the stand-in to our door, signed as it signs them, and hand on what was stored."""
        doors = Doors(nowhere, make_sources(self.settings), Committer(self.database.engine))
        hooks, sent = self.shopify.store.webhooks, 0
        for delivery in list(hooks.deliveries.values()):
            body = delivery["body"].encode()
            headers = {k.lower(): v for k, v in hooks.headers(delivery, body).items()}
            assert post(doors, "/webhooks/shopify", body, headers).status == 200
            sent += 1
        while pump(self.database.begin):
            pass
        self.work()
        return sent

    def rows(self) -> tuple[list[Decision], list[Case], list[Rma]]:
        with self.database.begin() as session:
            return tuple(list(session.exec(select(kind))) for kind in (Decision, Case, Rma))  # type: ignore[return-value]

    def mark(self) -> Sweep:
        with self.database.begin() as session:
            return session.get_one(Sweep, self.shop_id)


@pytest.fixture(scope="session")
def edge_world() -> World:
    return generate(7, BASE, orders=120, clients=40)


@pytest.fixture
def town(database: Database, queue: Queue, edge_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Verdane with the app installed, Inès in its directory, webhooks paused: nothing reaches us by itself."""
    monkeypatch.setattr(jobs.queue, "_events", {})
    monkeypatch.setattr(jobs.queue, "_at_once", {})
    use_events(EVENTS, AT_ONCE)
    times = {"now": BASE}

    def now() -> datetime:
        return times["now"]

    config = ShopifyConfig(app_url="http://127.0.0.1:9", clock=now, retry_seconds=(), send_history_on_install=False)
    with ExitStack() as stack:
        shopify = stack.enter_context(ShopifyServer(config, world=edge_world.copy()))
        places = [
            (kit_clock, "now"),
            *((place, "clock_now") for place in (tokens, routing.jobs, webhooks.inbox, installs)),
        ]
        for place, name in places:
            stack.enter_context(patch.object(place, name, now))
        stack.enter_context(patch.object(client, "CONNECT_AND_READ", (3, 20)))
        settings = cast.settings(
            database.url,
            shopify_api_key=config.api_key,
            shopify_api_secret=config.api_secret,
            shopify_admin_base_url=f"{shopify.base}/shopify",
        )
        shop_id, advisor_id = _settle_in(database, shopify)
        town = Town(
            database, queue, settings, shopify, shop_id, advisor_id, dict(jobs_table(settings, database)), times
        )
        queue.pass_by = lambda seconds: town.pass_by(seconds=seconds)
        faults.spoil(shopify=shopify.store)
        yield town


def _settle_in(database: Database, shopify: ShopifyServer) -> tuple[int, int]:
    base = f"{shopify.base}/control/shopify"
    requests.post(f"{base}/webhooks/pause", timeout=60)
    requests.post(f"{base}/install", json={"shop": DOMAIN, "history": False}, timeout=60)
    people = requests.get(f"{base}/directory", timeout=60).json()
    person = next(p for p in people if p["name"].startswith("Inès"))
    with database.begin() as session:
        shop = cast.alice(session, DOMAIN)
        shop.access_token, shop.installed_at = _token(shopify), BASE
        # A manager answers where nobody is named: no order webhook came, and read_users is not granted.
        advisor = cast.bob(session, shop, name=person["name"], role=StaffRole.MANAGER, staff_gid=person["staff_gid"])
        return cast.number(shop.id), cast.number(advisor.id)


def _token(shopify: ShopifyServer) -> str:
    return str(Calls(shopify, DOMAIN).exchange().json()["access_token"])
