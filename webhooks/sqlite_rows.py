"""Deliveries into SQLite: many in one commit, as tuples by the driver itself, at once where nobody else is writing."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.pool import PoolProxiedConnection

from webhooks.rows import COLUMNS, NEW, PASS_OVER_COPIES, Row, sealed

SQLITE = (  # of our own words only
    f"INSERT INTO delivery ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(Row._fields))}, '{NEW}', 0, '')"
    f" {PASS_OVER_COPIES}"
)


class SqliteWriter:
    """Waits, where it must, in a thread."""

    def __init__(self, engine: Engine):
        self.engine = engine
        self.connection: PoolProxiedConnection | None = None
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="committer")

    async def insert(self, rows: Sequence[Row]) -> None:
        await asyncio.get_running_loop().run_in_executor(self.thread, self._insert_in_turn, rows)

    def insert_at_once(self, rows: Sequence[Row]) -> bool:
        with self._connected() as driver:
            if not driver.begin_at_once():
                return False
            self._insert(driver, rows)
        return True

    def _insert_in_turn(self, rows: Sequence[Row]) -> None:
        with self._connected() as driver:
            self._insert(driver, rows)

    def _insert(self, driver: Any, rows: Sequence[Row]) -> None:
        bodies = zip(rows, sealed(rows), strict=True)
        driver.executemany(SQLITE, [(*row[:-2], body, _as_the_orm(row.received_at)) for row, body in bodies])
        driver.commit()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Any]:
        connection = self.connection or self._connect()
        try:
            yield connection.driver_connection
        except BaseException:
            # Whatever happened to it, the next batch begins on a fresh one, and need not wait for this one's lock.
            self.connection = None
            with contextlib.suppress(Exception):
                connection.rollback()
            connection.invalidate()
            raise

    def _connect(self) -> PoolProxiedConnection:
        self.connection = self.engine.raw_connection()
        return self.connection


def _as_the_orm(at: datetime) -> str:
    """An instant of UTC as SQLAlchemy writes it into SQLite."""
    return at.isoformat(" ", "microseconds")[:26]
