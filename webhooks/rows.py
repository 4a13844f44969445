"""Deliveries into their table, many in one commit, as tuples by the driver itself: the one place where speed outweighs
the ORM. A row that is there already, by the sender's own id, is passed over.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy.engine import Engine
from sqlalchemy.pool import PoolProxiedConnection

from shops.crypt import seal_bytes
from webhooks.models import DeliveryState


class Row(NamedTuple):
    """What the door stores of one delivery. `received_at` is aware."""

    source: str
    shop_domain: str
    topic: str
    external_id: str
    event_id: str
    triggered_at: str
    api_version: str
    body: bytes
    received_at: datetime


COLUMNS = (*Row._fields, "state", "attempts", "error")
NEW = DeliveryState.NEW.value
# The index is named: otherwise each row is looked for in the primary key's as well.
PASS_OVER_COPIES = "ON CONFLICT (source, shop_domain, topic, external_id) DO NOTHING"
SQLITE = (  # of our own words only
    f"INSERT INTO delivery ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(Row._fields))}, '{NEW}', 0, '')"
    f" {PASS_OVER_COPIES}"
)


class Writer(Protocol):
    """Puts rows on disk in one transaction, over a connection of its own that stays open. Never two calls at once."""

    async def insert(self, rows: Sequence[Row]) -> None:
        """Insert `rows`; they are on disk when this returns. Raises the driver's errors."""

    def insert_at_once(self, rows: Sequence[Row]) -> bool:
        """The same on the event loop itself, where it needs no waiting; False, and nothing done, where it would."""


def make_writer(engine: Engine) -> Writer:
    """The way that is quickest for this kind of database."""
    if engine.dialect.name == "sqlite":
        return SqliteWriter(engine)
    from webhooks.postgres_rows import PostgresWriter  # its driver takes megabytes that SQLite has no use for

    return PostgresWriter(engine)


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


def sealed(rows: Sequence[Row]) -> list[bytes]:
    """The bodies, as the column's type seals them for the ORM."""
    return [seal_bytes(row.body) for row in rows]


def _as_the_orm(at: datetime) -> str:
    """An instant of UTC as SQLAlchemy writes it into SQLite."""
    return at.isoformat(" ", "microseconds")[:26]
