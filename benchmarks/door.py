"""The webhook door against the floor: server and database on one core, the load on another, 3 KB bodies, 10% copies.

Figures, for SQLite and PostgreSQL apart: door.N.ratio is our requests a second by the floor's at N connections;
door.64.p99_ratio our 99th percentile by the floor's; door.burst.last_s how long after its due time the last of 5,000
requests due within one second was answered; door.rss_mb the web process's memory after all of it, and door.pages_rss_mb
once somebody has asked for pages as well (shopify_app/when_asked.py); door.spawn_s from its start to its first answer.
"""

import base64
import contextlib
import hmac
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil
import requests

from benchmarks.load import Result, burst, closed_loop
from benchmarks.servers import private_postgres
from shopify_app.server import TRIM_SECONDS
from simulators.demo.places import free_port

SECRET = "benchmark-secret-of-sufficient-length"
ROUNDS = 3
COUNTS = {1: 600, 16: 4000, 64: 6000}
SERVER_CORE, LOAD_CORE = 0, 1
PAGES = ("/readyz", "/app", "/desk", "/return/bench", "/extension/return")  # a face each


def run() -> None:
    """Print every figure for SQLite, then for PostgreSQL (a server of our own, or BENCH_POSTGRES_URL's)."""
    pin(LOAD_CORE)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        measure("", f"sqlite:///{folder}/ours.db", f"sqlite:///{folder}/floor.db")
    lent = os.environ.get("BENCH_POSTGRES_URL")
    with contextlib.nullcontext(lent) if lent else private_postgres(core=SERVER_CORE) as url:
        measure("postgres.", url, url)


def measure(label: str, ours_url: str, floor_url: str) -> None:
    """All figures of one kind of database. Rounds alternate, so that a drift of the machine meets both."""
    subprocess.run([sys.executable, "-m", "shopify_app", "migrate"], env=environment(ours_url), check=True, stdout=2)
    with serving(OURS, ours_url) as ours, serving(FLOOR, floor_url) as floor:
        for connections, count in COUNTS.items():
            pairs = [(play(ours.port, connections, count), play(floor.port, connections, count)) for _ in range(ROUNDS)]
            say(f"door.{label}{connections}.rps", median(a.per_second for a, _ in pairs), "1/s")
            say(f"door.{label}{connections}.ratio", median(a.per_second / b.per_second for a, b in pairs), "x")
            if connections == 64:
                share = [a.quantile(0.99) / b.quantile(0.99) for a, b in pairs]
                say(f"door.{label}64.p99_ms", median(a.quantile(0.99) for a, _ in pairs) * 1000, "ms")
                say(f"door.{label}64.p99_ratio", median(share), "x")
        hit = burst(ours.port, make_requests(5000), 256, within_seconds=1.0)
        assert hit.statuses == {200: 5000}, hit.statuses
        say(f"door.{label}burst.last_s", hit.latencies[-1], "s")
        say(f"door.{label}burst.worst_s", max(hit.latencies), "s")
        time.sleep(TRIM_SECONDS + 1)  # what stays, once what the burst needed was given back
        say(f"door.{label}rss_mb", ours.memory_mb(), "MB")
        say(f"door.{label}spawn_s", ours.spawned_in, "s")
        for page in PAGES:
            requests.get(f"http://127.0.0.1:{ours.port}{page}", timeout=30)
        say(f"door.{label}pages_rss_mb", ours.memory_mb(), "MB")


def play(port: int, connections: int, count: int) -> Result:
    result = closed_loop(port, make_requests(count), connections)
    assert set(result.statuses) == {200}, f"not only 200: {result.statuses}"
    return result


def make_requests(count: int) -> list[bytes]:
    """Signed returns/request of 3 KB under fresh ids, a tenth of them copies of an earlier one."""
    made: list[bytes] = []
    chance = random.Random(7)
    for n in range(count):
        if made and chance.random() < 0.1:
            made.append(chance.choice(made))
            continue
        body = json.dumps({"id": n, "status": "requested", "note": "x" * 2960}).encode()
        mac = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
        head = (
            "POST /webhooks/shopify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Shopify-Topic: returns/request\r\nX-Shopify-Shop-Domain: bench.myshopify.com\r\n"
            f"X-Shopify-Webhook-Id: {chance.getrandbits(64):x}-{time.monotonic_ns():x}-{n}\r\n"
            f"X-Shopify-Event-Id: e{n}\r\nX-Shopify-Triggered-At: 2026-11-20T16:05:40.000000Z\r\n"
            f"X-Shopify-API-Version: 2026-07\r\nX-Shopify-Hmac-Sha256: {mac}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


class Server:
    """A server process, pinned with all its children to one core."""

    def __init__(self, code: str, database_url: str):
        self.port, began = free_port(), time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-c", code.format(core=SERVER_CORE, port=self.port)],
            env=environment(database_url),
            stdout=2,
            start_new_session=True,
        )
        while time.monotonic() < began + 15:
            with contextlib.suppress(requests.RequestException):
                requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=1)
                self.spawned_in = time.monotonic() - began
                return
            time.sleep(0.01)
        raise RuntimeError("the server did not start")

    def memory_mb(self) -> float:
        """Resident memory of the largest process: the one that serves."""
        family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        return max(p.memory_info().rss for p in family) / 1e6

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(15)


PINNED = """
import os
if hasattr(os, "sched_setaffinity"): os.sched_setaffinity(0, {{{core}}})
"""
OURS = (
    PINNED
    + """
from shopify_app.server import run
if __name__ == "__main__":
    run(host="127.0.0.1", port={port}, processes=1)
"""
)
FLOOR = (
    PINNED
    + """
from benchmarks.floor import run
if __name__ == "__main__":
    run(host="127.0.0.1", port={port})
"""
)


@contextlib.contextmanager
def serving(code: str, database_url: str) -> Iterator[Server]:
    server = Server(code, database_url)
    try:
        yield server
    finally:
        server.stop()


def environment(database_url: str) -> dict[str, str]:
    return os.environ | {
        "SHOPIFY_API_KEY": "bench",
        "SHOPIFY_API_SECRET": SECRET,
        "LOG_FORMAT": "json",
        "APP_URL": "http://127.0.0.1:1",
        "SECRET_KEY": "bench",
        "TOKEN_KEYS": "bench",
        "DATABASE_URL": database_url,
        "PYTHONPATH": os.pathsep.join(map(str, (Path(__file__).parents[1], Path(__file__).parent / "as_deployed"))),
    }


def pin(core: int) -> None:
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {core})


def say(name: str, value: float, unit: str) -> None:
    print(f"{name} {value:.3f} {unit}", flush=True)
