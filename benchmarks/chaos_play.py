"""The parts of the chaos run that act: who sends webhooks, who kills, who pays."""

import base64
import contextlib
import hashlib
import heapq
import hmac
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import psutil
import requests
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import col, select

from jobs.attempts import hurry
from jobs.models import JobTrouble, TroubleState
from kit import clock
from kit.db import Database
from logistics.models import Parcel, Rma, Settlement
from logistics.states import HERE, Goods, ParcelState, SettlementState
from simulators.demo.person import Merchant
from simulators.demo.places import SECRET
from simulators.demo.processes import NotReady, Processes
from simulators.demo.records import Records
from simulators.world.crowd import Crowd, Sold

RETRY_SECONDS = (0.5, 1, 2, 4)
PATIENCE_SECONDS = 30.0
"""How long the next kill waits for the run to get on; then it comes all the same."""
START_SECONDS = 180.0
"""How long it waits before that for what was killed to be up again: what only starts has nothing to lose yet, and on a
busy machine, killed again before it stood, it was down for longer than Shopify's stand-in goes on trying."""


@dataclass(frozen=True)
class Webhook:
    """One webhook as Shopify would send it; a copy is the same once more."""

    shop: str
    topic: str
    about: str
    id: str
    body: bytes

    @property
    def key(self) -> tuple[str, str, str]:
        """What the inbox knows it by."""
        return self.shop, self.topic, self.id

    def headers(self) -> dict[str, str]:
        signature = base64.b64encode(hmac.digest(SECRET.encode(), self.body, "sha256")).decode()
        return {
            "Content-Type": "application/json",
            "X-Shopify-Topic": self.topic,
            "X-Shopify-Hmac-Sha256": signature,
            "X-Shopify-Shop-Domain": self.shop,
            "X-Shopify-API-Version": "2026-07",
            "X-Shopify-Webhook-Id": self.id,
            "X-Shopify-Event-Id": f"event-{self.id}",
            "X-Shopify-Triggered-At": "2026-11-20T16:05:40.000000Z",
        }


def write_webhooks(crowds: list[Crowd], total: int, random: Random) -> list[Webhook]:
    """`total` of them in a random order, a tenth exact copies of others: every order's create, every return's request
    and approve (only approve where it was born approved), and orders/updated as often as it takes."""
    made: list[Webhook] = []

    def write(crowd: Crowd, topic: str, about: str, body: dict[str, Any]) -> None:
        given = hashlib.sha256(f"{len(made)}-{random.random()}".encode()).hexdigest()[:32]
        made.append(Webhook(crowd.domain, topic, about, given, json.dumps(body, ensure_ascii=False).encode()))

    for crowd in crowds:
        for sold in crowd.sold:
            write(crowd, "orders/create", sold.order["id"], crowd.order_body(sold, updates=0))
            if sold.return_ is None:
                continue
            if sold.return_["status"] == "REQUESTED":
                write(crowd, "returns/request", sold.return_["id"], crowd.return_body(sold, "requested"))
            write(crowd, "returns/approve", sold.return_["id"], crowd.return_body(sold, "open"))
    everyone = [(crowd, sold) for crowd in crowds for sold in crowd.sold]
    copies = total // 10
    for turn in itertools.count(1):
        for crowd, sold in everyone:
            if len(made) >= total - copies:
                break
            write(crowd, "orders/updated", sold.order["id"], crowd.order_body(sold, updates=turn))
        if len(made) >= total - copies:
            break
    made += random.choices(made, k=total - len(made))
    random.shuffle(made)
    return made


