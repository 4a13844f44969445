"""Group commit: deliveries that arrive together share one durable commit, and each is answered after its own.

One thread writes. While it commits, others queue; the next commit takes all of them. See docs/decisions/0002.
"""

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine

from kit.log import get_logger
from webhooks.models import Delivery

log = get_logger("webhooks")

MOST_AT_ONCE = 256
MOST_WAITING = 5000
PATIENCE_SECONDS = 10


class Overloaded(Exception):
    """Too many deliveries wait already; the sender should come back."""


class NotStored(Exception):
    """The database did not take this delivery; the sender should come back."""


@dataclass
class _Waiting:
    values: dict[str, Any]
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class Committer:
    """Stores deliveries durably, once each. Safe to call from any number of threads."""

    def __init__(self, engine: Engine):
        self.engine = engine
        insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
        self.statement = insert(Delivery.__table__).on_conflict_do_nothing()  # type: ignore[attr-defined]
        self._queue: deque[_Waiting] = deque()
        self._wake = threading.Condition()
        self._writing = False

    def store(self, values: dict[str, Any]) -> None:
        """Return once `values` are on disk, or a copy of them is. Raises Overloaded or NotStored."""
        mine = _Waiting(values)
        with self._wake:
            if len(self._queue) >= MOST_WAITING:
                raise Overloaded
            self._queue.append(mine)
            # Whoever finds no writer becomes it: a lone request commits at once, without a hand-over.
            lead = not self._writing
            self._writing = self._writing or lead
        if lead:
            self._write_until_empty(mine)
        if not mine.done.wait(PATIENCE_SECONDS):
            raise NotStored
        if mine.error is not None:
            raise NotStored from mine.error

    def _write_until_empty(self, mine: _Waiting) -> None:
        """Write batches until nothing waits. The leader of a busy moment hands over after its own was written."""
        while True:
            with self._wake:
                if not self._queue:
                    self._writing = False
                    return
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE))]
            self._write(batch)
            if mine.done.is_set() and self._queue:
                threading.Thread(target=self._write_until_empty, args=(mine,), name="commits", daemon=True).start()
                return

    def _write(self, batch: list[_Waiting]) -> None:
        try:
            self._commit([w.values for w in batch])
        except Exception as error:
            if len(batch) == 1:
                log.warning("delivery.not_stored", reason=type(error).__name__)
                batch[0].error = error
                batch[0].done.set()
                return
            # One bad row must not take its neighbours down: each again by itself.
            for waiting in batch:
                self._write([waiting])
            return
        for waiting in batch:
            waiting.done.set()

    def _commit(self, rows: list[dict[str, Any]]) -> None:
        with self.engine.begin() as connection:
            connection.execute(self.statement, rows)


def count_waiting(engine: Engine) -> int:
    """Deliveries nobody handled yet."""
    with engine.connect() as connection:
        table = Delivery.__table__  # type: ignore[attr-defined]
        return int(connection.execute(sa.select(sa.func.count()).where(table.c.state == "new")).scalar_one())
