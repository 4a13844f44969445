"""Workers killed for good, and workers that are asked to stop: what they had begun goes on."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

import jobs
from jobs.engine import BEAT_SECONDS, STALE_AFTER, Engine
from jobs.models import WorkerBeat
from jobs.rows import holds_jobs
from kit.clock import now
from kit.db import Database, is_sqlite

ROOT = Path(__file__).parents[2]
COUNT = 60
PATIENCE_SECONDS = 120
"""Until something that takes a second or two is given up."""


def make_table(database: Database) -> None:
    with database.begin() as session:
        counter = "INTEGER PRIMARY KEY" if is_sqlite(session) else "BIGSERIAL PRIMARY KEY"
        session.connection().execute(sa.text(f"CREATE TABLE noted (id {counter}, of_key VARCHAR(20), number INTEGER)"))


def secure(database: Database, count: int = COUNT, key: str | None = None) -> None:
    with database.begin() as session:
        for number in range(count):
            args = {"key": key or "", "number": number}
            jobs.queue._secure(session, "test.note", args, key=key, at=None, job_id=jobs.queue._next_id())


def work(url: str, slot: str, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.jobs.slow_worker", url, slot, *more]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def noted(database: Database, key: str = "") -> list[int]:
    with database.begin() as session:
        query = sa.text("SELECT number FROM noted WHERE of_key = :k ORDER BY id")
        return list(session.connection().execute(query, {"k": key}).scalars())


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.05)


def stop_in_the_middle(process: subprocess.Popen[bytes], busy: Callable[[], bool]) -> None:
    """Holds `process` still at a moment at which it has something in hand."""

    def caught() -> bool:
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.1)  # a commit that was under way goes through without it
        if not busy():
            process.send_signal(signal.SIGCONT)
            return False
        return True

    wait_until(caught)


@pytest.mark.postgres
def test_a_worker_that_was_killed_and_never_comes_back_has_its_jobs_go_on_within_thirty_seconds(
    postgres_url: str,
) -> None:
    """Here with four times as many beats, so in a quarter of the time."""
    assert STALE_AFTER + timedelta(seconds=BEAT_SECONDS) <= timedelta(seconds=25), "a look follows each beat"
    database = Database(postgres_url, pool_size=3)
    make_table(database)
    secure(database)
    secure(database, 10, "return:1")
    doomed, other = work(postgres_url, "doomed", "4"), work(postgres_url, "other", "4")
    try:
        wait_until(lambda: len(noted(database)) > 20)
        stop_in_the_middle(doomed, lambda: holds(database, "doomed"))
        doomed.kill()
        doomed.wait()
        wait_until(lambda: not holds(database, "doomed"))
        wait_until(lambda: set(noted(database)) == set(range(COUNT)))
        wait_until(lambda: list(dict.fromkeys(noted(database, "return:1"))) == list(range(10)))
    finally:
        for process in (doomed, other):
            process.kill()
            process.wait()
        database.close()


def test_a_worker_asked_to_stop_in_a_burst_takes_nothing_new_finishes_and_loses_nothing(
    database: Database, database_url: str
) -> None:
    make_table(database)
    secure(database)
    first = work(database_url, "one")
    try:
        wait_until(lambda: len(noted(database)) > 8)
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=PATIENCE_SECONDS) == 0
    finally:
        first.kill()
    done = noted(database)
    assert len(done) == len(set(done)) < COUNT, "stopped in the middle, nothing twice"
    assert not holds(database, "one"), "what it had begun it finished"
    with database.begin() as session:
        assert session.exec(select(WorkerBeat)).all() == []
    second = work(database_url, "two")  # another name: nothing depends on the first coming back
    try:
        wait_until(lambda: len(noted(database)) == COUNT)
    finally:
        second.kill()
        second.wait()
    assert sorted(noted(database)) == list(range(COUNT)), "each once"


def test_who_takes_over_forgets_a_dead_workers_beat_only_after_its_jobs(database: Database, monkeypatch) -> None:
    engine = Engine(database, {}, slot="mine")
    with database.begin() as session:
        old = now() - STALE_AFTER * 2
        session.add(WorkerBeat(slot="dead", beat_at=old, started_at=old))
    recovered: list[str] = []

    def fails(slots: list[str]) -> None:
        recovered.extend(slots)
        raise RuntimeError("the database went away")

    monkeypatch.setattr("jobs.engine.DBOS._recover_pending_workflows", fails)
    with pytest.raises(RuntimeError):
        engine._take_over()
    with database.begin() as session:
        assert session.get(WorkerBeat, "dead"), "the next look tries again"
    monkeypatch.setattr("jobs.engine.DBOS._recover_pending_workflows", recovered.extend)
    engine._take_over()
    with database.begin() as session:
        assert session.get(WorkerBeat, "dead") is None
    assert recovered == ["dead", "dead"]


def holds(database: Database, slot: str) -> bool:
    with database.begin() as session:
        return holds_jobs(session, f"{socket.gethostname()}-{slot}")
