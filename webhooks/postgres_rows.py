"""Deliveries into PostgreSQL, over a connection that the event loop waits for."""

import contextlib
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection
from sqlalchemy.engine import Engine

from webhooks.rows import COLUMNS, NEW, Row, sealed

# Binary arrays: text ones cost ten times the CPU for an order's body.
TYPES = ("text",) * 7 + ("bytea", "timestamptz")
POSTGRES = (  # of our own words only
    f"INSERT INTO delivery ({', '.join(COLUMNS)})"
    f" SELECT t.*, '{NEW}', 0, '' FROM unnest({', '.join(f'%b::{kind}[]' for kind in TYPES)}) AS t"
    " ON CONFLICT DO NOTHING"
)


class PostgresWriter:
    """Waits on the event loop. One statement is a transaction of its own, in one round trip instead of three."""

    def __init__(self, engine: Engine):
        self.address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.connection: AsyncConnection[Any] | None = None

    async def insert(self, rows: Sequence[Row]) -> None:
        columns = [list(column) for column in zip(*sealed(rows), strict=True)]
        kept = self.connection
        try:
            await self._insert(kept or await self._connect(), columns)
        except psycopg.OperationalError:
            if kept is None:
                raise
            # The server may have been started anew since; a row that did get there is passed over.
            await self._insert(await self._connect(), columns)

    def insert_at_once(self, rows: Sequence[Row]) -> bool:
        return False

    async def _insert(self, connection: AsyncConnection[Any], columns: Sequence[Any]) -> None:
        try:
            await connection.execute(POSTGRES, columns, binary=True)
        except BaseException:
            self.connection = None
            with contextlib.suppress(Exception):
                await connection.close()
            raise

    async def _connect(self) -> AsyncConnection[Any]:
        self.connection = await AsyncConnection.connect(self.address, autocommit=True)
        return self.connection
