"""The engine itself: a worker killed in the middle loses nothing and keeps each key's order."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

import jobs
from kit.db import Database, is_sqlite

ROOT = Path(__file__).parents[2]
KEYS = ("", "return:1", "return:2")


def test_a_worker_killed_in_the_middle_loses_no_job_and_keeps_the_order_of_a_key(
    database: Database, database_url: str
) -> None:
    with database.begin() as session:
        counter = "INTEGER PRIMARY KEY" if is_sqlite(session) else "BIGSERIAL PRIMARY KEY"
        session.connection().execute(sa.text(f"CREATE TABLE noted (id {counter}, of_key VARCHAR(20), number INTEGER)"))
        # The key of a job and an argument of that name are two things, so the argument goes by way of the payload.
        for number in range(10):
            for key in KEYS:
                jobs.queue._secure(
                    session,
                    "test.note",
                    {"key": key, "number": number},
                    key=key or None,
                    at=None,
                    job_id=jobs.queue._next_id(),
                )
    first = work(database_url)
    try:
        wait_until(lambda: len(noted(database)) >= 6, 60)  # a worker starts slowly on a busy machine
    finally:
        first.kill()
        first.wait()
    assert len(noted(database)) < 30, "killed in the middle"
    second = work(database_url)
    try:
        wait_until(lambda: len(set(noted(database))) == 30, 20)
    finally:
        second.kill()
        second.wait()
    for key in KEYS[1:]:
        order = list(dict.fromkeys(number for of_key, number in noted(database) if of_key == key))
        assert order == list(range(10)), f"{key} out of order: {order}"


def work(url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.worker_process", url],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def noted(database: Database) -> list[tuple[str, int]]:
    with database.begin() as session:
        return [
            (k, n) for k, n in session.connection().execute(sa.text("SELECT of_key, number FROM noted ORDER BY id"))
        ]


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)
