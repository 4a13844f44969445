"""Group commit: deliveries that arrive together share one durable commit, and each is answered after its own.

One thread writes; what arrives on the event loop meanwhile is the next batch. So a request costs no thread of its own,
and a batch two hand-overs, however many share it. See docs/decisions/0002-the-door.md.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from kit.log import get_logger
from webhooks.models import Delivery, DeliveryState
from webhooks.rows import Row, Writer

log = get_logger("webhooks")

MOST_AT_ONCE = 256
MOST_WAITING = 5000
PATIENCE_SECONDS = 10.0


class Overloaded(Exception):
    """Too many deliveries wait already; the sender should come back."""


class NotStored(Exception):
    """The database did not take this delivery; the sender should come back."""


class Committer:
    """Stores deliveries durably, once each. Belongs to the event loop it is first used on."""

    def __init__(self, engine: Engine):
        self._writer = Writer(engine)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="committer")
        self._queue: deque[tuple[Row, asyncio.Future[None]]] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._late: asyncio.TimerHandle

    async def store(self, row: Row) -> None:
        """Return once `row` is on disk, or a copy of it is. Raises Overloaded or NotStored."""
        if len(self._queue) >= MOST_WAITING:
            raise Overloaded
        loop = asyncio.get_running_loop()
        stored = loop.create_future()
        self._queue.append((row, stored))
        if self._writing is None:
            self._writing = loop.create_task(self._write_all(loop))
        await stored

    async def _write_all(self, loop: asyncio.AbstractEventLoop) -> None:
        """Batch after batch, until nobody waits."""
        try:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE))]
                self._late = loop.call_later(PATIENCE_SECONDS, self._refuse_waiting, loop)
                errors = await loop.run_in_executor(self._thread, self._write, [row for row, _ in batch])
                self._late.cancel()
                for (_, stored), error in zip(batch, errors, strict=True):
                    if not stored.done():  # done when its sender hung up
                        stored.set_result(None) if error is None else stored.set_exception(error)
        finally:
            self._writing = None

    def _refuse_waiting(self, loop: asyncio.AbstractEventLoop) -> None:
        """A commit hangs: nobody took those behind it yet, so none will be written after we said it was not."""
        while self._queue:
            _, stored = self._queue.popleft()
            if not stored.done():
                stored.set_exception(NotStored())
        self._late = loop.call_later(PATIENCE_SECONDS, self._refuse_waiting, loop)

    def _write(self, rows: Sequence[Row]) -> list[Exception | None]:
        """What became of each row."""
        try:
            self._writer.insert(rows)
        except Exception as error:
            if len(rows) > 1:
                # One bad row must not take its neighbours down: each again by itself.
                return [outcome for row in rows for outcome in self._write([row])]
            log.warning("delivery.not_stored", reason=type(error).__name__)
            return [NotStored()]
        return [None] * len(rows)


def count_waiting(engine: Engine) -> int:
    """Deliveries nobody handled yet."""
    table = Delivery.__table__  # type: ignore[attr-defined]
    with engine.connect() as connection:
        new = sa.select(sa.func.count()).where(sa.column("state") == DeliveryState.NEW.value)
        return int(connection.execute(new.select_from(table)).scalar_one())
