"""Deliveries into PostgreSQL: one prepared statement, over a connection that the event loop listens to.

The driver is used at its lowest level, libpq: its cursors adapt value by value in Python and look for a place in the
event loop anew each time, which took longer than the rest of a small commit.
"""

import asyncio
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from sqlalchemy.engine import Engine

from webhooks.rows import COLUMNS, NEW, PASS_OVER_COPIES, Row, sealed

TYPES = ("text",) * 7 + ("bytea", "timestamptz")
NAME = "store_deliveries"
PREPARE = (  # of our own words only
    f"PREPARE {NAME} ({', '.join(f'{kind}[]' for kind in TYPES)}) AS INSERT INTO delivery ({', '.join(COLUMNS)})"
    f" SELECT t.*, '{NEW}', 0, '' FROM unnest({', '.join(f'${n}' for n in range(1, len(TYPES) + 1))}) AS t"
    f" {PASS_OVER_COPIES}"
)
ALL_BINARY = [1] * len(TYPES)
TEXT, BYTEA, TIMESTAMPTZ = 25, 17, 1184  # PostgreSQL's own numbers of its types
ITS_EPOCH, MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_array_head, _length, _instant = struct.Struct("!5i").pack, struct.Struct("!i").pack, struct.Struct("!q").pack


class PostgresWriter:
    """Waits on the event loop. One statement is a transaction of its own, in one round trip instead of three."""

    def __init__(self, engine: Engine):
        self.address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.line: Line | None = None

    async def insert(self, rows: Sequence[Row]) -> None:
        values, kept = packed(rows), self.line
        try:
            await self._insert(kept or await self._connect(), values)
        except psycopg.OperationalError:
            if kept is None:
                raise
            # The server may have been started anew since; a row that did get there is passed over.
            await self._insert(await self._connect(), values)

    def insert_at_once(self, rows: Sequence[Row]) -> bool:
        return False

    async def _insert(self, line: "Line", values: list[bytes]) -> None:
        try:
            await line.insert(values)
        except BaseException:
            self.line = None
            await line.close()
            raise

    async def _connect(self) -> "Line":
        connection = await AsyncConnection.connect(self.address, autocommit=True)
        await connection.execute(PREPARE)
        self.line = Line(connection)
        return self.line


class Line:
    """One connection with the statement prepared on it. Never two inserts at once."""

    def __init__(self, connection: AsyncConnection[Any]):
        self.connection = connection
        self.libpq = connection.pgconn
        self.socket = self.libpq.socket  # libpq forgets it with the connection
        self.loop: asyncio.AbstractEventLoop | None = None
        self.done: asyncio.Future[None] | None = None
        self.error: Exception | None = None
        self.is_sending = False

    async def insert(self, values: list[bytes]) -> None:
        """Return once the rows are committed. Raises psycopg.Error."""
        loop = asyncio.get_running_loop()
        self.libpq.send_query_prepared(NAME.encode(), values, ALL_BINARY)
        self.done, self.error = loop.create_future(), None
        if self.loop is not loop:
            loop.add_reader(self.socket, self._hear)
            self.loop = loop
        self._send(loop)
        await self.done

    async def close(self) -> None:
        self._leave()
        await self.connection.close()

    def _send(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand on what the socket takes; of many rows at once it takes a part, and the rest when it has room again."""
        try:
            left = bool(self.libpq.flush())
        except psycopg.OperationalError as lost:
            self._leave()
            return self._end(lost)
        if left and not self.is_sending:
            loop.add_writer(self.socket, self._send, loop)
        elif self.is_sending and not left:
            loop.remove_writer(self.socket)
        self.is_sending = left

    def _hear(self) -> None:
        """What the server says: the outcome, then an end; or that it goes away, also while nothing was asked."""
        try:
            self.libpq.consume_input()
            while self.done and not self.libpq.is_busy():
                result = self.libpq.get_result()
                if result is None:
                    return self._end(self.error)
                if result.status != ExecStatus.COMMAND_OK:
                    self.error = error_from_result(result)
        except psycopg.OperationalError as lost:
            self._leave()
            self._end(lost)

    def _end(self, error: Exception | None) -> None:
        done, self.done = self.done, None
        if done is not None and not done.done():
            done.set_result(None) if error is None else done.set_exception(error)

    def _leave(self) -> None:
        """Listen no more, at once: the next connection may get the same number from the system."""
        if self.loop is not None:
            self.loop.remove_reader(self.socket)
            self.loop.remove_writer(self.socket)
        self.loop, self.is_sending = None, False


def packed(rows: Sequence[Row]) -> list[bytes]:
    """The columns, each an array in PostgreSQL's binary form. Raises what a value that does not fit raises."""
    *words, _, times = zip(*rows, strict=True)
    return [
        *(_array(TEXT, [word.encode() for word in column]) for column in words),
        _array(BYTEA, sealed(rows)),
        _array(TIMESTAMPTZ, [_instant((at - ITS_EPOCH) // MICROSECOND) for at in times]),
    ]


def _array(kind: int, values: Sequence[bytes]) -> bytes:
    """One dimension, no NULLs, counted from 1."""
    return _array_head(1, 0, kind, len(values), 1) + b"".join([p for v in values for p in (_length(len(v)), v)])
