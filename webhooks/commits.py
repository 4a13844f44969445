"""Group commit: deliveries that arrive together share one durable commit, and each is answered after its own.

A batch is what has arrived by the time a turn of the event loop brings nothing more. SQLite takes it at once, on the
loop itself: a commit there is as short as handing it to a thread and back. When somebody else is writing, when the last
commit was slow, and on PostgreSQL, the batch is waited for, and what arrives meanwhile is the next one.
See docs/decisions/0002-the-door.md.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from kit.log import get_logger
from webhooks.models import Delivery, DeliveryState
from webhooks.rows import Row
from webhooks.writers import make_writer

log = get_logger("webhooks")

MOST_AT_ONCE = 256
MOST_WAITING = 5000
PATIENCE_SECONDS = 10.0
SHORT_SECONDS = 0.02  # as long as the loop, and the pages behind it, may stand still for a commit


Batch: TypeAlias = list[tuple[Row, asyncio.Future[None]]]


class Overloaded(Exception):
    """Too many deliveries wait already; the sender should come back."""


class NotStored(Exception):
    """The database did not take this delivery; the sender should come back."""


class Committer:
    """Stores deliveries durably, once each. Belongs to the event loop it is first used on."""

    def __init__(self, engine: Engine):
        self._writer = make_writer(engine)
        self._queue: deque[tuple[Row, asyncio.Future[None]]] = deque()
        self._collecting = False
        self._short = True
        self._late: asyncio.TimerHandle
        self._waiting: asyncio.Task[None]  # kept, because the loop itself holds tasks only weakly

    async def store(self, row: Row) -> None:
        """Return once `row` is on disk, or a copy of it is. Raises Overloaded or NotStored."""
        if len(self._queue) >= MOST_WAITING:
            raise Overloaded
        loop = asyncio.get_running_loop()
        stored = loop.create_future()
        self._queue.append((row, stored))
        if not self._collecting:
            self._collecting = True
            loop.call_soon(self._collect, loop, 1)
        await stored

    def _collect(self, loop: asyncio.AbstractEventLoop, before: int) -> None:
        """Once a turn of the loop, until one brings nothing more."""
        if before < len(self._queue) < MOST_AT_ONCE:
            loop.call_soon(self._collect, loop, len(self._queue))
            return
        batch = self._take()
        if not (self._short and self._write_here(batch)):
            self._waiting = loop.create_task(self._write_all(loop, batch))
        elif self._queue:
            loop.call_soon(self._collect, loop, len(self._queue))
        else:
            self._collecting = False

    def _take(self) -> Batch:
        return [self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE))]

    def _write_here(self, batch: Batch) -> bool:
        """Store `batch` on the loop, unless that means waiting; then nothing happened, and False."""
        started = time.monotonic()
        try:
            if not self._writer.insert_at_once([row for row, _ in batch]):
                return False
        except Exception:  # what is wrong is found out, and said, where each row is tried by itself
            return False
        self._short = time.monotonic() - started < SHORT_SECONDS
        _answer(batch, [None] * len(batch))
        return True

    async def _write_all(self, loop: asyncio.AbstractEventLoop, batch: Batch) -> None:
        """Batch after batch, until nobody waits."""
        try:
            while batch:
                started = time.monotonic()
                self._late = loop.call_later(PATIENCE_SECONDS, self._refuse_waiting, loop)
                errors = await self._write([row for row, _ in batch])
                self._late.cancel()
                self._short = time.monotonic() - started < SHORT_SECONDS
                _answer(batch, errors)
                batch = self._take()
        finally:
            self._collecting = False

    def _refuse_waiting(self, loop: asyncio.AbstractEventLoop) -> None:
        """A commit hangs: nobody took those behind it yet, so none will be written after we said it was not."""
        while self._queue:
            _, stored = self._queue.popleft()
            if not stored.done():
                stored.set_exception(NotStored())
        self._late = loop.call_later(PATIENCE_SECONDS, self._refuse_waiting, loop)

    async def _write(self, rows: Sequence[Row]) -> list[Exception | None]:
        """What became of each row."""
        try:
            await self._writer.insert(rows)
        except Exception as error:
            if len(rows) > 1:
                # One bad row must not take its neighbours down: each again by itself.
                return [outcome for row in rows for outcome in await self._write([row])]
            log.warning("delivery.not_stored", reason=type(error).__name__)
            return [NotStored()]
        return [None] * len(rows)


def _answer(batch: Batch, errors: Sequence[Exception | None]) -> None:
    for (_, stored), error in zip(batch, errors, strict=True):
        if not stored.done():  # done when its sender hung up
            stored.set_result(None) if error is None else stored.set_exception(error)


def count_waiting(engine: Engine) -> int:
    """Deliveries nobody handled yet."""
    table = Delivery.__table__  # type: ignore[attr-defined]
    with engine.connect() as connection:
        new = sa.select(sa.func.count()).where(sa.column("state") == DeliveryState.NEW.value)
        return int(connection.execute(new.select_from(table)).scalar_one())