class Sender:
    """Sends each webhook until it was answered 200, as Shopify does, and never again after that."""

    def __init__(self, app: str, webhooks: list[Webhook], per_second: float, *, threads: int = 12):
        self.door = f"{app}/webhooks/shopify"
        self.total = len(webhooks)
        self.acknowledged: list[Webhook] = []
        self.statuses: dict[str, int] = {}
        self.latencies: list[float] = []
        now = time.monotonic()
        self._due = [(now + n / per_second, n, 0, webhook) for n, webhook in enumerate(webhooks)]
        self._lock = threading.Lock()
        self._numbers = itertools.count(len(webhooks))
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def progress(self) -> float:
        """Share that is acknowledged."""
        return len(self.acknowledged) / self.total

    def _work(self) -> None:
        http = requests.Session()
        http.trust_env = False
        while len(self.acknowledged) < self.total:
            taken = self._take()
            if taken is None:
                time.sleep(0.02)
                continue
            _, _, tried, webhook = taken
            began = time.monotonic()
            said = self._send(http, webhook)
            with self._lock:
                self.statuses[said] = self.statuses.get(said, 0) + 1
                if said == "200":
                    self.acknowledged.append(webhook)
                    self.latencies.append(time.monotonic() - began)
                else:
                    pause = RETRY_SECONDS[min(tried, len(RETRY_SECONDS) - 1)]
                    again = (time.monotonic() + pause, next(self._numbers), tried + 1, webhook)
                    heapq.heappush(self._due, again)

    def _take(self) -> tuple[float, int, int, Webhook] | None:
        with self._lock:
            if self._due and self._due[0][0] <= time.monotonic():
                return heapq.heappop(self._due)
        return None

    def _send(self, http: requests.Session, webhook: Webhook) -> str:
        try:
            answer = http.post(self.door, data=webhook.body, headers=webhook.headers(), timeout=(1, 5))
        except requests.RequestException as error:
            return type(error).__name__
        return str(answer.status_code)


class Killer(threading.Thread):
    """kill -9 on one kind of part, so many times, at seeded points of the run's progress; each is started again.

    Where several do the same, it is one of them or all; of the web server's it is also one process below it, which
    the server, or the supervisor above it, starts again.
    """

    def __init__(
        self,
        processes: Processes,
        kind: str,
        times: int,
        progress: Callable[[], float],
        random: Random,
        is_up: Callable[[], bool] = lambda: True,
    ):
        super().__init__(daemon=True, name=f"killer-{kind}")
        self.is_up = is_up
        self.processes, self.kind, self.progress, self.random = processes, kind, progress, random
        self.points = sorted(random.uniform(0.02, 0.92) for _ in range(times))
        self.done = 0
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            for point in self.points:
                self._wait_for(point)
                self._kill()
                self.done += 1
        except Exception as error:
            self.error = error

    def _wait_for(self, point: float) -> None:
        starting_until = time.monotonic() + START_SECONDS
        while not self.is_up() and time.monotonic() < starting_until:
            time.sleep(0.1)
        until = time.monotonic() + PATIENCE_SECONDS
        while self.progress() < point and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(self.random.uniform(0, 0.5))

    def _kill(self) -> None:
        names = [name for name in self.processes.app_parts() if name.startswith(self.kind)]
        below = self._below("web") if self.kind == "web" and self.processes.several else []
        if below and self.random.random() < 0.5:
            self.random.choice(below).kill()
            return
        chosen = names if len(names) == 1 or self.random.random() < 0.34 else [self.random.choice(names)]
        self.processes.kill(*chosen)
        time.sleep(self.random.uniform(0.1, 1.5))
        for name in chosen:
            self.processes.start(name)

    def _below(self, name: str) -> list[psutil.Process]:
        family = psutil.Process(self.processes.running[name].pid).children(recursive=True)
        return [p for p in family if _serves(p)]


def _serves(process: psutil.Process) -> bool:
    """Whether it is one of ours, and still there while it is looked at."""
    try:
        return "resource_tracker" not in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


class Admin(Merchant):
    """A shop's merchant, for a shop that is not the demo's."""

    def __init__(self, store: str, app: str, shop: str):
        super().__init__(store, app)
        self.shop = shop

    def token(self) -> str:
        answer = self.session.post(f"{self.store}/admin/session-token", data={"shop": self.shop}, timeout=20)
        assert answer.status_code == 200, f"no ID token: {answer.text[:200]}"
        return str(answer.json()["id_token"])

    def click(self, path: str, **values: str) -> bool:
        """A form sent by fetch; whether it was taken. The app may be down, which is no reason to give up."""
        headers = {"Authorization": f"Bearer {self.token()}", "X-Requested-With": "XMLHttpRequest"}
        try:
            answer = self.session.post(f"{self.app}{path}", data=values, headers=headers, timeout=10)
        except requests.RequestException:
            return False
        return answer.status_code == 200


