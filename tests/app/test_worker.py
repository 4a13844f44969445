"""The worker's own loops: a periodic job once a period however many workers ask, and no failure ends a loop."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from kit.db import Database
from shopify_app import worker
from shopify_app.wiring import PERIODIC
from shopify_app.worker import Worker
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue

MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)  # every period begins then: all are parts of a day


@pytest.fixture
def mine(sqlite_url: str, queue: Queue) -> Worker:
    """A worker that was made and not started: nothing runs but what a test calls."""
    return Worker(cast.settings(sqlite_url), Database(sqlite_url))


def ask(mine: Worker, at: datetime) -> None:
    with cast.clock(at):
        mine._enqueue_due()


def test_every_periodic_job_is_secured_by_its_name(mine: Worker, queue: Queue) -> None:
    ask(mine, NOW)
    assert sorted(queue.names()) == sorted(PERIODIC)


def test_however_many_workers_ask_within_a_period_the_job_is_one(mine: Worker, queue: Queue) -> None:
    shortest = min(PERIODIC.values())
    for seconds in range(0, shortest, 10):
        ask(mine, MIDNIGHT + timedelta(seconds=seconds))
    assert sorted(queue.names()) == sorted(PERIODIC)


@pytest.mark.parametrize("name", sorted(PERIODIC))
def test_a_job_comes_again_with_its_next_period_and_not_an_instant_before(
    mine: Worker, queue: Queue, name: str
) -> None:
    assert 86_400 % PERIODIC[name] == 0, "a period is a part of a day"
    next_one = MIDNIGHT + timedelta(seconds=PERIODIC[name])
    for moment in (MIDNIGHT, next_one - timedelta(microseconds=1)):
        ask(mine, moment)
    assert queue.names().count(name) == 1
    ask(mine, next_one)
    assert queue.names().count(name) == 2


def test_a_loop_goes_on_at_once_while_there_is_work_and_waits_where_there_is_none(
    mine: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    found = iter([2, 1, 0, 3, 0])

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 2:
            mine.stopping.set()
        return False

    monkeypatch.setattr(mine.stopping, "wait", wait)
    mine._loop(lambda: next(found), 7)
    assert waits == [7, 7] and list(found) == []


def test_a_failure_is_waited_out_and_the_loop_goes_on(mine: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def work() -> int:
        tries.append("tried")
        if len(tries) == 1:
            raise ConnectionError("the database went away")
        mine.stopping.set()
        return 0

    waits: list[float] = []
    monkeypatch.setattr(mine.stopping, "wait", waits.append)
    mine._loop(work, 0.25)
    assert len(tries) == 2 and waits == [0.25, 0.25]


def test_a_worker_that_was_told_to_stop_takes_nothing_more(mine: Worker) -> None:
    mine.stopping.set()
    mine._loop(lambda: pytest.fail("it took something"), 0.25)


def test_the_pump_hands_on_what_the_doors_stored_and_looks_again_soon(
    mine: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []

    def pump(begin: object) -> int:
        begun.append(begin)
        mine.stopping.set()
        return 0

    waits: list[float] = []
    monkeypatch.setattr(worker, "pump", pump)
    monkeypatch.setattr(mine.stopping, "wait", waits.append)
    mine._pump_for_ever()
    assert begun == [mine.database.begin]
    assert waits and waits[0] < 1, "a webhook is not kept waiting"


def test_stopping_ends_both_loops_before_the_engine(mine: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    alive_at_the_end: list[str] = []
    monkeypatch.setattr(mine.engine, "start", lambda: None)
    monkeypatch.setattr(
        mine.engine, "stop", lambda: alive_at_the_end.extend(t.name for t in mine.threads if t.is_alive())
    )
    ran = threading.Event()

    def pump(_begin: object) -> int:
        ran.set()
        return 0

    monkeypatch.setattr(worker, "pump", pump)
    mine.start()
    assert ran.wait(20)
    mine.stop()
    assert alive_at_the_end == [] and {thread.name for thread in mine.threads} == {"pump", "periodic"}
