"""The app beside a Shopify stand-in with two years behind it: real adapters and real HTTP, jobs in the test's hands."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import requests
from sqlmodel import Session, SQLModel, select

import jobs.queue
from jobs.queue import use_events
from kit import clock as kit_clock
from kit.db import Database
from kit.errors import OutsideError
from measures.models import HistoricOrder, HistoricPiece, HistoricRefund, HistoricReturn, HistoryRead
from shopify_app.admin_api import tokens
from shopify_app.wiring import AT_ONCE, EVENTS, jobs_table
from simulators.shopify import ShopifyConfig
from simulators.shopify.config import DEFAULT_SCOPES
from simulators.shopify.serving import ShopifyServer
from simulators.world import World
from tests import cast
from tests.jobs_at_hand import Queue
from tests.simulators.shopify_calls import Calls

BASE = datetime(2026, 3, 2, 9, tzinfo=UTC)
DOMAIN, OTHER = "verdane-demo.myshopify.com", "other-house.myshopify.com"
FULL = (*DEFAULT_SCOPES, "read_all_orders", "read_users")
ROWS: tuple[type[SQLModel], ...] = (HistoricOrder, HistoricRefund, HistoricReturn, HistoricPiece)


@dataclass
class PastTown:
    """`work` runs what waits, a few seconds of the town's time a job."""

    database: Database
    queue: Queue
    shopify: ShopifyServer
    shop_id: int
    jobs: dict[str, Any]
    times: dict[str, datetime] = field(default_factory=lambda: {"now": BASE})
    ran: list[str] = field(default_factory=list)

    def control(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        url = f"{self.shopify.base}/control/shopify/{path}"
        answer = requests.request(method, url, json=body, params={"shop": DOMAIN, **params}, timeout=10)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def fault(self, operation: str, kind: str, **more: Any) -> None:
        self.control("POST", "faults", [{"operation": operation, "kind": kind, "times": 1, **more}])

    def pass_by(self, **span: float) -> None:
        self.times["now"] += timedelta(**span)

    def begin(self) -> None:
        self.jobs["measures.begin_history"](self.database.begin, shop_id=self.shop_id)

    def read(self) -> HistoryRead:
        """Begin a read and see it through."""
        self.begin()
        self.work()
        return self.row()

    def work(self, *, most: int = 400) -> None:
        """What waits about the past; a call that failed is made again, as the engine would."""
        for _ in range(most):
            if not self.queue.waiting:
                return
            name, payload = self.queue.waiting.pop(0)
            if not name.startswith("measures."):
                continue
            self.pass_by(seconds=7)
            try:
                self.jobs[name](self.database.begin, **payload["args"])
                self.ran.append(name)
            except OutsideError as error:
                assert not error.permanent, error
                self.queue.waiting.append((name, payload))
            time.sleep(0.01)
        raise AssertionError(f"it does not end: {self.ran[-5:]}")

    def row(self) -> HistoryRead:
        with self.database.begin() as session:
            return session.get_one(HistoryRead, self.shop_id)

    def kept(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of the past without our ids, hashes and when we were told: to be compared with another town's."""
        with self.database.begin() as session:
            return {kind.__name__: _plain(session, kind) for kind in ROWS}

    def told(self, operation: str, *, applied: bool = True) -> list[dict[str, Any]]:
        """Calls of that name in the stand-in's log."""
        found = self.control("GET", "log", operation=operation)
        return [entry for entry in found if not applied or entry["applied"]]


def _plain(session: Session, kind: type[SQLModel]) -> list[dict[str, Any]]:
    own = {"id", "email_hash", "phone_hash", "told_at"}
    rows = [{k: v for k, v in row.model_dump().items() if k not in own} for row in session.exec(select(kind))]
    return sorted(rows, key=lambda row: str(sorted(row.items(), key=str)))


@contextmanager
def open_past_town(
    database: Database, queue: Queue, world: World, *, scopes: tuple[str, ...] = FULL, past: int = 0, **config: Any
) -> Iterator[PastTown]:
    """The app installed with `scopes`, nothing read yet, webhooks paused. `past`: so many orders more, in bulk only."""
    times = {"now": BASE}

    def now() -> datetime:
        return times["now"]

    with ExitStack() as stack:
        for name, value in (("_events", EVENTS), ("_at_once", AT_ONCE)):
            stack.enter_context(patch.object(jobs.queue, name, value))
        use_events(EVENTS, AT_ONCE)
        chosen = {
            "bulk_seconds": 0.02,
            "retry_seconds": (),
            "send_history_on_install": False,
            "token_seconds": 10**7,
            **config,
        }
        settings_of_it = ShopifyConfig(app_url="http://127.0.0.1:9", clock=now, **chosen)
        shopify = stack.enter_context(ShopifyServer(settings_of_it, world=world.copy()))
        for place, name in ((kit_clock, "now"), (tokens, "clock_now")):
            stack.enter_context(patch.object(place, name, now))
        settings = cast.settings(
            database.url,
            shopify_api_key=settings_of_it.api_key,
            shopify_api_secret=settings_of_it.api_secret,
            shopify_admin_base_url=f"{shopify.base}/shopify",
        )
        shop_id = settle_in(database, shopify, scopes)
        town = PastTown(database, queue, shopify, shop_id, dict(jobs_table(settings, database)), times)
        if past:
            town.control("POST", "past", {"orders": past, "seed": 3})
        yield town


def settle_in(database: Database, shopify: ShopifyServer, scopes: tuple[str, ...], domain: str = DOMAIN) -> int:
    base = f"{shopify.base}/control/shopify"
    requests.post(f"{base}/webhooks/pause", timeout=10)
    given = {"shop": domain, "history": False, "scopes": list(scopes)}
    assert requests.post(f"{base}/install", json=given, timeout=10).status_code == 200
    with database.begin() as session:
        shop = cast.alice(session, domain)
        shop.access_token = str(Calls(shopify, domain).exchange().json()["access_token"])
        shop.installed_at, shop.scopes = BASE, ",".join(sorted(scopes))
        return cast.number(shop.id)