@dataclass
class Ending:
    """A return that goes on to the end, and how far it has got."""

    crowd: Crowd
    sold: Sold
    moved: list[str] = field(default_factory=list)
    inspected: bool = False
    clicked: bool = False

    @property
    def return_gid(self) -> str:
        assert self.sold.return_ is not None
        return str(self.sold.return_["id"])


class Payer(threading.Thread):
    """Moves some parcels home, inspects them, and pays through the admin, while everything else goes wrong."""

    def __init__(self, endings: list[Ending], records: Records, database: Database, store: str, app: str):
        super().__init__(daemon=True, name="payer")
        self.endings, self.records, self.database = endings, records, database
        self.admins = {e.crowd.domain: Admin(store, app, e.crowd.domain) for e in endings}
        self.stopping = threading.Event()
        self.error: Exception | None = None

    @property
    def is_done(self) -> bool:
        return all(ending.clicked for ending in self.endings)

    def run(self) -> None:
        try:
            while not self.is_done and not self.stopping.is_set():
                for ending in self.endings:
                    self._go_on(ending)
                self.stopping.wait(0.5)
        except Exception as error:
            self.error = error

    def _go_on(self, ending: Ending) -> None:
        with self.database.begin() as session:
            rma = session.exec(select(Rma).where(Rma.return_gid == ending.return_gid)).first()
            if rma is None or ending.clicked:
                return
            boxes = session.exec(select(Parcel).where(Parcel.rma_id == rma.id)).all()
            batch = session.exec(select(Settlement).where(Settlement.rma_id == rma.id)).first()
        admin = self.admins[ending.crowd.domain]
        if boxes and all(box.state is ParcelState.ATTACHED for box in boxes) and not ending.moved:
            for box in boxes:
                for status in ("in_transit", "delivered"):
                    self.records.move_parcel(box.tracking_code or "", status)
                ending.moved.append(box.tracking_code or "")
        elif rma.goods_state in HERE and rma.goods_state is not Goods.INSPECTED and not ending.inspected:
            ending.inspected = admin.click(f"/app/returns/{rma.id}/inspection", finding="match", note="As sold.")
        elif batch is not None and batch.state is SettlementState.PROPOSED:
            path = f"/app/returns/{rma.id}/payment"
            both = [admin.click(path, settlement_id=str(batch.id)) for _ in range(2)]  # a double click
            ending.clicked = any(both)
        elif batch is not None:
            ending.clicked = True


class Hurrier(threading.Thread):
    """A person at the activity page: what has waited for a second for its next try is to be tried now."""

    def __init__(self, database: Database):
        super().__init__(daemon=True, name="hurrier")
        self.database = database
        self.stopping = threading.Event()
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            while not self.stopping.wait(0.5):
                for number in self._waiting():
                    with contextlib.suppress(StaleDataError):  # done meanwhile
                        self._press(number)
        except Exception as error:
            self.error = error

    def _waiting(self) -> list[int | None]:
        at = clock.now()
        paused = select(JobTrouble.id).where(
            JobTrouble.state == TroubleState.RETRYING,
            col(JobTrouble.last_at) < at - timedelta(seconds=1),
            col(JobTrouble.next_at) > at,
        )
        with self.database.begin() as session:
            return list(session.exec(paused))

    def _press(self, number: int | None) -> None:
        with self.database.begin() as session:
            trouble = session.get(JobTrouble, number)
            if trouble is not None and trouble.state is TroubleState.RETRYING:
                hurry(session, trouble, now=clock.now())


def answers(processes: Processes) -> bool:
    """Whether the web server answers just now."""
    try:
        return requests.get(f"{processes.places.app}/healthz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def wait_for_app(processes: Processes, *, seconds: float = 120) -> None:
    """Until the web server answers again after a kill. What waits in the queue is worked off after that: /readyz
    would say of it, rightly, that it does not move fast enough."""
    until = time.monotonic() + seconds
    while True:
        try:
            return processes.wait_for(f"{processes.places.app}/healthz", "web")
        except NotReady:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
