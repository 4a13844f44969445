"""Group commit, its rules alone: who shares a commit, who waits, who is told to come back. The writer is the test's."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from kit.clock import now
from shops import crypt
from webhooks import commits
from webhooks.commits import Committer, Overloaded, count_waiting
from webhooks.models import Delivery, DeliveryState
from webhooks.rows import Row

ENGINE = sa.create_engine("sqlite://")  # never connected to


class Writer:
    """Keeps which rows came in which batch, and whether on the loop or aside."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[str]]] = []
        self.takes_at_once = True
        self.broken: set[str] = set()
        self.gate: asyncio.Event | None = None

    def insert_at_once(self, rows: Sequence[Row]) -> bool:
        if self.takes_at_once:
            self._take("loop", rows)
        return self.takes_at_once

    async def insert(self, rows: Sequence[Row]) -> None:
        if self.gate is not None:
            await self.gate.wait()
        self._take("aside", rows)

    def _take(self, where: str, rows: Sequence[Row]) -> None:
        names = [row.external_id for row in rows]
        if self.broken & set(names):
            raise RuntimeError("a row no database takes")
        self.batches.append((where, names))


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Writer:
    mine = Writer()
    monkeypatch.setattr(commits, "make_writer", {ENGINE: mine}.__getitem__)
    return mine


@pytest.fixture
def committer(writer: Writer) -> Committer:
    return Committer(ENGINE)


def row(name: str) -> Row:
    return Row("shopify", "verdane.myshopify.com", "returns/request", name, "", "", "", b"{}", now())


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """To its end; what fails on the loop, where nobody awaits it, ends it at once."""
    failed: list[dict[str, Any]] = []

    async def bounded() -> None:
        task = asyncio.ensure_future(asyncio.wait_for(story(), 60))

        def fail(_loop: Any, about: dict[str, Any]) -> None:
            failed.append(about)
            task.cancel()

        asyncio.get_running_loop().set_exception_handler(fail)
        try:
            await task
        except asyncio.CancelledError:
            assert failed == []
            raise

    asyncio.run(bounded())
    assert failed == []


async def turn(*, times: int = 20) -> None:
    """Let the loop go round, until nothing moves by itself any more."""
    for _ in range(times):
        await asyncio.sleep(0)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.001)


def storing(committer: Committer, *names: str) -> list["asyncio.Task[None]"]:
    return [asyncio.ensure_future(committer.store(row(name))) for name in names]


async def outcomes(tasks: Sequence[Awaitable[None]]) -> list[str]:
    told = await asyncio.gather(*tasks, return_exceptions=True)
    return ["stored" if one is None else type(one).__name__ for one in told]


def test_what_arrives_together_shares_one_commit_in_its_order(committer: Committer, writer: Writer) -> None:
    async def story() -> None:
        assert await outcomes(storing(committer, "a", "b", "c")) == ["stored"] * 3
        assert writer.batches == [("loop", ["a", "b", "c"])]
        await committer.store(row("d"))
        await committer.store(row("e"))
        assert writer.batches[1:] == [("loop", ["d"]), ("loop", ["e"])], "who comes later is not waited for"

    play(story)


def test_a_batch_is_what_came_until_a_turn_brings_nothing_more(committer: Committer, writer: Writer) -> None:
    async def story() -> None:
        tasks = storing(committer, "a", "b")
        for name in "cd":
            await asyncio.sleep(0)
            tasks += storing(committer, name)
        assert await outcomes(tasks) == ["stored"] * 4
        assert writer.batches == [("loop", list("abcd"))], "each was there by the turn after the one before"

    play(story)


def test_a_commit_takes_so_many_and_the_rest_are_the_next_one(
    committer: Committer, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "MOST_AT_ONCE", 4)

    async def story() -> None:
        assert await outcomes(storing(committer, *"abcdefghij")) == ["stored"] * 10
        assert writer.batches == [("loop", list("abcd")), ("loop", list("efgh")), ("loop", list("ij"))]

    play(story)


def test_a_commit_that_is_full_does_not_wait_for_one_more_turn(
    committer: Committer, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "MOST_AT_ONCE", 4)

    async def story() -> None:
        for names in ("abcd", "efg"):
            tasks = storing(committer, *names)
            await asyncio.sleep(0)  # they are in the queue
            await asyncio.sleep(0)  # and are looked at
            assert writer.batches == [("loop", list("abcd"))], "three might become four"
            assert await outcomes(tasks) == ["stored"] * len(names)

    play(story)


def test_where_the_loop_would_have_to_wait_it_is_written_aside_and_what_comes_meanwhile_is_the_next(
    committer: Committer, writer: Writer
) -> None:
    async def story() -> None:
        writer.takes_at_once, writer.gate = False, asyncio.Event()
        first = storing(committer, "a", "b")
        await turn()
        then = storing(committer, "c")
        await turn()
        then += storing(committer, "d")
        await turn()
        assert writer.batches == [] and not any(task.done() for task in [*first, *then])
        writer.gate.set()
        assert await outcomes([*first, *then]) == ["stored"] * 4
        assert writer.batches == [("aside", ["a", "b"]), ("aside", ["c", "d"])]
        writer.takes_at_once = True
        await committer.store(row("e"))
        assert writer.batches[-1] == ("loop", ["e"])

    play(story)


