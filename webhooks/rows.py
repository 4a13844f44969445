"""Deliveries into their table, many in one commit, as tuples by the driver itself: the one place where speed outweighs
the ORM. A row that is there already, by the sender's own id, is passed over.
"""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

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


SQLITE_TIME = "%Y-%m-%d %H:%M:%S.%f"  # as the ORM writes an instant
COLUMNS = (*Row._fields, "state", "attempts", "error")
NEW = DeliveryState.NEW.value
SQLITE = (  # of our own words only
    f"INSERT INTO delivery ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(Row._fields))}, '{NEW}', 0, '')"
    " ON CONFLICT DO NOTHING"
)
# Binary arrays: text ones cost ten times the CPU for an order's body.
TYPES = ("text",) * 7 + ("bytea", "timestamptz")
POSTGRES = (
    f"INSERT INTO delivery ({', '.join(COLUMNS)})"
    f" SELECT t.*, '{NEW}', 0, '' FROM unnest({', '.join(f'%b::{kind}[]' for kind in TYPES)}) AS t"
    " ON CONFLICT DO NOTHING"
)


class Writer:
    """One connection of its own, kept open: a pool's checks cost a round trip a commit. Not for two threads at once."""

    def __init__(self, engine: Engine):
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.connection: PoolProxiedConnection | None = None

    def insert(self, rows: Sequence[Row]) -> None:
        """Insert `rows` in one transaction, on disk when this returns. Raises the driver's errors."""
        with self._connected() as driver:
            self._insert(driver, rows)

    def insert_at_once(self, rows: Sequence[Row]) -> bool:
        """The same where it needs no waiting: False, and nothing done, while another writes or on PostgreSQL."""
        if not self.is_sqlite:
            return False
        with self._connected() as driver:
            if not driver.begin_at_once():
                return False
            self._insert(driver, rows)
        return True

    def _insert(self, driver: Any, rows: Sequence[Row]) -> None:
        rows = [row._replace(body=seal_bytes(row.body)) for row in rows]  # as the column's type does for the ORM
        if self.is_sqlite:
            driver.executemany(SQLITE, [(*row[:-1], row.received_at.strftime(SQLITE_TIME)) for row in rows])
        else:
            driver.execute(POSTGRES, [list(column) for column in zip(*rows, strict=True)], binary=True)
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
