"""One chain of turns: whoever comes second finds that the row has moved on."""

import threading
from typing import Any
from unittest.mock import patch

import pytest

from kit import clock
from kit.db import Database
from kit.errors import OutsideError
from measures import jobs, turns
from measures.models import HistoryRead, ReadState
from measures.reads import Batch, LargeRead, Progress, Wanted
from measures.turns import Overtaken
from shops.shops import get_shop
from tests import cast
from tests.cast import NOW, number
from tests.jobs_at_hand import Queue


class Shopify:
    """Counts what it is asked; nothing is under way until it is begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.error: OutsideError | None = None
        self.lock = threading.Lock()

    def begin(self, shop_id: int, wanted: Wanted) -> str:
        with self.lock:
            self.begun.append(wanted.marker)
        if self.error:
            raise self.error
        return f"gid://shopify/BulkOperation/{len(self.begun)}"

    def find(self, shop_id: int, marker: str) -> str | None:
        return f"gid://shopify/BulkOperation/{self.begun.index(marker) + 1}" if marker in self.begun else None

    def look(self, shop_id: int, operation_gid: str) -> LargeRead:
        return LargeRead(Progress.WORKING, 5)

    def cancel(self, shop_id: int, operation_gid: str) -> None:
        raise AssertionError

    def batches(self, read: LargeRead, *, offset: int, seconds: float) -> Any:
        yield Batch(0, 0, (), 0, True)


@pytest.fixture
def shop_id(database: Database, queue: Queue) -> int:
    with database.begin() as session:
        shop = cast.alice(session)
        turns.want(session, shop, now=NOW)
        return number(shop.id)


def row(database: Database, shop_id: int) -> HistoryRead:
    with database.begin() as session:
        return session.get_one(HistoryRead, shop_id)


def test_of_twenty_workers_at_once_one_asks_shopify(database: Database, shop_id: int) -> None:
    shopify, ready = Shopify(), threading.Barrier(20)

    def work() -> None:
        ready.wait()
        jobs.read_history(database.begin, history=shopify, shop_id=shop_id)

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shopify.begun) == 1


def test_a_shop_that_is_being_read_is_not_begun_again_but_nudged(
    database: Database, queue: Queue, shop_id: int
) -> None:
    before = row(database, shop_id)
    with database.begin() as session:
        assert not turns.want(session, get_shop(session, shop_id), now=NOW)
    assert row(database, shop_id).turn == before.turn
    assert [payload["args"].get("turn") for _, payload in queue.waiting] == [before.turn, None]


def test_a_job_of_an_earlier_turn_does_nothing(database: Database, queue: Queue, shop_id: int) -> None:
    shopify = Shopify()
    jobs.read_history(database.begin, history=shopify, shop_id=shop_id, turn=0)
    assert shopify.begun == []
    jobs.read_history(database.begin, history=shopify, shop_id=shop_id, turn=1)
    jobs.read_history(database.begin, history=shopify, shop_id=shop_id, turn=1)
    assert len(shopify.begun) == 1 and row(database, shop_id).turn == 2


def test_who_died_after_asking_is_followed_by_one_who_finds_what_was_begun(
    database: Database, queue: Queue, shop_id: int
) -> None:
    shopify = Shopify()
    with patch("measures.jobs.turns.next_turn", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        jobs.read_history(database.begin, history=shopify, shop_id=shop_id)
    with cast.clock(clock.now()):
        jobs.read_history(database.begin, history=shopify, shop_id=shop_id)
        assert row(database, shop_id).operation_gid is None, "perhaps the first still waits for its answer"
    with cast.clock(clock.now() + turns.ASKING * 2):
        jobs.read_history(database.begin, history=shopify, shop_id=shop_id)
    assert len(shopify.begun) == 1
    assert row(database, shop_id).operation_gid == "gid://shopify/BulkOperation/1"


def test_while_too_many_run_it_waits_its_turn_and_asks_again(database: Database, queue: Queue, shop_id: int) -> None:
    shopify = Shopify()
    shopify.error = OutsideError("shopify", "too many", retry_after=60)
    jobs.read_history(database.begin, history=shopify, shop_id=shop_id)
    assert row(database, shop_id).state is ReadState.WANTED
    shopify.error = None
    jobs.read_history(database.begin, history=shopify, shop_id=shop_id)
    assert (len(shopify.begun), row(database, shop_id).state) == (2, ReadState.WORKING)


def test_a_question_that_is_refused_stops_it_with_the_reason(database: Database, queue: Queue, shop_id: int) -> None:
    shopify = Shopify()
    shopify.error = OutsideError("shopify", "Field 'x' is not there", permanent=True)
    jobs.read_history(database.begin, history=shopify, shop_id=shop_id)
    assert row(database, shop_id).state is ReadState.STOPPED and "Field 'x'" in row(database, shop_id).problem


def test_lines_that_somebody_else_wrote_are_not_written_again(database: Database, queue: Queue, shop_id: int) -> None:
    stale = row(database, shop_id)
    with database.begin() as session:
        turns.advance(session, stale, to=100, lines=10, odd=0)
    with pytest.raises(Overtaken), database.begin() as session:
        turns.advance(session, stale, to=100, lines=10, odd=0)
    assert (row(database, shop_id).lines_read, row(database, shop_id).byte_offset) == (10, 100)


def test_a_shop_that_left_is_not_read(database: Database, queue: Queue, shop_id: int) -> None:
    shopify = Shopify()
    with database.begin() as session:
        get_shop(session, shop_id).access_token = None
    jobs.read_history(database.begin, history=shopify, shop_id=shop_id)
    jobs.begin_history(database.begin, shop_id=shop_id)
    assert shopify.begun == []


def test_every_night_each_working_shop_is_read_and_counted_once(database: Database, queue: Queue, shop_id: int) -> None:
    with database.begin() as session:
        left = cast.alice(session, "left.myshopify.com")
        left.access_token = None
    queue.waiting.clear()
    with cast.clock(NOW):
        for _ in range(2):
            jobs.keep_current(database.begin)
    assert [(name, payload["args"]["shop_id"]) for name, payload in queue.waiting] == [
        ("measures.begin_history", shop_id),
        ("measures.count_figures", shop_id),
    ]