def test_one_row_no_database_takes_does_not_take_its_neighbours_down(committer: Committer, writer: Writer) -> None:
    writer.broken = {"b"}

    async def story() -> None:
        assert await outcomes(storing(committer, "a", "b", "c")) == ["stored", "NotStored", "stored"]
        assert writer.batches == [("aside", ["a"]), ("aside", ["c"])], "each by itself"
        assert await outcomes(storing(committer, "b", "d")) == ["NotStored", "stored"], "of two as well"
        assert await outcomes(storing(committer, "b")) == ["NotStored"]
        assert await outcomes(storing(committer, "e")) == ["stored"], "and it goes on"

    play(story)


def test_after_a_slow_commit_the_loop_is_left_alone_until_one_was_short_again(
    committer: Committer, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "SHORT_SECONDS", 0.25)
    times = iter([0.0, 0.25, 1.0, 1.25, 2.0, 2.125, 3.0, 3.0])
    monkeypatch.setattr(commits, "time", SimpleNamespace(monotonic=lambda: next(times)))

    async def story() -> None:
        for name in "abcd":
            await committer.store(row(name))
        assert [where for where, _ in writer.batches] == ["loop", "aside", "aside", "loop"]

    play(story)


def test_more_than_may_wait_are_told_at_once_and_taken_again_when_it_moves_on(
    committer: Committer, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "MOST_WAITING", 3)

    async def story() -> None:
        writer.takes_at_once, writer.gate = False, asyncio.Event()
        written = storing(committer, "a")
        await turn()
        waiting = storing(committer, "b", "c", "d")
        await turn()
        with pytest.raises(Overloaded):
            await committer.store(row("e"))
        writer.gate.set()
        assert await outcomes([*written, *waiting]) == ["stored"] * 4
        await committer.store(row("f"))
        assert "e" not in {name for _, names in writer.batches for name in names}

    play(story)


def test_behind_a_commit_that_hangs_everybody_is_told_to_come_back_and_none_of_them_is_written_later(
    committer: Committer, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "PATIENCE_SECONDS", 0.01)

    async def story() -> None:
        writer.takes_at_once, writer.gate = False, asyncio.Event()
        (hanging,) = storing(committer, "a")
        await turn()
        for name in ("b", "c"):  # whoever comes while it still hangs as well
            behind = storing(committer, name)
            await until(behind[0].done)
            assert await outcomes(behind) == ["NotStored"]
        gone = storing(committer, "d")[0]
        await turn(times=3)
        gone.cancel()
        await asyncio.wait([gone])
        await until(lambda: not committer._queue)  # it is passed over when the others are told
        assert not hanging.done(), "of this one nobody can tell yet"
        writer.gate.set()
        assert await outcomes([hanging]) == ["stored"]
        await committer.store(row("e"))
        written = [name for _, names in writer.batches for name in names]
        assert written[0] == "a" and written[-1] == "e" and not {"b", "c"} & set(written)

    play(story)


def test_once_it_was_written_nobody_who_comes_after_is_refused_for_its_time(
    committer: Committer, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "PATIENCE_SECONDS", 0.01)

    async def story() -> None:
        writer.takes_at_once = False
        await committer.store(row("a"))
        assert committer._late.cancelled()

    play(story)


def test_one_who_hangs_up_leaves_the_others_their_answer(committer: Committer, writer: Writer) -> None:
    async def story() -> None:
        stays, goes, also = storing(committer, "a", "b", "c")
        await asyncio.sleep(0)
        goes.cancel()
        assert await outcomes([stays, also]) == ["stored", "stored"]
        writer.broken = {"d"}
        stays, goes = storing(committer, "d", "e")
        await asyncio.sleep(0)
        goes.cancel()
        assert await outcomes([stays]) == ["NotStored"]

    play(story)


def test_how_many_may_wait_and_for_how_long_is_as_decision_2_promises() -> None:
    assert (commits.MOST_WAITING, commits.PATIENCE_SECONDS) == (5000, 10.0)


def test_only_deliveries_nobody_handled_yet_are_counted_as_waiting() -> None:
    crypt.use_keys("a-key-for-tests")
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    Delivery.__table__.create(engine)  # type: ignore[attr-defined]
    assert count_waiting(engine) == 0
    with Session(engine) as session:
        states = [DeliveryState.NEW, DeliveryState.NEW, *DeliveryState]
        session.add_all(
            Delivery(source="shopify", topic="t", external_id=str(n), body=b"", received_at=now(), state=state)
            for n, state in enumerate(states)
        )
        session.commit()
    assert count_waiting(engine) == 3
