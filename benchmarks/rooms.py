"""Rooms: how soon one is back who loads the page again, and what asking what is new costs everybody else.

First two browsers with fake cameras meet: rooms.reload_s is the median of several reloads, until the first picture of
the other, against the three seconds it may take. Then 25 rooms of two pages each, one web process with its 8 threads:
rooms.healthz_p95_ms, which may be 200, and rooms.healthz_worst_ms while all fifty pages ask every 0.7 s, as they do
until they are connected, which is four times as often as afterwards; rooms.idle_p95_ms before anybody is there;
rooms.poll_p95_ms and rooms.poll_cpu_ms of the questions themselves, and rooms.polls how many there were a second. An
answer that is not 200 fails the run.
"""

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import psutil
from sqlmodel import Session

from benchmarks.door import LOAD_CORE, OURS, Server, environment, pin, say, serving
from benchmarks.reloads import seconds_of_reloads
from consults.kinds import Kind, Role
from consults.models import Advisor, Case, Consult, Participant
from consults.states import ConsultState
from kit.db import Database
from shops import crypt
from shops.links import CONSULT, issue_link
from shops.models import Shop

ROOMS, SECONDS, EVERY = 25, 8.0, 0.7
HEALTH_EVERY = 0.02


@dataclass
class Asked:
    """Seconds each answer took, and the statuses that were not 200."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def run() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        url = f"sqlite:///{folder}/rooms.db"
        subprocess.run([sys.executable, "-m", "shopify_app", "migrate"], env=environment(url), check=True, stdout=2)
        links = furnish(url)
        with serving(OURS, url) as server:
            reload_all(server.port, links[-2:])
            pin(LOAD_CORE)
            before = computed(server)
            idle = watch(server.port, SECONDS / 4)
            alone = (computed(server) - before) * 4  # what the health check itself costs in as long as they play
            health, polls, computing = play(server, links)
    for asked in (idle, health, polls):
        assert not asked.wrong, f"not only 200: {asked.wrong[:5]}"
    say("rooms.idle_p95_ms", idle.quantile(0.95) * 1000, "ms")
    say("rooms.healthz_p95_ms", health.quantile(0.95) * 1000, verdict(health.quantile(0.95), 0.2, "ms"))
    say("rooms.healthz_worst_ms", max(health.seconds) * 1000, "ms")
    say("rooms.poll_p95_ms", polls.quantile(0.95) * 1000, "ms")
    say("rooms.poll_cpu_ms", (computing - alone) / len(polls.seconds) * 1000, "ms")
    say("rooms.polls", len(polls.seconds) / SECONDS, "1/s")


def reload_all(port: int, links: list[str]) -> None:
    """The reloads alone, before anything else computes."""
    seconds = seconds_of_reloads([f"http://127.0.0.1:{port}{link}/room" for link in links])
    say("rooms.reload_s", median(seconds), verdict(median(seconds), 3.0, "s"))
    say("rooms.reload_worst_s", max(seconds), "s")


def verdict(seconds: float, most: float, unit: str) -> str:
    """The unit, and whether that many `seconds` are few enough."""
    return f"{unit} {'pass' if seconds < most else 'miss'}"


def play(server: Server, links: list[str]) -> tuple[Asked, Asked, float]:
    """The health check's answers and the rooms', all pages asking at once; and the seconds the server computed."""
    polls, begin = Asked(), threading.Barrier(len(links) + 1)
    pages = [
        threading.Thread(target=sit, args=(server.port, link, n, polls, begin), daemon=True)
        for n, link in enumerate(links)
    ]
    for page in pages:
        page.start()
    begin.wait(60)
    before = computed(server)
    health = watch(server.port, SECONDS)
    for page in pages:
        page.join(30)
    return health, polls, computed(server) - before


def computed(server: Server) -> float:
    """Seconds of computing the process has had so far."""
    return sum(psutil.Process(server.process.pid).cpu_times()[:2])


def sit(port: int, link: str, number: int, polls: Asked, begin: threading.Barrier) -> None:
    """One page: in, then asking at its own moments within each 0.7 s, as browsers do."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(50):  # who comes along waits for who invited them
        status, me, _ = ask(connection, f"{link}/room/join", {})
        if status == 200:
            break
        time.sleep(0.1)
    else:
        polls.wrong.append(status)
    begin.wait(60)
    time.sleep(EVERY * number / (2 * ROOMS))
    knows, ends = me, time.monotonic() + SECONDS
    while time.monotonic() < ends:
        about = {"after": me.get("after", 0), "sitting": me.get("sitting", 1), "as_of": knows.get("as_of", "")}
        status, news, seconds = ask(connection, f"{link}/room/poll", about, knows.get("pass", ""))
        knows = {**knows, **news}
        polls.seconds.append(seconds)
        if status != 200:
            polls.wrong.append(status)
        time.sleep(max(0.0, EVERY - seconds))


def watch(port: int, seconds: float) -> Asked:
    """The health check, fifty times a second."""
    asked, connection = Asked(), http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        begun = time.perf_counter()
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        answer.read()
        asked.seconds.append(time.perf_counter() - begun)
        if answer.status != 200:
            asked.wrong.append(answer.status)
        time.sleep(HEALTH_EVERY)
    return asked


def ask(
    connection: http.client.HTTPConnection, path: str, body: dict[str, Any], shown: str = ""
) -> tuple[int, dict[str, Any], float]:
    """As room.js does: status, answer, seconds."""
    begun = time.perf_counter()
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", "X-Room-Pass": shown})
    answer = connection.getresponse()
    data = answer.read()
    return answer.status, json.loads(data) if answer.status == 200 else {}, time.perf_counter() - begun


def furnish(url: str) -> list[str]:
    """Conversations that take place now, two links each: the client's, and that of who comes along."""
    crypt.use_keys(environment(url)["TOKEN_KEYS"])
    database, now, links = Database(url), datetime.now(UTC), []
    with database.begin() as session:
        shop = kept(session, Shop(domain="bench.myshopify.com", name="Bench", access_token="x", installed_at=now))
        advisor = kept(session, Advisor(shop_id=shop.id, name="Bob"))
        for n in range(ROOMS):
            links += room(session, shop, advisor, n, now)
    database.close()
    return links


def room(session: Session, shop: Any, advisor: Any, number: int, now: datetime) -> list[str]:
    about = {"shop_id": shop.id, "advisor_id": advisor.id}
    case = kept(
        session,
        Case(**about, return_gid=f"gid://shopify/Return/{number}", opened_at=now, first_answer_due_at=now),
    )
    talk = kept(
        session,
        Consult(
            **about,
            case_id=case.id,
            kind=Kind.VIDEO,
            state=ConsultState.BOOKED,
            starts_at=now,
            ends_at=now + timedelta(minutes=30),
            idempotency_key=f"bench-{number}",
            created_at=now,
        ),
    )
    seats = [
        kept(session, Participant(shop_id=shop.id, consult_id=talk.id, role=role, name=role.value))
        for role in (Role.CLIENT, Role.ADVISOR, Role.GUEST)
    ]
    made = {"shop_id": shop.id, "purpose": CONSULT, "subject_id": case.id, "now": now}
    return [f"/consult/{issue_link(session, **made, person_id=person)}" for person in (None, seats[2].id)]


def kept(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row
