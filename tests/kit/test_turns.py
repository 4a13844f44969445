"""Writers to SQLite take turns: nobody waits for seconds because somebody else is quicker to begin again."""

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kit import turns
from kit.db import Database, scrub_freed_space


@pytest.fixture
def url(tmp_path: Path) -> str:
    made = Database(f"sqlite:///{tmp_path}/turns.db")
    with made.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER PRIMARY KEY, x INTEGER)")
    made.close()
    return made.url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database(url)
    yield made
    made.close()


def insert(database: Database, x: int = 1) -> None:
    with database.begin() as session:
        session.connection().execute(sa.text("INSERT INTO t (x) VALUES (:x)"), {"x": x})


def count(database: Database) -> int:
    with database.begin() as session:
        return int(session.connection().execute(sa.text("SELECT count(*) FROM t")).scalar_one())


def driver(database: Database) -> turns.Connection:
    """A connection beside the pool."""
    made = sqlite3.connect(
        database.engine.url.database or "",
        timeout=0,
        factory=turns.Connection,
        isolation_level="IMMEDIATE",
        check_same_thread=False,
    )
    assert isinstance(made, turns.Connection)
    return made


def test_every_connection_waits_this_way(database: Database) -> None:
    pooled = database.engine.raw_connection()
    assert isinstance(pooled.driver_connection, turns.Connection)
    assert isinstance(pooled.driver_connection.cursor(), turns.Cursor)


@pytest.mark.parametrize("many", [False, True])
def test_a_writer_waits_until_the_other_has_ended(database: Database, url: str, many: bool) -> None:
    holder, writer = driver(database), driver(database)
    holder.execute("INSERT INTO t (x) VALUES (1)")
    threading.Timer(0.3, holder.commit).start()
    began = time.monotonic()
    if many:
        writer.executemany("INSERT INTO t (x) VALUES (?)", ((n,) for n in range(3)))
    else:
        writer.execute("INSERT INTO t (x) VALUES (2), (3), (4)")
    waited = time.monotonic() - began
    writer.commit()
    assert waited > 0.2 and count(database) == 4


def test_patience_ends(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.1)
    holder = driver(database)
    holder.execute("INSERT INTO t (x) VALUES (1)")
    with pytest.raises(sa.exc.OperationalError, match="locked"):
        insert(database)
    holder.rollback()
    insert(database)
    assert count(database) == 1


def test_what_is_wrong_for_another_reason_is_said_at_once(database: Database) -> None:
    connection = driver(database)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        connection.execute("INSERT INTO nowhere VALUES (1)")
    connection.execute("INSERT INTO t (n) VALUES (1)")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO t (n) VALUES (1)")


def test_a_process_that_leaves_gaps_does_not_begin_again_at_once_and_still_reads(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_gap_seconds", 2.0)
    insert(database)
    began = time.monotonic()
    assert count(database) == 1 and time.monotonic() - began < 1.5
    insert(database)
    assert time.monotonic() - began > 1.5


def test_the_log_is_emptied_as_before(database: Database) -> None:
    insert(database)
    assert scrub_freed_space(database.engine, ["t"])


def write_without_rest(url: str, stop: Any) -> None:
    """A worker with more to do than it can: each transaction takes four milliseconds, the next follows at once."""
    turns.leave_gaps()
    database = Database(url)
    while not stop.is_set():
        with database.begin() as session:
            session.connection().execute(sa.text("INSERT INTO t (x) VALUES (1)"))
            time.sleep(0.004)


def test_beside_a_worker_that_never_rests_a_webhook_is_stored_soon(database: Database, url: str) -> None:
    """With SQLite's own waiting the median was 0.3 s beside one such writer, and 1.5 s beside six."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    worker = context.Process(target=write_without_rest, args=(url, stop))
    worker.start()
    try:
        while not count(database):
            time.sleep(0.05)
        waits = []
        for _ in range(60):
            began = time.monotonic()
            insert(database, 2)
            waits.append(time.monotonic() - began)
            time.sleep(0.01)
    finally:
        stop.set()
        worker.join()
    assert sorted(waits)[30] < 0.25
