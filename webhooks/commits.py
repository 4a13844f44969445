"""Group commit: deliveries that arrive together share one durable commit, and each is answered after its own.

Whoever finds nobody writing writes, for itself and all who wait by then; those who came meanwhile wait, and the first
of them writes next. A lone request commits at once, without a hand-over. See docs/decisions/0002-the-door.md.
"""

import threading
from collections import deque
from collections.abc import Sequence

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


class _Waiting:
    """One request on its way to the disk. `wake` is a bare lock: an Event costs three times as much."""

    __slots__ = ("error", "leads", "row", "wake")

    def __init__(self, row: Row):
        self.row = row
        self.wake = threading.Lock()
        self.wake.acquire()
        self.leads = False
        self.error: Exception | None = None


class Committer:
    """Stores deliveries durably, once each. Safe to call from any number of threads."""

    def __init__(self, engine: Engine):
        self._writer = Writer(engine)
        self._mutex = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._writing = False

    def store(self, row: Row) -> None:
        """Return once `row` is on disk, or a copy of it is. Raises Overloaded or NotStored."""
        mine = _Waiting(row)
        with self._mutex:
            if len(self._queue) >= MOST_WAITING:
                raise Overloaded
            if self._writing:
                self._queue.append(mine)
            else:
                self._writing = mine.leads = True
        if not mine.leads:
            self._wait(mine)
        if mine.leads:
            self._lead(mine)
        if mine.error is not None:
            raise NotStored from mine.error

    def _wait(self, mine: _Waiting) -> None:
        """Until it was written, or it is one's turn to write. Raises NotStored when neither comes."""
        if mine.wake.acquire(timeout=PATIENCE_SECONDS):
            return
        with self._mutex:
            if mine in self._queue:  # nobody took it yet, so nobody will write it after we said it was not stored
                self._queue.remove(mine)
                raise NotStored
        mine.wake.acquire()

    def _lead(self, mine: _Waiting) -> None:
        with self._mutex:
            batch = [mine]
            while self._queue and len(batch) < MOST_AT_ONCE:
                batch.append(self._queue.popleft())
        try:
            self._write(batch)
        finally:
            with self._mutex:
                following = self._queue.popleft() if self._queue else None
                self._writing = following is not None
            if following is not None:
                following.leads = True
                following.wake.release()
            for waiting in batch[1:]:
                waiting.wake.release()

    def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            self._writer.insert([waiting.row for waiting in batch])
        except Exception as error:
            if len(batch) == 1:
                log.warning("delivery.not_stored", reason=type(error).__name__)
                batch[0].error = error
                return
            # One bad row must not take its neighbours down: each again by itself.
            for waiting in batch:
                self._write([waiting])


def count_waiting(engine: Engine) -> int:
    """Deliveries nobody handled yet."""
    table = Delivery.__table__  # type: ignore[attr-defined]
    with engine.connect() as connection:
        new = sa.select(sa.func.count()).where(sa.column("state") == DeliveryState.NEW.value)
        return int(connection.execute(new.select_from(table)).scalar_one())
